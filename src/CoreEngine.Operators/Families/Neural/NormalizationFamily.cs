using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Normalisations that look at one sample only: by length, by moments of each channel, by neighbouring channels.</summary>
internal static unsafe class NormalizationFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        RegisterL2(registry);
        RegisterInstance(registry);
        RegisterLocalResponse(registry);
    }

    private static void RegisterL2(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("L2Normalization")
            {
                NewParameters = () => new L2NormalizationParameters(),
                Outputs = ["output", "norm"],
                CountVisibleOutputs = _ => 1,
                InferShape = shapes =>
                {
                    shapes.SetInput(0, shapes.Output(0));
                    shapes.SetOutput(0, shapes.Input(0));
                    if (shapes.Input(0).Rank > 0)
                        shapes.SetOutput(1, NormShape(shapes));
                },
                InferType = TypeRules.OrFloat32(FloatTypes.WideHidden),
                Gradient = Gradient.Backward("_backward_L2Normalization", [0], [], [0, 1], count: 1),
                Kernel = HalfPrecision.Widen(ForwardL2),
            }
        );
        registry.Add(
            new OperatorDef("_backward_L2Normalization")
            {
                NewParameters = () => new L2NormalizationParameters(),
                Inputs = ["ograd", "output", "norm"],
                InferShape = LikeInputs.Shapes(1),
                InferType = LikeInputs.Types(1),
                Kernel = HalfPrecision.Widen(BackwardL2),
            }
        );
    }

    /// <summary>The data's shape with 1 along the axes that are summed over.</summary>
    private static Shape NormShape(ShapeInference shapes)
    {
        Shape data = shapes.Input(0);
        L2Mode mode = shapes.Operator.Parameters<L2NormalizationParameters>().Mode;
        int least = mode == L2Mode.Spatial ? 3 : 2;
        if (data.Rank < least)
            throw shapes.Error($"mode {mode} needs data of {least} axes or more.");
        (int first, int last) = SummedAxes(mode, data.Rank);
        long[] dims = data.Dims.ToArray();
        dims.AsSpan(first..(last + 1)).Fill(1);
        return new Shape(dims);
    }

    private static (int First, int Last) SummedAxes(L2Mode mode, int rank) =>
        mode switch
        {
            L2Mode.Instance => (1, rank - 1),
            L2Mode.Channel => (1, 1),
            _ => (2, rank - 1),
        };

    private static void Sum<TReducer>(void* x, in TensorView like, (int First, int Last) axes, void* result)
        where TReducer : struct, IReducer
    {
        Span<int> all = stackalloc int[axes.Last - axes.First + 1];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = axes.First + i;
        }

        Reduce.Run<TReducer>(like.DType, x, like.Shape, all, result);
    }

    private static void ForwardL2(ref KernelContext context)
    {
        var p = context.Parameters<L2NormalizationParameters>();
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        Shape normShape = context.Output(1).Shape;
        long size = normShape.Size;
        void* norm = context.Wants(1) ? context.Output(1).Data : context.Scratch(size * x.DType.ItemSize());
        Sum<SumOfSquaresReducer>(x.Data, x, SummedAxes(p.Mode, x.Shape.Rank), norm);
        Kernels.Elementwise.BinaryScalar<RootOfSum>(x.DType, norm, p.Epsilon, norm, size);
        if (context.Wants(0))
        {
            Broadcast.Binary<Divide>(
                x.DType,
                x.Data,
                x.Shape,
                norm,
                normShape,
                y.Data,
                y.Shape,
                context.Accumulates(0)
            );
        }
    }

    /// <summary>dx = (g - y sum(g y)) / norm.</summary>
    private static void BackwardL2(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<L2NormalizationParameters>();
        TensorView g = context.Input(0);
        TensorView y = context.Input(1);
        TensorView norm = context.Input(2);
        DType dtype = y.DType;
        long bytes = dtype.ItemSize();
        void* part = context.Scratch(y.Size * bytes);
        void* along = context.Scratch(norm.Size * bytes);
        Kernels.Elementwise.Binary<Multiply>(dtype, g.Data, y.Data, part, y.Size);
        Sum<SumReducer>(part, y, SummedAxes(p.Mode, y.Shape.Rank), along);
        Broadcast.Binary<Multiply>(dtype, y.Data, y.Shape, along, norm.Shape, part, y.Shape);
        Kernels.Elementwise.Binary<Subtract>(dtype, g.Data, part, part, y.Size);
        Broadcast.Binary<Divide>(
            dtype,
            part,
            y.Shape,
            norm.Data,
            norm.Shape,
            context.Output(0).Data,
            y.Shape,
            context.Accumulates(0)
        );
    }

    private static void RegisterInstance(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("InstanceNorm")
            {
                NewParameters = () => new InstanceNormParameters(),
                Inputs = ["data", "gamma", "beta"],
                Outputs = ["output", "mean", "inverse_deviation"],
                CountVisibleOutputs = _ => 1,
                InferShape = InferInstance,
                InferType = TypeRules.OrFloat32(FloatTypes.WideHidden),
                Gradient = Gradient.Backward("_backward_InstanceNorm", [0], [0, 1], [1, 2], count: 3),
                Kernel = HalfPrecision.Widen(ForwardInstance),
            }
        );
        registry.Add(
            new OperatorDef("_backward_InstanceNorm")
            {
                NewParameters = () => new InstanceNormParameters(),
                Inputs = ["ograd", "data", "gamma", "mean", "inverse_deviation"],
                Outputs = ["data", "gamma", "beta"],
                InferShape = LikeInputs.Shapes(1, 2, 2),
                InferType = LikeInputs.Types(1, 2, 2),
                Kernel = HalfPrecision.Widen(BackwardInstance),
            }
        );
    }

    private static void InferInstance(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(0));
        shapes.SetOutput(0, shapes.Input(0));
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        if (data.Rank < 3)
            throw shapes.Error("the data must have three axes or more: samples, channels and positions.");
        shapes.SetInput(1, new Shape(data[1]));
        shapes.SetInput(2, new Shape(data[1]));
        long[] dims = data.Dims.ToArray();
        dims.AsSpan(2).Fill(1);
        shapes.SetOutput(1, new Shape(dims));
        shapes.SetOutput(2, new Shape(dims));
    }

    private static RowNormalization ChannelRows(ref KernelContext context, Shape data) =>
        new(
            data[0] * data[1],
            data.Product(2, data.Rank),
            data[1],
            context.Parameters<InstanceNormParameters>().Epsilon
        );

    private static void ForwardInstance(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        RowNormalization rows = ChannelRows(ref context, x.Shape);
        long bytes = rows.Rows * x.DType.ItemSize();
        rows.Forward(
            x.DType,
            x.Data,
            context.Input(1).Data,
            context.Input(2).Data,
            context.Wants(1) ? context.Output(1).Data : context.Scratch(bytes),
            context.Wants(2) ? context.Output(2).Data : context.Scratch(bytes),
            context.Wants(0) ? context.Output(0).Data : null,
            context.Accumulates(0)
        );
    }

    private static void BackwardInstance(ref KernelContext context)
    {
        TensorView x = context.Input(1);
        ChannelRows(ref context, x.Shape)
            .Backward(
                x.DType,
                x.Data,
                context.Input(0).Data,
                context.Input(2).Data,
                context.Input(3).Data,
                context.Input(4).Data,
                context.Wants(0) ? context.Output(0).Data : null,
                context.Accumulates(0),
                context.Wants(1) ? context.Output(1).Data : null,
                context.Accumulates(1),
                context.Wants(2) ? context.Output(2).Data : null,
                context.Accumulates(2)
            );
    }

    private static void RegisterLocalResponse(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("LRN")
            {
                NewParameters = () => new LocalResponseParameters(),
                Outputs = ["output", "norm"],
                CountVisibleOutputs = _ => 1,
                InferShape = shapes =>
                {
                    ShapeInference.Same(shapes);
                    if (shapes.Input(0).Rank == 1)
                        throw shapes.Error("the data must have two axes or more: samples and channels.");
                },
                InferType = TypeRules.NeedsFirst(FloatTypes.WideHidden),
                Gradient = Gradient.Backward("_backward_LRN", [0], [0], [1], count: 1),
                Kernel = HalfPrecision.Widen(ForwardLocalResponse),
            }
        );
        registry.Add(
            new OperatorDef("_backward_LRN")
            {
                NewParameters = () => new LocalResponseParameters(),
                Inputs = ["ograd", "data", "norm"],
                InferType = LikeInputs.Types(1),
                Kernel = HalfPrecision.Widen(BackwardLocalResponse),
            }
        );
    }

    private static LocalResponse ResponseOf(LocalResponseParameters p, Shape data) =>
        new(data[0], data[1], data.Product(2, data.Rank), p.Window, p.Alpha, p.Beta, p.Offset);

    private static void ForwardLocalResponse(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        void* norm = context.Wants(1) ? context.Output(1).Data : context.Scratch(x.Size * x.DType.ItemSize());
        LocalResponse response = ResponseOf(context.Parameters<LocalResponseParameters>(), x.Shape);
        void* y = context.Wants(0) ? context.Output(0).Data : null;
        response.Forward(x.DType, x.Data, norm, y, context.Accumulates(0));
    }

    private static void BackwardLocalResponse(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(1);
        ResponseOf(context.Parameters<LocalResponseParameters>(), x.Shape)
            .Backward(
                x.DType,
                context.Input(0).Data,
                x.Data,
                context.Input(2).Data,
                context.Output(0).Data,
                context.Accumulates(0)
            );
    }

    private readonly struct RootOfSum : IBinaryOp
    {
        public static V Invoke<V>(V x, V epsilon)
            where V : struct, ISimd<V> => V.Sqrt(x + epsilon);
    }
}

