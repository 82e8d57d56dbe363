using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Enlarges images by whole factors: by repetition, or with a learnt (usually bilinear) filter per channel.</summary>
internal static unsafe class UpSamplingFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("UpSampling")
            {
                NewParameters = () => new UpSamplingParameters(),
                VariadicCount = "num_args",
                CountVariadicInputs = op => op.Parameters<UpSamplingParameters>().Count,
                InferShape = Infer,
                Gradient = c =>
                {
                    var arguments = new Value[1 + c.InputCount];
                    arguments[0] = c.OutputGradient(0);
                    for (int i = 0; i < c.InputCount; i++)
                    {
                        arguments[1 + i] = c.Input(i);
                    }

                    Value gradients = c.CallWithSameParameters("_backward_UpSampling", arguments);
                    for (int i = 0; i < c.InputCount; i++)
                    {
                        c.Set(i, gradients.Output(i));
                    }
                },
                Kernel = Forward,
            }
        );
        registry.Add(
            new OperatorDef("_backward_UpSampling")
            {
                NewParameters = () => new UpSamplingParameters(),
                CountVariadicInputs = op => 1 + op.Parameters<UpSamplingParameters>().Count,
                SelectOutputCount = op => op.Parameters<UpSamplingParameters>().Count,
                InferShape = ShapeRules.OutputsLikeInputs(1),
                Gradient = SetSecondGradient,
                Kernel = Backward,
            }
        );
    }

    private static void SetSecondGradient(GradientContext c)
    {
        if (c.Operator.Parameters<UpSamplingParameters>().Type == UpSamplingType.Nearest)
        {
            var gradients = new Value[c.Operator.OutputCount];
            for (int i = 0; i < gradients.Length; i++)
            {
                gradients[i] = c.OutputGradient(i);
            }

            c.Set(0, c.CallWithSameParameters("UpSampling", gradients));
            return;
        }

        Value dy = c.Input(0);
        Value x = c.Input(1);
        Value filters = c.Input(2);
        Value gx = c.OutputGradient(0);
        Value gFilters = c.OutputGradient(1);
        c.Set(0, c.CallWithSameParameters("UpSampling", gx, filters));
        c.Set(0, c.CallWithSameParameters("UpSampling", x, gFilters));
        c.Set(1, c.CallWithSameParameters("_backward_UpSampling", dy, x, gFilters));
        c.Set(2, c.CallWithSameParameters("_backward_UpSampling", dy, gx, filters).Output(1));
    }

    private static void Infer(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<UpSamplingParameters>();
        Shape first = shapes.Input(0);
        if (first.Rank == 0)
            return;
        if (first.Rank != 4)
            throw shapes.Error("UpSampling takes images of shape (batch, channels, height, width).");
        long height = first[2] * p.Scale;
        long width = first[3] * p.Scale;
        long channels = first[1];
        if (p.Type == UpSamplingType.Bilinear)
        {
            long side = new ChannelUpsampling(1, 1, 1, 1, p.Scale).Side;
            if (p.Filters != 0 && channels != 0 && p.Filters != channels)
                throw shapes.Error($"num_filter={p.Filters} must be the number of channels, {channels}.");
            shapes.SetInput(1, [channels, 1, side, side]);
        }
        else
        {
            channels = Channels(shapes, p, first, height, width);
        }

        shapes.SetOutput(0, [first[0], channels, height, width]);
    }

    /// <summary>The channels of the result of repetition; the other inputs are checked.</summary>
    private static long Channels(ShapeInference shapes, UpSamplingParameters p, Shape first, long height, long width)
    {
        long channels = first[1];
        for (int i = 1; i < shapes.InputCount; i++)
        {
            Shape input = shapes.Input(i);
            if (input.Rank == 0)
                return 0;
            bool fits =
                input.Rank == 4
                && input[0] == first[0]
                && input[2] > 0
                && input[3] > 0
                && height % input[2] == 0
                && width % input[3] == 0
                && height / input[2] == width / input[3];
            if (!fits || (p.Mode == UpSamplingMode.Sum && input[1] != first[1]))
            {
                throw shapes.Error(
                    $"input {i} cannot be enlarged to {height} x {width} by one whole factor"
                        + (p.Mode == UpSamplingMode.Sum ? ", or its channels differ from the first input's." : ".")
                );
            }

            if (p.Mode == UpSamplingMode.Concat)
                channels += input[1];
        }

        return channels;
    }

    private static void Forward(ref KernelContext context)
    {
        var p = context.Parameters<UpSamplingParameters>();
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        if (p.Type == UpSamplingType.Bilinear)
        {
            TensorView x = context.Input(0);
            var staged = new StagedOutput(ref context, 0);
            Filter(p, x.Shape).Forward(x.DType, x.Data, context.Input(1).Data, staged.Data);
            staged.Finish();
            return;
        }

        long channel = 0;
        for (int i = 0; i < context.InputCount; i++)
        {
            TensorView x = context.Input(i);
            bool accumulate = context.Accumulates(0) || (i > 0 && p.Mode == UpSamplingMode.Sum);
            Repeat(x, y, p.Mode == UpSamplingMode.Sum ? 0 : channel, accumulate);
            channel += x.Shape[1];
        }
    }

    private static ChannelUpsampling Filter(UpSamplingParameters p, Shape x) => new(x[0], x[1], x[2], x[3], p.Scale);

    /// <summary>Writes each element of x to a square of y, from a channel of y on.</summary>
    private static void Repeat(TensorView x, TensorView y, long channel, bool accumulate)
    {
        Shape from = x.Shape;
        long factor = y.Shape[2] / from[2];
        long width = y.Shape[3];
        long plane = y.Shape[2] * width;
        ReadOnlySpan<long> extents = [from[0], from[1], from[2], factor, from[3], factor];
        ReadOnlySpan<long> source = [from[1] * from[2] * from[3], from[2] * from[3], from[3], 0, 1, 0];
        ReadOnlySpan<long> target = [y.Shape[1] * plane, plane, factor * width, width, factor, 1];
        void* start = (byte*)y.Data + (channel * plane * y.DType.ItemSize());
        Strided.Copy(x.DType, x.Data, source, start, target, extents, accumulate);
    }

    private static void Backward(ref KernelContext context)
    {
        var p = context.Parameters<UpSamplingParameters>();
        TensorView dy = context.Input(0);
        if (p.Type == UpSamplingType.Bilinear)
        {
            BackwardFilter(ref context, p);
            return;
        }

        long channel = 0;
        for (int i = 0; i < context.OutputCount; i++)
        {
            TensorView dx = context.Output(i);
            if (context.Wants(i))
                SumSquares(dy, p.Mode == UpSamplingMode.Sum ? 0 : channel, dx, context.Accumulates(i));
            channel += dx.Shape[1];
        }
    }

    private static void BackwardFilter(ref KernelContext context, UpSamplingParameters p)
    {
        TensorView dy = context.Input(0);
        TensorView x = context.Input(1);
        ChannelUpsampling filter = Filter(p, x.Shape);
        if (context.Wants(0))
        {
            var staged = new StagedOutput(ref context, 0);
            filter.BackwardData(x.DType, dy.Data, context.Input(2).Data, staged.Data);
            staged.Finish();
        }

        if (context.Wants(1))
        {
            var staged = new StagedOutput(ref context, 1);
            filter.BackwardFilters(x.DType, dy.Data, x.Data, staged.Data);
            staged.Finish();
        }
    }

    private static void SumSquares(TensorView dy, long channel, TensorView dx, bool accumulate)
    {
        Shape to = dx.Shape;
        long factor = dy.Shape[2] / to[2];
        long plane = dy.Shape[2] * dy.Shape[3];
        int size = dy.DType.ItemSize();
        var squares = new Shape(to[1] * to[2], factor, to[3], factor);
        ReadOnlySpan<int> axes = [1, 3];
        for (long n = 0; n < to[0]; n++)
        {
            byte* source = (byte*)dy.Data + (((n * dy.Shape[1]) + channel) * plane * size);
            byte* target = (byte*)dx.Data + (n * to[1] * to[2] * to[3] * size);
            Reduce.Run<SumReducer>(dy.DType, source, squares, axes, target, accumulate);
        }
    }
}

