using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Softmax in its forms: over an axis, its logarithm, as a layer, and with the cross-entropy of labels.</summary>
internal static unsafe class SoftmaxFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        AddOverAxis(registry, "softmax", isLogarithm: false);
        AddOverAxis(registry, "log_softmax", isLogarithm: true);
        registry.Add(
            new OperatorDef("SoftmaxActivation")
            {
                NewParameters = () => new SoftmaxActivationParameters(),
                Inplace = [(0, 0)],
                InferShape = InferActivation,
                InferType = TypeRules.OrFloat32(FloatTypes.Same),
                Gradient = Gradient.Backward("_backward_SoftmaxActivation", [0], [], [0], count: 1),
                Kernel = (ref context) => Forward(ref context, LayerExtents(ref context), isLogarithm: false),
            }
        );
        registry.Add(
            new OperatorDef("_backward_SoftmaxActivation")
            {
                NewParameters = () => new SoftmaxActivationParameters(),
                Inputs = ["ograd", "output"],
                InferType = FloatTypes.Same,
                Kernel = (ref context) => Backward(ref context, ChannelExtents(ref context), isLogarithm: false),
            }
        );
        RegisterCrossEntropy(registry);
    }

    private static void AddOverAxis(OperatorRegistry registry, string name, bool isLogarithm)
    {
        string backward = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = () => new SoftmaxParameters(),
                Inplace = [(0, 0)],
                InferShape = InferOverAxis,
                InferType = FloatTypes.Same,
                Gradient = Gradient.Backward(backward, [0], [], [0], count: 1),
                ComposedGradient = isLogarithm ? ComposeLogarithm : Compose,
                Kernel = (ref context) => Forward(ref context, AxisExtents(ref context), isLogarithm),
            }
        );
        registry.Add(
            new OperatorDef(backward)
            {
                NewParameters = () => new SoftmaxParameters(),
                Inputs = ["ograd", "output"],
                InferType = FloatTypes.Same,
                Kernel = (ref context) => Backward(ref context, AxisExtents(ref context), isLogarithm),
            }
        );
    }

    private static void InferOverAxis(ShapeInference shapes)
    {
        ShapeInference.Same(shapes);
        int axis = shapes.Operator.Parameters<SoftmaxParameters>().Axis;
        int rank = shapes.Input(0).Rank;
        if (rank > 0 && (axis < -rank || axis >= rank))
            throw shapes.Error($"axis {axis} does not exist; it must be from {-rank} to {rank - 1}.");
    }

    private static void InferActivation(ShapeInference shapes)
    {
        ShapeInference.Same(shapes);
        bool isChannel = shapes.Operator.Parameters<SoftmaxActivationParameters>().Mode == SoftmaxMode.Channel;
        int least = isChannel ? 3 : 2;
        if (shapes.Input(0).Rank is > 0 and var rank && rank < least)
            throw shapes.Error($"this mode needs data of {least} axes or more.");
    }

    /// <summary>dx = y (g - sum(g y)).</summary>
    private static void Compose(GradientContext c)
    {
        Value weighted = c.Call("elemwise_mul", c.OutputGradient(0), c.Output(0));
        Value centred = c.Call("broadcast_sub", c.OutputGradient(0), SumAlongAxis(c, weighted));
        c.Set(0, c.Call("elemwise_mul", c.Output(0), centred));
    }

    /// <summary>dx = g - exp(y) sum(g).</summary>
    private static void ComposeLogarithm(GradientContext c)
    {
        Value sum = SumAlongAxis(c, c.OutputGradient(0));
        Value expected = c.Call("broadcast_mul", c.Call("exp", c.Output(0)), sum);
        c.Set(0, c.Call("elemwise_sub", c.OutputGradient(0), expected));
    }

    private static Value SumAlongAxis(GradientContext c, Value value)
    {
        string axis = AttributeText.Format(c.Operator.Parameters<SoftmaxParameters>().Axis);
        var attributes = new Dictionary<string, string> { ["axis"] = axis, ["keepdims"] = "True" };
        return c.Call(OperatorRegistry.Default["sum"].Bind(attributes), value);
    }

    private static (long Outer, long Classes, long Inner) AxisExtents(ref KernelContext context)
    {
        Shape shape = context.Output(0).Shape;
        int axis = shape.Axis(context.Parameters<SoftmaxParameters>().Axis);
        return (shape.Product(0, axis), shape[axis], shape.Product(axis + 1, shape.Rank));
    }

    /// <summary>
    /// The extents of the layer's backward pass. As in MXNet 1.0.0 it sums along axis 1 in both modes, which is the true
    /// gradient of mode "instance" for data of two axes; beyond them use softmax.
    /// </summary>
    private static (long Outer, long Classes, long Inner) ChannelExtents(ref KernelContext context)
    {
        Shape shape = context.Output(0).Shape;
        return (shape[0], shape[1], shape.Product(2, shape.Rank));
    }

    private static (long Outer, long Classes, long Inner) LayerExtents(ref KernelContext context)
    {
        Shape shape = context.Output(0).Shape;
        return context.Parameters<SoftmaxActivationParameters>().Mode == SoftmaxMode.Channel
            ? ChannelExtents(ref context)
            : (shape.Product(0, shape.Rank - 1), shape[^1], 1);
    }

    private static void Forward(
        ref KernelContext context,
        (long Outer, long Classes, long Inner) extents,
        bool isLogarithm
    )
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        Softmax.Forward(
            x.DType,
            extents.Outer,
            extents.Classes,
            extents.Inner,
            x.Data,
            temperature: 1,
            isLogarithm,
            context.Output(0).Data,
            context.Accumulates(0)
        );
    }

    private static void Backward(
        ref KernelContext context,
        (long Outer, long Classes, long Inner) extents,
        bool isLogarithm
    )
    {
        if (!context.Wants(0))
            return;
        TensorView y = context.Input(1);
        Softmax.Backward(
            y.DType,
            extents.Outer,
            extents.Classes,
            extents.Inner,
            y.Data,
            context.Input(0).Data,
            temperature: 1,
            isLogarithm,
            context.Output(0).Data,
            context.Accumulates(0)
        );
    }

    private static void RegisterCrossEntropy(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("softmax_cross_entropy")
            {
                Inputs = ["data", "label"],
                InferShape = shapes =>
                {
                    shapes.SetOutput(0, new Shape(1));
                    Shape data = shapes.Input(0);
                    if (data.Rank is not (0 or 2))
                        throw shapes.Error("the data must have two axes: samples and classes.");
                    if (data.Rank == 2)
                        shapes.SetInput(1, new Shape(data[0]));
                },
                InferType = FloatTypes.Same,
                Gradient = c =>
                    c.Set(0, c.Call("_backward_softmax_cross_entropy", c.OutputGradient(0), c.Input(0), c.Input(1))),
                Kernel = HalfPrecision.Widen(CrossEntropyForward),
            }
        );
        registry.Add(
            new OperatorDef("_backward_softmax_cross_entropy")
            {
                Inputs = ["ograd", "data", "label"],
                InferShape = LikeInputs.Shapes(1),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(CrossEntropyBackward),
            }
        );
    }

    private static void CrossEntropyForward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        void* logarithms = context.Scratch(x.Size * x.DType.ItemSize());
        Softmax.Forward(x.DType, x.Shape[0], x.Shape[1], 1, x.Data, 1, logarithm: true, logarithms, accumulate: false);
        double sum = CrossEntropy.Sum(x.DType, logarithms, context.Input(1).Data, x.Shape[0], x.Shape[1]);
        if (context.Accumulates(0))
            Kernels.Elementwise.BinaryScalar<Add>(y.DType, y.Data, sum, y.Data, 1);
        else
            Kernels.Elementwise.Fill(y.DType, sum, y.Data, 1);
    }

    private static void CrossEntropyBackward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView g = context.Input(0);
        TensorView x = context.Input(1);
        (long rows, long classes) = (x.Shape[0], x.Shape[1]);
        double scale;
        Cast.Convert(g.DType, g.Data, DType.Float64, &scale, 1);
        void* p = context.Scratch(x.Size * x.DType.ItemSize());
        Softmax.Forward(x.DType, rows, classes, 1, x.Data, 1, logarithm: false, p, accumulate: false);
        Softmax.LabelGradient(
            x.DType,
            rows,
            classes,
            inner: 1,
            p,
            context.Input(2).Data,
            scale,
            ignore: null,
            smoothing: 0,
            context.Output(0).Data,
            context.Accumulates(0)
        );
    }
}

/// <summary>Parameters of <c>softmax</c> and <c>log_softmax</c>.</summary>
public sealed class SoftmaxParameters : IParameters
{
    /// <summary>The axis that sums to 1; negative counts from the end.</summary>
    public int Axis = -1;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Optional("axis", ref Axis);
}

/// <summary>What sums to 1 in <c>SoftmaxActivation</c>.</summary>
public enum SoftmaxMode
{
    /// <summary>The values along the last axis.</summary>
    Instance,

    /// <summary>The channels of each position.</summary>
    Channel,
}

/// <summary>Parameters of <c>SoftmaxActivation</c>.</summary>
public sealed class SoftmaxActivationParameters : IParameters
{
    /// <summary>What sums to 1.</summary>
    public SoftmaxMode Mode;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Optional("mode", ref Mode, "instance", "channel");
}