/// <summary>Over what <c>L2Normalization</c> measures length.</summary>
public enum L2Mode
{
    /// <summary>All values of a sample.</summary>
    Instance,

    /// <summary>The channels of each position.</summary>
    Channel,

    /// <summary>The positions of each channel.</summary>
    Spatial,
}

/// <summary>Parameters of <c>L2Normalization</c>.</summary>
public sealed class L2NormalizationParameters : IParameters
{
    /// <summary>Added to the sum of squares.</summary>
    public float Epsilon = 1e-10f;

    /// <summary>Over what length is measured.</summary>
    public L2Mode Mode;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("eps", ref Epsilon);
        reader.Optional("mode", ref Mode, "instance", "channel", "spatial");
    }
}

/// <summary>Parameters of <c>InstanceNorm</c>.</summary>
public sealed class InstanceNormParameters : IParameters
{
    /// <summary>Added to the variance.</summary>
    public float Epsilon = 0.001f;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Optional("eps", ref Epsilon);
}

/// <summary>Parameters of <c>LRN</c>.</summary>
public sealed class LocalResponseParameters : IParameters
{
    /// <summary>The weight of the squares.</summary>
    public float Alpha = 0.0001f;

    /// <summary>The power.</summary>
    public float Beta = 0.75f;

    /// <summary>Added to the weighted squares.</summary>
    public float Offset = 2;

    /// <summary>Number of neighbouring channels, odd.</summary>
    public uint Window;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("alpha", ref Alpha);
        reader.Optional("beta", ref Beta);
        reader.Optional("knorm", ref Offset);
        reader.Required("nsize", ref Window);
        reader.Check(Window % 2 == 1, "nsize", Window, "an odd number");
    }
}
