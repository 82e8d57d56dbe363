using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// <c>UpSampling</c>: repeats pixels, or interpolates with a learned kernel, which is a transposed convolution of each
/// channel.
/// </summary>
internal static unsafe class UpSamplingFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("UpSampling")
            {
                NewParameters = () => new UpSamplingParameters(),
                VariadicCount = "num_args",
                SelectInputs = op => ListInputs(op.Parameters<UpSamplingParameters>()),
                InputInitializers = [(1, """["bilinear", {}]""")],
                InferShape = InferShape,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = Differentiate,
                Kernel = Forward,
            }
        );
        registry.Add(
            new OperatorDef("_backward_UpSampling")
            {
                NewParameters = () => new UpSamplingParameters(),
                Inputs = ["ograd"],
                SelectInputs = op => ["ograd", .. ListInputs(op.Parameters<UpSamplingParameters>())],
                SelectOutputCount = op => ListInputs(op.Parameters<UpSamplingParameters>()).Length,
                InferShape = shapes =>
                {
                    for (int i = 0; i < shapes.OutputCount; i++)
                    {
                        shapes.SetOutput(i, shapes.Input(i + 1));
                    }
                },
                InferType = FloatTypes.Same,
                Kernel = Backward,
            }
        );
    }

    private static string[] ListInputs(UpSamplingParameters p)
    {
        if (p.IsBilinear)
            return ["data", "weight"];
        string[] names = new string[Math.Max(p.Count, 0)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = $"arg{i}";
        }

        return names;
    }

    private static void Differentiate(GradientContext c)
    {
        var arguments = new Value[c.InputCount + 1];
        arguments[0] = c.OutputGradient(0);
        for (int i = 0; i < c.InputCount; i++)
        {
            arguments[i + 1] = c.Input(i);
        }

        Value first = c.CallWithSameParameters("_backward_UpSampling", arguments);
        for (int i = 0; i < c.InputCount; i++)
        {
            c.Set(i, first.Output(i));
        }
    }

    private static void InferShape(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<UpSamplingParameters>();
        Shape first = shapes.Input(0);
        if (first.Rank == 0)
            return;
        if (first.Rank != 4)
            throw shapes.Error("the data must have the shape (samples, channels, height, width).");
        long scale = p.Scale;
        if (p.IsBilinear)
        {
            if (p.Filters != 0 && first[1] != 0 && p.Filters != first[1])
                throw shapes.Error($"num_filter is {p.Filters}, but the data has {first[1]} channels.");
            shapes.SetInput(1, new Shape(first[1], 1, p.Window, p.Window));
            shapes.SetOutput(0, new Shape(first[0], first[1], first[2] * scale, first[3] * scale));
            return;
        }

        long channels = first[1];
        for (int i = 1; i < shapes.InputCount; i++)
        {
            Shape other = shapes.Input(i);
            if (other.Rank == 0)
                return;
            CheckOther(shapes, first, other, scale, i);
            if (p.Mode == UpSamplingMode.Sum)
                shapes.SetInput(i, new Shape(0, first[1], 0, 0));
            else
                channels = channels == 0 || other[1] == 0 ? 0 : channels + other[1];
        }

        shapes.SetOutput(0, new Shape(first[0], channels, first[2] * scale, first[3] * scale));
    }

    private static void CheckOther(ShapeInference shapes, Shape first, Shape other, long scale, int index)
    {
        bool fits =
            other.Rank == 4
            && (other[0] == 0 || first[0] == 0 || other[0] == first[0])
            && (other[2] == 0 || first[2] * scale % other[2] == 0)
            && (other[3] == 0 || first[3] * scale % other[3] == 0)
            && (
                other[2] == 0
                || other[3] == 0
                || first[2] == 0
                || first[3] == 0
                || first[2] * other[3] == first[3] * other[2]
            );
        if (!fits)
        {
            throw shapes.Error(
                $"input {index} {other} cannot be enlarged by a whole factor to ({first[2] * scale},{first[3] * scale})."
            );
        }
    }

    private static void Forward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<UpSamplingParameters>();
        TensorView y = context.Output(0);
        if (p.IsBilinear)
        {
            TensorView x = context.Input(0);
            ConvolutionShape shape = p.Geometry(x.Shape);
            void* scratch = context.Scratch(Convolution.BackwardDataScratch(x.DType, in shape));
            void* weight = context.Input(1).Data;
            Convolution.BackwardData(x.DType, in shape, x.Data, weight, y.Data, context.Accumulates(0), scratch);
            return;
        }

        long channel = 0;
        for (int i = 0; i < context.InputCount; i++)
        {
            TensorView x = context.Input(i);
            bool adds = context.Accumulates(0) || (p.Mode == UpSamplingMode.Sum && i > 0);
            Repeat(x, y, channel, adds);
            channel += p.Mode == UpSamplingMode.Sum ? 0 : x.Shape[1];
        }
    }

    /// <summary>Writes an image, each pixel repeated, to the channels from <paramref name="channel"/> on.</summary>
    private static void Repeat(in TensorView x, in TensorView y, long channel, bool accumulate)
    {
        (long height, long width) = (x.Shape[2], x.Shape[3]);
        (long outHeight, long outWidth) = (y.Shape[2], y.Shape[3]);
        long scale = outHeight / height;
        long plane = height * width;
        long outPlane = outHeight * outWidth;
        Strided.Copy(
            y.DType,
            x.Data,
            [x.Shape[1] * plane, plane, width, 0, 1, 0],
            (byte*)y.Data + (channel * outPlane * y.DType.ItemSize()),
            [y.Shape[1] * outPlane, outPlane, outWidth * scale, outWidth, scale, 1],
            [x.Shape[0], x.Shape[1], height, scale, width, scale],
            accumulate
        );
    }

    private static void Backward(ref KernelContext context)
    {
        var p = context.Parameters<UpSamplingParameters>();
        TensorView g = context.Input(0);
        if (p.IsBilinear)
        {
            BackwardBilinear(ref context, p, g);
            return;
        }

        long channel = 0;
        for (int i = 0; i < context.OutputCount; i++)
        {
            TensorView dx = context.Output(i);
            if (context.Wants(i))
                SumCells(g, dx, channel, context.Accumulates(i));
            channel += p.Mode == UpSamplingMode.Sum ? 0 : dx.Shape[1];
        }
    }

    /// <summary>The gradient of repeating: each pixel gets the sum over its copies.</summary>
    private static void SumCells(in TensorView g, in TensorView dx, long channel, bool accumulate)
    {
        (long channels, long height, long width) = (dx.Shape[1], dx.Shape[2], dx.Shape[3]);
        long scale = g.Shape[2] / height;
        long plane = g.Shape[2] * g.Shape[3];
        int size = g.DType.ItemSize();
        ShapeView cells = [channels, height, scale, width, scale];
        for (long sample = 0; sample < dx.Shape[0]; sample++)
        {
            byte* source = (byte*)g.Data + (((sample * g.Shape[1]) + channel) * plane * size);
            byte* target = (byte*)dx.Data + (sample * channels * height * width * size);
            if (g.DType is DType.Float32 or DType.Float64)
                CellSums.Run(g.DType, source, channels, height, width, scale, target, accumulate);
            else
                Reduce.Run<SumReducer>(g.DType, source, cells, [2, 4], target, accumulate);
        }
    }

    private static void BackwardBilinear(ref KernelContext context, UpSamplingParameters p, in TensorView g)
    {
        TensorView x = context.Input(1);
        ConvolutionShape shape = p.Geometry(x.Shape);
        if (context.Wants(0))
        {
            Convolution.Forward(
                x.DType,
                in shape,
                g.Data,
                context.Input(2).Data,
                null,
                context.Output(0).Data,
                context.Accumulates(0),
                context.Scratch(Convolution.ForwardScratch(x.DType, in shape))
            );
        }

        if (context.Wants(1))
        {
            Convolution.BackwardWeight(
                x.DType,
                in shape,
                g.Data,
                x.Data,
                context.Output(1).Data,
                context.Accumulates(1),
                context.Scratch(Convolution.BackwardWeightScratch(x.DType, in shape))
            );
        }
    }
}

