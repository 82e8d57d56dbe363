using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Rectifiers that let something through for negative values: with a fixed slope, a learned one per channel, a random
/// one, or an exponential.
/// </summary>
/// <remarks>
/// The random slope is uniform between two bounds in training and their mean in prediction (Xu et al. 2015, "Empirical
/// Evaluation of Rectified Activations"). Learned slopes: He et al. 2015; exponential: Clevert et al. 2015.
/// </remarks>
internal static unsafe class LeakyReLUFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("LeakyReLU")
            {
                NewParameters = () => new LeakyReLUParameters(),
                Inputs = ["data", "gamma"],
                DescribedInputs = ["data"],
                SelectInputs = op => HasGamma(op) ? ["data", "gamma"] : ["data"],
                InputInitializers = [(1, """["Constant", {"value": 0.25}]""")],
                Outputs = ["output", "slopes"],
                SelectOutputCount = op => IsRandom(op) ? 2 : 1,
                CountVisibleOutputs = _ => 1,
                Inplace = [(0, 0)],
                InferShape = InferShape,
                InferType = TypeRules.OrFloat32(FloatTypes.Same),
                Gradient = Differentiate,
                SelectIsRandom = IsRandom,
                SelectPointwise = PointwiseOf,
                Kernel = Forward,
            }
        );
        registry.Add(
            new OperatorDef("_backward_LeakyReLU")
            {
                NewParameters = () => new LeakyReLUParameters(),
                Inputs = ["ograd", "data", "slopes"],
                SelectInputs = op => HasGamma(op) || IsRandom(op) ? ["ograd", "data", "slopes"] : ["ograd", "data"],
                Outputs = ["data", "gamma"],
                SelectOutputCount = op => HasGamma(op) ? 2 : 1,
                Inplace = [(0, 0)],
                InferShape = LikeInputs.Shapes(1, 2),
                InferType = FloatTypes.Same,
                SelectPointwise = PointwiseOf,
                Kernel = Backward,
            }
        );
    }

    private static bool HasGamma(BoundOperator op) =>
        op.Parameters<LeakyReLUParameters>().Kind == LeakyReLUKind.Learned;

    private static bool IsRandom(BoundOperator op) => op.Parameters<LeakyReLUParameters>().Kind == LeakyReLUKind.Random;

    private static Pointwise PointwiseOf(BoundOperator op) =>
        op.Parameters<LeakyReLUParameters>().Kind is LeakyReLUKind.Leaky or LeakyReLUKind.Exponential
            ? Pointwise.WhenShapesAgree
            : Pointwise.Never;

    private static void InferShape(ShapeInference shapes)
    {
        shapes.SetOutput(0, shapes.Input(0));
        shapes.SetInput(0, shapes.Output(0));
        Shape data = shapes.Input(0);
        if (IsRandom(shapes.Operator))
            shapes.SetOutput(1, data);
        if (!HasGamma(shapes.Operator) || data.Rank == 0)
            return;
        Shape gamma = shapes.Input(1);
        bool isShared = gamma.Rank == 1 && gamma[0] == 1;
        if (!isShared)
            shapes.SetInput(1, new Shape(data.Rank == 1 ? 1 : data[1]));
    }

    private static void Differentiate(GradientContext c)
    {
        const string Backward = "_backward_LeakyReLU";
        if (HasGamma(c.Operator))
        {
            Value both = c.CallWithSameParameters(Backward, c.OutputGradient(0), c.Input(0), c.Input(1));
            c.Set(0, both);
            c.Set(1, both.Output(1));
        }
        else if (IsRandom(c.Operator))
        {
            c.Set(0, c.CallWithSameParameters(Backward, c.OutputGradient(0), c.Input(0), c.Output(1)));
        }
        else
        {
            c.Set(0, c.CallWithSameParameters(Backward, c.OutputGradient(0), c.Input(0)));
        }
    }

    private static void Forward(ref KernelContext context)
    {
        var p = context.Parameters<LeakyReLUParameters>();
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        bool accumulate = context.Accumulates(0);
        if (p.Kind == LeakyReLUKind.Random)
        {
            ForwardRandom(ref context, p);
            return;
        }

        if (!context.Wants(0))
            return;
        switch (p.Kind)
        {
            case LeakyReLUKind.Leaky:
                Kernels.Elementwise.BinaryScalar<Leak>(x.DType, x.Data, p.Slope, y.Data, y.Size, accumulate);
                break;
            case LeakyReLUKind.Exponential:
                Kernels.Elementwise.BinaryScalar<ExponentialLinear>(
                    x.DType,
                    x.Data,
                    p.Slope,
                    y.Data,
                    y.Size,
                    accumulate
                );
                break;
            default:
                TensorView gamma = context.Input(1);
                Broadcast.Binary<Leak>(
                    x.DType,
                    x.Data,
                    x.Shape,
                    gamma.Data,
                    ChannelShape.Aligned(x.Shape, gamma.Shape, stackalloc long[x.Shape.Rank]),
                    y.Data,
                    y.Shape,
                    accumulate
                );
                break;
        }
    }

    private static void ForwardRandom(ref KernelContext context, LeakyReLUParameters p)
    {
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        TensorView slopes = context.Output(1);
        if (!context.IsTraining)
        {
            double mean = ((double)p.Lower + p.Upper) / 2;
            if (context.Wants(1))
                Kernels.Elementwise.Fill(slopes.DType, mean, slopes.Data, slopes.Size);
            if (context.Wants(0))
                Kernels.Elementwise.BinaryScalar<Leak>(x.DType, x.Data, mean, y.Data, y.Size, context.Accumulates(0));
            return;
        }

        void* drawn = context.Wants(1) ? slopes.Data : context.Scratch(x.Size * x.DType.ItemSize());
        Sampling.Uniform(x.DType, context.Random.Seed, context.Random.Stream, p.Lower, p.Upper, drawn, x.Size);
        if (context.Wants(0))
            Kernels.Elementwise.Binary<Leak>(x.DType, x.Data, drawn, y.Data, y.Size, context.Accumulates(0));
    }

    private static void Backward(ref KernelContext context)
    {
        var p = context.Parameters<LeakyReLUParameters>();
        TensorView g = context.Input(0);
        TensorView x = context.Input(1);
        if (p.Kind == LeakyReLUKind.Learned)
        {
            BackwardLearned(ref context, g, x);
            return;
        }

        if (!context.Wants(0))
            return;
        TensorView dx = context.Output(0);
        bool accumulate = context.Accumulates(0);
        switch (p.Kind)
        {
            case LeakyReLUKind.Leaky:
                Kernels.Elementwise.Binary(
                    new LeakGradient(p.Slope),
                    x.DType,
                    g.Data,
                    x.Data,
                    dx.Data,
                    x.Size,
                    accumulate
                );
                break;
            case LeakyReLUKind.Exponential:
                Kernels.Elementwise.Binary(
                    new ExponentialLinearGradient(p.Slope),
                    x.DType,
                    g.Data,
                    x.Data,
                    dx.Data,
                    x.Size,
                    accumulate
                );
                break;
            default:
                void* slopes = context.Input(2).Data;
                Kernels.Elementwise.Ternary<LeakGradients>(
                    x.DType,
                    g.Data,
                    x.Data,
                    slopes,
                    dx.Data,
                    x.Size,
                    accumulate
                );
                break;
        }
    }

    private static void BackwardLearned(ref KernelContext context, in TensorView g, in TensorView x)
    {
        TensorView gamma = context.Input(2);
        ShapeView aligned = ChannelShape.Aligned(x.Shape, gamma.Shape, stackalloc long[x.Shape.Rank]);
        void* part = context.Scratch(x.Size * x.DType.ItemSize());
        // The slopes come first: the data gradient may take the place of the output gradient.
        if (context.Wants(1))
        {
            Kernels.Elementwise.Binary<SlopeGradient>(x.DType, x.Data, g.Data, part, x.Size);
            Reduce.SumTo(x.DType, part, x.Shape, context.Output(1).Data, aligned, context.Accumulates(1));
        }

        if (context.Wants(0))
        {
            Broadcast.Binary<LeakFactor>(x.DType, x.Data, x.Shape, gamma.Data, aligned, part, x.Shape);
            Kernels.Elementwise.Binary<Multiply>(
                x.DType,
                g.Data,
                part,
                context.Output(0).Data,
                x.Size,
                context.Accumulates(0)
            );
        }
    }
}

/// <summary>What <c>LeakyReLU</c> does with negative values.</summary>
public enum LeakyReLUKind
{
    /// <summary>Multiplies them with a slope drawn at random for each element.</summary>
    Random,

    /// <summary>Multiplies them with a fixed slope.</summary>
    Leaky,

    /// <summary>Multiplies them with a learned slope per channel.</summary>
    Learned,

    /// <summary>slope (exp(x) - 1).</summary>
    Exponential,
}

/// <summary>Parameters of <c>LeakyReLU</c>.</summary>
public sealed class LeakyReLUParameters : IParameters
{
    /// <summary>What happens to negative values.</summary>
    public LeakyReLUKind Kind = LeakyReLUKind.Leaky;

    /// <summary>The fixed slope, or the factor of the exponential.</summary>
    public float Slope = 0.25f;

    /// <summary>The smallest random slope.</summary>
    public float Lower = 0.125f;

    /// <summary>The bound above random slopes.</summary>
    public float Upper = 0.334f;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("act_type", ref Kind, "rrelu", "leaky", "prelu", "elu");
        reader.Optional("slope", ref Slope);
        reader.Optional("lower_bound", ref Lower);
        reader.Optional("upper_bound", ref Upper);
    }
}
