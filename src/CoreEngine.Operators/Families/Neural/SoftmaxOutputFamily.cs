using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// The output layer of classification: forward the softmax, backward the derivative of the cross-entropy with the labels,
/// whatever gradient flows into it (unless out_grad says otherwise).
/// </summary>
/// <remarks>
/// The axis of the classes is 1 with multi_output, the last one with preserve_shape, else all axes but the first
/// together. A label with the shape of the data holds probabilities. What MXNet 1.0.0 does with its options is kept:
/// smoothing does nothing with multi_output, without multi_output normalization "batch" counts all labels, and the
/// gradient overwrites even where grad_req is "add".
/// </remarks>
internal static unsafe class SoftmaxOutputFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add(registry, "SoftmaxOutput", ["data", "label"]);
        // The name that SoftmaxOutput had before; still an operator of its own.
        Add(registry, "Softmax", ["data"]);
    }

    private static void Add(OperatorRegistry registry, string name, string[] describedInputs)
    {
        string backward = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = () => new SoftmaxOutputParameters(),
                Inputs = ["data", "label"],
                DescribedInputs = describedInputs,
                Inplace = [(0, 0)],
                InferShape = InferShape,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c =>
                    c.Set(
                        0,
                        c.Operator.Parameters<SoftmaxOutputParameters>().UseOutputGradient
                            ? c.CallWithSameParameters(backward, c.Input(1), c.Output(0), c.OutputGradient(0))
                            : c.CallWithSameParameters(backward, c.Input(1), c.Output(0))
                    ),
                Kernel = Forward,
            }
        );
        registry.Add(
            new OperatorDef(backward)
            {
                NewParameters = () => new SoftmaxOutputParameters(),
                Inputs = ["label", "output", "ograd"],
                SelectInputs = op =>
                    op.Parameters<SoftmaxOutputParameters>().UseOutputGradient
                        ? ["label", "output", "ograd"]
                        : ["label", "output"],
                Inplace = [(1, 0)],
                InferShape = LikeInputs.Shapes(1),
                InferType = FloatTypes.Same,
                SelectIgnoresAdd = _ => true,
                Kernel = HalfPrecision.Widen(Backward),
            }
        );
    }

    private static void InferShape(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(0));
        shapes.SetOutput(0, shapes.Input(0));
        Shape data = shapes.Input(0);
        Shape label = shapes.Input(1);
        if (data.Rank == 0)
            return;
        if (data.Rank < 2)
            throw shapes.Error("the data must have two axes or more: samples and classes.");
        bool isMulti = shapes.Operator.Parameters<SoftmaxOutputParameters>().MultiOutput;
        // Probabilities instead of classes; of a matrix, with multi_output, classes may be a matrix too.
        bool mayBeBoth = isMulti && data.Rank == 2 && label.Rank == 2;
        if (mayBeBoth && (!label.IsKnown || label.Equals(data)))
            return;
        bool hasOneClass = isMulti && label.Rank == data.Rank && data.Rank > 2 && label[1] == 1;
        if (hasOneClass)
            shapes.SetInput(1, data.With(1, 1));
        else if (label.Rank == data.Rank && !mayBeBoth)
            shapes.SetInput(1, data);
        else if (!isMulti)
            shapes.SetInput(1, new Shape(data.Dims[..^1]));
        else if (label.Rank is 0 or 2)
            shapes.SetInput(1, new Shape(data[0], data.Product(2, data.Rank)));
        else
            shapes.SetInput(1, new Shape([data[0], .. data.Dims[2..]]));
    }

    private static void Forward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        (long outer, long classes, long inner) = Extents(context.Parameters<SoftmaxOutputParameters>(), x.Shape);
        Softmax.Forward(x.DType, outer, classes, inner, x.Data, 1, logarithm: false, y.Data, context.Accumulates(0));
    }

    private static (long Outer, long Classes, long Inner) Extents(SoftmaxOutputParameters p, Shape data)
    {
        int rank = data.Rank;
        if (p.MultiOutput)
            return (data[0], data[1], data.Product(2, rank));
        return p.PreserveShape ? (data.Product(0, rank - 1), data[rank - 1], 1) : (data[0], data.Product(1, rank), 1);
    }

    private static void Backward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<SoftmaxOutputParameters>();
        TensorView label = context.Input(0);
        TensorView y = context.Input(1);
        TensorView dx = context.Output(0);
        if (label.Shape.Equals(y.Shape))
        {
            var difference = new ScaledDifference(p.GradientScale);
            Kernels.Elementwise.Binary(difference, y.DType, y.Data, label.Data, dx.Data, dx.Size);
            return;
        }

        (long outer, long classes, long inner) = Extents(p, y.Shape);
        Softmax.LabelGradient(
            dx.DType,
            outer,
            classes,
            inner,
            y.Data,
            label.Data,
            Scale(p, label, outer, inner),
            p.UseIgnore ? p.IgnoredLabel : null,
            p.MultiOutput ? 0 : p.Smoothing,
            dx.Data,
            accumulate: false
        );
        if (p.UseOutputGradient)
            Kernels.Elementwise.Binary<Multiply>(dx.DType, dx.Data, context.Input(2).Data, dx.Data, dx.Size);
    }

    /// <summary>The factor of the gradient, in float32 whatever the data's type, as in MXNet.</summary>
    private static float Scale(SoftmaxOutputParameters p, in TensorView label, long outer, long inner)
    {
        float positions = p.MultiOutput ? inner : 1;
        return p.Normalization switch
        {
            LossNormalization.Batch => p.GradientScale / positions / (p.MultiOutput ? outer : label.Size),
            LossNormalization.Valid => p.GradientScale
                / Math.Max(1, CrossEntropy.CountValid(label.DType, label.Data, label.Size, p.IgnoredLabel)),
            _ => p.GradientScale / positions,
        };
    }

    private readonly struct ScaledDifference(double scale) : IBinaryBody
    {
        private readonly double _scale = scale;

        public V Invoke<V>(V y, V label)
            where V : struct, ISimd<V> => (y - label) * V.Constant(_scale);
    }
}

/// <summary>Parameters of <c>SoftmaxOutput</c>.</summary>
public sealed class SoftmaxOutputParameters : IParameters
{
    /// <summary>What the gradient is multiplied with.</summary>
    public float GradientScale = 1;

    /// <summary>The label of positions without a gradient, and of those that do not count as valid.</summary>
    public float IgnoredLabel = -1;

    /// <summary>The classes lie along axis 1 and every position behind it has a label.</summary>
    public bool MultiOutput;

    /// <summary>Positions with the ignored label get no gradient.</summary>
    public bool UseIgnore;

    /// <summary>The classes lie along the last axis.</summary>
    public bool PreserveShape;

    /// <summary>What the gradient is divided by.</summary>
    public LossNormalization Normalization;

    /// <summary>Multiply with the gradient that flows into the output.</summary>
    public bool UseOutputGradient;

    /// <summary>The share of the expected probability that is spread over the other classes.</summary>
    public float Smoothing;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("grad_scale", ref GradientScale);
        reader.Optional("ignore_label", ref IgnoredLabel);
        reader.Optional("multi_output", ref MultiOutput);
        reader.Optional("use_ignore", ref UseIgnore);
        reader.Optional("preserve_shape", ref PreserveShape);
        reader.Optional("normalization", ref Normalization, "null", "batch", "valid");
        reader.Optional("out_grad", ref UseOutputGradient);
        reader.Optional("smooth_alpha", ref Smoothing);
        reader.Check(Smoothing is >= 0 and <= 1, "smooth_alpha", Smoothing, "from 0 to 1");
    }
}
