using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Layers that turn values into a loss, or add one: they pass the data on and make up the gradient.</summary>
internal static unsafe class LossFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("MakeLoss")
            {
                NewParameters = () => new MakeLossParameters(),
                Inplace = [(0, 0)],
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c => c.Set(0, c.CallWithSameParameters("_backward_MakeLoss", c.Input(0))),
                Kernel = ElementwiseRegistration.RunUnary<Identity>,
            }
        );
        registry.Add(
            new OperatorDef("_backward_MakeLoss")
            {
                NewParameters = () => new MakeLossParameters(),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(BackwardMakeLoss),
            }
        );
        registry.Add(
            new OperatorDef("SVMOutput")
            {
                NewParameters = () => new SvmParameters(),
                Inputs = ["data", "label"],
                Inplace = [(0, 0)],
                InferShape = InferSvmShape,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c => c.Set(0, c.CallWithSameParameters("_backward_SVMOutput", c.Input(1), c.Output(0))),
                Kernel = ElementwiseRegistration.RunUnary<Identity>,
            }
        );
        registry.Add(
            new OperatorDef("_backward_SVMOutput")
            {
                NewParameters = () => new SvmParameters(),
                Inputs = ["label", "output"],
                InferShape = LikeInputs.Shapes(1),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(BackwardSvm),
            }
        );
        RegisterSparsePenalty(registry);
    }

    private static void RegisterSparsePenalty(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("IdentityAttachKLSparseReg")
            {
                NewParameters = () => new SparsePenaltyParameters(),
                Inputs = ["data", "moving_avg"],
                DescribedInputs = ["data"],
                AuxiliaryCount = 1,
                InferShape = shapes =>
                {
                    shapes.SetInput(0, shapes.Output(0));
                    shapes.SetOutput(0, shapes.Input(0));
                    if (shapes.Input(0).Rank >= 2)
                        shapes.SetInput(1, new Shape(shapes.Input(0)[1]));
                    else if (shapes.Input(0).Rank == 1)
                        throw shapes.Error("the data must have two axes: samples and units.");
                },
                InferType = TypeRules.OrFloat32(FloatTypes.Same),
                Inplace = [(0, 0)],
                Gradient = c =>
                    c.Set(
                        0,
                        c.CallWithSameParameters(
                            "_backward_IdentityAttachKLSparseReg",
                            c.OutputGradient(0),
                            c.Output(0),
                            c.Input(1)
                        )
                    ),
                Kernel = ElementwiseRegistration.RunUnary<Identity>,
            }
        );
        registry.Add(
            new OperatorDef("_backward_IdentityAttachKLSparseReg")
            {
                NewParameters = () => new SparsePenaltyParameters(),
                Inputs = ["ograd", "output", "moving_avg"],
                MutableInputs = [2],
                InferShape = LikeInputs.Shapes(1),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(BackwardSparsePenalty),
            }
        );
    }

    private static void BackwardMakeLoss(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<MakeLossParameters>();
        TensorView x = context.Input(0);
        TensorView dx = context.Output(0);
        double value = p.Normalization switch
        {
            LossNormalization.Batch => (double)p.GradientScale / x.Shape[0],
            LossNormalization.Valid => p.GradientScale / CountAbove(ref context, x, p.Threshold),
            _ => p.GradientScale,
        };
        if (context.Accumulates(0))
            Kernels.Elementwise.BinaryScalar<Add>(dx.DType, dx.Data, value, dx.Data, dx.Size);
        else
            Kernels.Elementwise.Fill(dx.DType, value, dx.Data, dx.Size);
    }

    /// <summary>Number of elements above a threshold, but at least 1.</summary>
    private static double CountAbove(ref KernelContext context, in TensorView x, double threshold)
    {
        // In float64, so that counts beyond 2^24 are exact.
        var flags = (double*)context.Scratch(x.Size * sizeof(double));
        void* wide = x.Data;
        if (x.DType != DType.Float64)
        {
            Cast.Convert(x.DType, x.Data, DType.Float64, flags, x.Size);
            wide = flags;
        }

        Kernels.Elementwise.BinaryScalar<IsGreater>(DType.Float64, wide, threshold, flags, x.Size);
        double count;
        Reduce.Run<SumReducer>(DType.Float64, flags, x.Shape, [], &count);
        return Math.Max(count, 1);
    }

    private static void InferSvmShape(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(0));
        shapes.SetOutput(0, shapes.Input(0));
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        if (data.Rank < 2)
            throw shapes.Error("the data must have two axes or more: samples and classes.");
        shapes.SetInput(1, new Shape(data.Dims[..^1]));
    }

    private static void BackwardSvm(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<SvmParameters>();
        TensorView label = context.Input(0);
        TensorView scores = context.Input(1);
        TensorView dx = context.Output(0);
        bool accumulate = context.Accumulates(0);
        void* gradient = accumulate ? context.Scratch(dx.Size * dx.DType.ItemSize()) : dx.Data;
        long classes = scores.Shape[^1];
        HingeLoss.Gradient(
            dx.DType,
            scores.Data,
            label.Data,
            gradient,
            scores.Size / classes,
            classes,
            p.Margin,
            p.Weight,
            isSquared: !p.IsLinear
        );
        if (accumulate)
            Kernels.Elementwise.Binary<Add>(dx.DType, dx.Data, gradient, dx.Data, dx.Size);
    }

    private static void BackwardSparsePenalty(ref KernelContext context)
    {
        var p = context.Parameters<SparsePenaltyParameters>();
        TensorView g = context.Input(0);
        TensorView y = context.Input(1);
        TensorView average = context.Input(2);
        TensorView dx = context.Output(0);
        SparsePenalty.Update(
            y.DType,
            y.Data,
            y.Shape[0],
            y.Shape[1],
            y.Shape.Product(2, y.Shape.Rank),
            p.Momentum,
            average.Data
        );
        if (!context.Wants(0))
            return;
        SparsePenalty.Gradient(
            y.DType,
            g.Data,
            average.Data,
            y.Shape[0],
            y.Shape[1],
            y.Shape.Product(2, y.Shape.Rank),
            p.Target,
            p.Penalty,
            dx.Data,
            context.Accumulates(0)
        );
    }

    private readonly struct IsGreater : IBinaryOp
    {
        public static V Invoke<V>(V x, V threshold)
            where V : struct, ISimd<V> => V.Select(V.Greater(x, threshold), V.One, V.Zero);
    }
}