/// <summary>How images are enlarged.</summary>
public enum UpSamplingType
{
    /// <summary>With a filter per channel, the second input.</summary>
    Bilinear,

    /// <summary>By repetition.</summary>
    Nearest,
}

/// <summary>What becomes of several inputs.</summary>
public enum UpSamplingMode
{
    /// <summary>Their channels stand behind each other.</summary>
    Concat,

    /// <summary>They are added.</summary>
    Sum,
}

/// <summary>Parameters of <c>UpSampling</c>.</summary>
public sealed class UpSamplingParameters : IParameters
{
    /// <summary>The factor by which the first input grows; other inputs grow to the same size.</summary>
    public uint Scale;

    /// <summary>Number of channels, for filters; 0 takes it from the input.</summary>
    public uint Filters;

    /// <summary>How images are enlarged.</summary>
    public UpSamplingType Type;

    /// <summary>What becomes of several inputs.</summary>
    public UpSamplingMode Mode;

    /// <summary>Number of inputs; with filters 2: images and filters.</summary>
    public int Count;

    /// <summary>Not used; MXNet's limit of temporary memory.</summary>
    public ulong Workspace = 512;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("scale", ref Scale);
        reader.Optional("num_filter", ref Filters);
        reader.Required("sample_type", ref Type, "bilinear", "nearest");
        reader.Optional("multi_input_mode", ref Mode, "concat", "sum");
        reader.Required("num_args", ref Count);
        reader.Optional("workspace", ref Workspace);
        reader.Check(Scale is >= 1 and <= 1000, "scale", Scale, "from 1 to 1000");
        bool isBilinear = Type == UpSamplingType.Bilinear;
        reader.Check(isBilinear ? Count == 2 : Count >= 1, "num_args", Count, isBilinear ? "2" : "at least 1");
    }
}