/// <summary>How <c>UpSampling</c> enlarges.</summary>
public enum UpSamplingKind
{
    /// <summary>Repeats pixels.</summary>
    Nearest,

    /// <summary>Interpolates with a kernel that is an input.</summary>
    Bilinear,
}

/// <summary>What <c>UpSampling</c> makes of several images.</summary>
public enum UpSamplingMode
{
    /// <summary>Puts their channels one after the other.</summary>
    Concat,

    /// <summary>Adds them up.</summary>
    Sum,
}

/// <summary>Parameters of <c>UpSampling</c>.</summary>
public sealed class UpSamplingParameters : IParameters
{
    /// <summary>The factor for the first image.</summary>
    public uint Scale;

    /// <summary>Number of channels, for bilinear interpolation; 0 for those of the data.</summary>
    public uint Filters;

    /// <summary>How images are enlarged.</summary>
    public UpSamplingKind Kind;

    /// <summary>What becomes of several images.</summary>
    public UpSamplingMode Mode;

    /// <summary>Number of inputs.</summary>
    public int Count;

    /// <summary>Limit of temporary memory in MB, for other engines.</summary>
    public ulong Workspace = 512;

    internal bool IsBilinear => Kind == UpSamplingKind.Bilinear;

    /// <summary>Size of the interpolation kernel.</summary>
    internal long Window => (2L * Scale) - (Scale % 2);

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("scale", ref Scale);
        reader.Check(Scale is >= 1 and <= 1000, "scale", Scale, "from 1 to 1000");
        reader.Optional("num_filter", ref Filters);
        reader.Required("sample_type", ref Kind, "nearest", "bilinear");
        reader.Optional("multi_input_mode", ref Mode, "concat", "sum");
        reader.Required("num_args", ref Count);
        reader.Check(Count is >= 1 and <= 1000, "num_args", Count, "from 1 to 1000");
        reader.Optional("workspace", ref Workspace);
        reader.Check(Workspace <= 8192, "workspace", Workspace, "from 0 to 8192");
    }

    /// <summary>The convolution whose transpose interpolates: each channel on its own.</summary>
    internal ConvolutionShape Geometry(Shape data)
    {
        long pad = Scale / 2;
        return new ConvolutionShape(
            data[0],
            data[1],
            data[1],
            data[1],
            new Extents(1, data[2] * Scale, data[3] * Scale),
            new Extents(1, Window, Window),
            new Extents(1, Scale, Scale),
            Extents.One,
            new Extents(0, pad, pad)
        );
    }
}