/// <summary>What a loss layer divides its gradient by.</summary>
public enum LossNormalization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The number of samples.</summary>
    Batch,

    /// <summary>The number of valid positions.</summary>
    Valid,
}

/// <summary>Parameters of <c>MakeLoss</c>.</summary>
public sealed class MakeLossParameters : IParameters
{
    /// <summary>The gradient of every element, before it is normalised.</summary>
    public float GradientScale = 1;

    /// <summary>With normalization "valid", elements above this count.</summary>
    public float Threshold;

    /// <summary>What the gradient is divided by.</summary>
    public LossNormalization Normalization;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("grad_scale", ref GradientScale);
        reader.Optional("valid_thresh", ref Threshold);
        reader.Optional("normalization", ref Normalization, "null", "batch", "valid");
    }
}

/// <summary>Parameters of <c>SVMOutput</c>.</summary>
public sealed class SvmParameters : IParameters
{
    /// <summary>How far beyond 0 a score shall be.</summary>
    public float Margin = 1;

    /// <summary>What the gradient is multiplied with.</summary>
    public float Weight = 1;

    /// <summary>Whether what lacks to the margin counts as it is; else its square counts.</summary>
    public bool IsLinear;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("margin", ref Margin);
        reader.Optional("regularization_coefficient", ref Weight);
        reader.Optional("use_linear", ref IsLinear);
    }
}

/// <summary>Parameters of <c>IdentityAttachKLSparseReg</c>.</summary>
public sealed class SparsePenaltyParameters : IParameters
{
    /// <summary>The mean activation that units shall have.</summary>
    public float Target = 0.1f;

    /// <summary>The weight of the penalty.</summary>
    public float Penalty = 0.001f;

    /// <summary>How much of the moving average of activations stays at each step.</summary>
    public float Momentum = 0.9f;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("sparseness_target", ref Target);
        reader.Check(Target is >= 0 and <= 1, "sparseness_target", Target, "from 0 to 1");
        reader.Optional("penalty", ref Penalty);
        reader.Optional("momentum", ref Momentum);
        reader.Check(Momentum is >= 0 and <= 1, "momentum", Momentum, "from 0 to 1");
    }
}
