using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Output layers of regression: forward they give the prediction, backward the derivative of their loss, whatever gradient
/// flows into them.
/// </summary>
/// <remarks>The gradient is divided by the number of predicted values per sample, not by the number of samples.</remarks>
internal static unsafe class RegressionFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add<Difference>(registry, "LinearRegressionOutput", ElementwiseRegistration.RunUnary<Identity>);
        Add<Difference>(registry, "LogisticRegressionOutput", ElementwiseRegistration.RunUnary<Logistic>);
        Add<DifferenceSign>(registry, "MAERegressionOutput", ElementwiseRegistration.RunUnary<Identity>);
    }

    private static void Add<TGradient>(OperatorRegistry registry, string name, KernelFunction forward)
        where TGradient : struct, IBinaryOp
    {
        string backward = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = () => new RegressionParameters(),
                Inputs = ["data", "label"],
                Inplace = [(0, 0)],
                InferShape = InferShape,
                InferType = TypeRules.OrFloat32(FloatTypes.Same),
                Gradient = c => c.Set(0, c.CallWithSameParameters(backward, c.Input(1), c.Output(0))),
                Kernel = forward,
            }
        );
        registry.Add(
            new OperatorDef(backward)
            {
                NewParameters = () => new RegressionParameters(),
                Inputs = ["label", "output"],
                InferShape = LikeInputs.Shapes(1),
                InferType = FloatTypes.Same,
                Inplace = [(1, 0)],
                Kernel = Backward<TGradient>,
            }
        );
    }

    /// <summary>
    /// The label looks like the data, or has as many values for each sample; for a single column it is a vector unless
    /// something else is said.
    /// </summary>
    private static void InferShape(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(0));
        shapes.SetOutput(0, shapes.Input(0));
        Shape data = shapes.Input(0);
        Shape label = shapes.Input(1);
        if (data.Rank == 0)
            return;
        if (data.Rank == 2 && data[1] is 0 or 1 && label.Rank <= 1)
        {
            // Unless it is known that there is one column, a label of which nothing is known may have either form.
            if (label.Rank == 1 || data[1] == 1)
                shapes.SetInput(1, new Shape(data[0]));
            return;
        }

        if (label.Rank == 0 || label.Rank == data.Rank)
        {
            shapes.SetInput(1, data);
            return;
        }

        bool fits = label[0] == data[0] && ShapeRules.Product(label.Dims) == ShapeRules.Product(data.Dims);
        if (label.IsKnown && data.IsKnown && !fits)
        {
            throw shapes.Error(
                $"the label {label} must have the shape {data} of the data, or as many values for each sample; reshape "
                    + "one of them."
            );
        }
    }

    private static void Backward<TGradient>(ref KernelContext context)
        where TGradient : struct, IBinaryOp
    {
        if (!context.Wants(0))
            return;
        TensorView label = context.Input(0);
        TensorView y = context.Input(1);
        TensorView dx = context.Output(0);
        double scale =
            context.Parameters<RegressionParameters>().GradientScale / (double)y.Shape.Product(1, y.Shape.Rank);
        Kernels.Elementwise.Binary(
            new Scaled<TGradient>(scale),
            y.DType,
            y.Data,
            label.Data,
            dx.Data,
            dx.Size,
            context.Accumulates(0)
        );
    }

    private readonly struct Difference : IBinaryOp
    {
        public static V Invoke<V>(V y, V label)
            where V : struct, ISimd<V> => y - label;
    }

    private readonly struct DifferenceSign : IBinaryOp
    {
        public static V Invoke<V>(V y, V label)
            where V : struct, ISimd<V> => SimdMath.Sign(y - label);
    }

    private readonly struct Scaled<TOp>(double scale) : IBinaryBody
        where TOp : struct, IBinaryOp
    {
        private readonly double _scale = scale;

        public V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => TOp.Invoke(x, y) * V.Constant(_scale);
    }
}

/// <summary>Parameters of the regression outputs.</summary>
public sealed class RegressionParameters : IParameters
{
    /// <summary>What the gradient is multiplied with.</summary>
    public float GradientScale = 1;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Optional("grad_scale", ref GradientScale);
}
