using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy 2015). As in MXNet, the moving statistics change in the backward pass; with
/// fix_gamma the array of factors is filled with 1 whenever a training pass, or the caller, asks for the moments.
/// </summary>
/// <remarks>
/// Both passes must run in the same mode: in training the gradient flows through the batch's moments, else (or with
/// use_global_stats) the moving statistics are constants. float16 data has float32 parameters. With use_global_stats a
/// grad_req of "add" leaves the gradients of gamma and beta as they are; ask for "write".
/// </remarks>
internal static unsafe class BatchNormFamily
{
    private const int Data = 0;
    private const int Gamma = 1;
    private const int Beta = 2;
    private const int MovingMean = 3;
    private const int MovingVariance = 4;

    private static readonly string[] s_inputs = ["data", "gamma", "beta", "moving_mean", "moving_var"];

    internal static void Register(OperatorRegistry registry)
    {
        Add(registry, "BatchNorm", s_inputs, () => new BatchNormParameters());
        Add(registry, "BatchNorm_v1", s_inputs[..3], () => new BatchNormParameters { IsFirstVersion = true });
    }

    private static void Add(
        OperatorRegistry registry,
        string name,
        string[] describedInputs,
        Func<IParameters> parameters
    )
    {
        string backward = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = parameters,
                Inputs = s_inputs,
                DescribedInputs = describedInputs,
                AuxiliaryCount = 2,
                InputInitializers = [(MovingMean, """["zero", {}]"""), (MovingVariance, """["one", {}]""")],
                Outputs = ["output", "mean", "var"],
                Inplace = [(Data, 0)],
                CountVisibleOutputs = op => ParametersOf(op).OutputMoments ? 3 : 1,
                SelectMutableInputs = op => ParametersOf(op).FixGamma ? [Gamma] : [],
                InferShape = InferShape,
                InferType = TypeRules.NeedsFirst(InferType),
                Gradient = c => Differentiate(c, backward),
                Kernel = Forward,
            }
        );
        registry.Add(
            new OperatorDef(backward)
            {
                NewParameters = parameters,
                Inputs = ["ograd", "data", "mean", "var", "moving_mean", "moving_var", "gamma"],
                SelectInputs = op =>
                    ParametersOf(op).FixGamma
                        ? ["ograd", "data", "mean", "var", "moving_mean", "moving_var"]
                        : ["ograd", "data", "mean", "var", "moving_mean", "moving_var", "gamma"],
                SelectMutableInputs = op => ParametersOf(op).UseGlobalStatistics ? [] : [4, 5],
                Outputs = ["data", "gamma", "beta"],
                Inplace = [(0, 0)],
                InferShape = LikeInputs.Shapes(1, 2, 2),
                InferType = LikeInputs.Types(1, 2, 2),
                SelectIgnoresAdd = op => ParametersOf(op).UseGlobalStatistics,
                Kernel = Backward,
            }
        );
    }

    private static BatchNormParameters ParametersOf(BoundOperator op) => op.Parameters<BatchNormParameters>();

    private static void Differentiate(GradientContext c, string backward)
    {
        // With fix_gamma the factors are 1: whoever overwrites the array since does no harm.
        Value[] arguments =
        [
            c.OutputGradient(0),
            c.Input(Data),
            c.Output(1),
            c.Output(2),
            c.Input(MovingMean),
            c.Input(MovingVariance),
        ];
        Value first = c.CallWithSameParameters(
            backward,
            ParametersOf(c.Operator).FixGamma ? arguments : [.. arguments, c.Input(Gamma)]
        );
        c.Set(Data, first);
        c.Set(Gamma, first.Output(1));
        c.Set(Beta, first.Output(2));
    }

    private static void InferShape(ShapeInference shapes)
    {
        shapes.SetInput(Data, shapes.Output(0));
        shapes.SetOutput(0, shapes.Input(Data));
        Shape data = shapes.Input(Data);
        if (data.Rank == 0)
            return;
        int axis = ParametersOf(shapes.Operator).Axis;
        if (axis < -data.Rank || axis >= data.Rank)
        {
            throw shapes.Error(
                $"axis {axis}, along which the channels lie, does not exist; it must be from {-data.Rank} to "
                    + $"{data.Rank - 1}."
            );
        }

        var channels = new Shape(data[data.Axis(axis)]);
        for (int i = Gamma; i <= MovingVariance; i++)
        {
            shapes.SetInput(i, channels);
        }

        shapes.SetOutput(1, channels);
        shapes.SetOutput(2, channels);
    }

    private static void InferType(TypeInference types)
    {
        types.SetInput(Data, types.Output(0));
        types.SetOutput(0, types.Input(Data));
        if (types.Input(Gamma) == DType.Float64)
        {
            types.SetInput(Data, DType.Float64);
            types.SetOutput(0, DType.Float64);
        }

        DType data = types.Input(Data);
        FloatTypes.Check(types, data);
        DType parameters = data == DType.Float16 ? DType.Float32 : data;
        for (int i = Gamma; i <= MovingVariance; i++)
        {
            types.SetInput(i, parameters);
        }

        types.SetOutput(1, parameters);
        types.SetOutput(2, parameters);
    }

    private static (long Outer, long Channels, long Inner) Extents(BatchNormParameters p, Shape data)
    {
        int axis = data.Axis(p.Axis);
        return (data.Product(0, axis), data[axis], data.Product(axis + 1, data.Rank));
    }

    private static void Forward(ref KernelContext context)
    {
        var p = context.Parameters<BatchNormParameters>();
        TensorView x = context.Input(Data);
        TensorView gamma = context.Input(Gamma);
        (long outer, long channels, long inner) = Extents(p, x.Shape);
        void* mean = context.Input(MovingMean).Data;
        void* variance = context.Input(MovingVariance).Data;
        if (context.IsTraining && !p.UseGlobalStatistics)
        {
            mean = context.Scratch(channels * gamma.DType.ItemSize());
            variance = context.Scratch(channels * gamma.DType.ItemSize());
            BatchNormalization.Train(
                x.DType,
                outer,
                channels,
                inner,
                x.Data,
                p.FixGamma ? null : gamma.Data,
                context.Input(Beta).Data,
                p.Epsilon,
                mean,
                variance,
                context.Wants(0) ? context.Output(0).Data : null,
                context.Accumulates(0)
            );
        }
        else if (context.Wants(0))
        {
            BatchNormalization.Forward(
                x.DType,
                outer,
                channels,
                inner,
                x.Data,
                p.FixGamma ? null : gamma.Data,
                context.Input(Beta).Data,
                mean,
                variance,
                p.Epsilon,
                context.Output(0).Data,
                context.Accumulates(0)
            );
        }

        if (p.FixGamma && context.Wants(1))
            Kernels.Elementwise.Fill(gamma.DType, 1, gamma.Data, channels);
        if (context.Wants(1))
        {
            TensorView moment = context.Output(1);
            Kernels.Elementwise.Unary<Identity>(moment.DType, mean, moment.Data, channels, context.Accumulates(1));
        }

        if (!context.Wants(2))
            return;
        TensorView spread = context.Output(2);
        if (p.IsFirstVersion)
        {
            Kernels.Elementwise.Unary<Identity>(spread.DType, variance, spread.Data, channels, context.Accumulates(2));
            return;
        }

        var inverse = new InverseDeviation(p.Epsilon);
        Kernels.Elementwise.Unary(inverse, spread.DType, variance, spread.Data, channels, context.Accumulates(2));
    }

    private static void Backward(ref KernelContext context)
    {
        var p = context.Parameters<BatchNormParameters>();
        TensorView g = context.Input(0);
        TensorView x = context.Input(1);
        TensorView mean = context.Input(2);
        (long outer, long channels, long inner) = Extents(p, x.Shape);
        void* variance = context.Input(3).Data;
        if (!p.IsFirstVersion)
        {
            variance = context.Scratch(channels * mean.DType.ItemSize());
            var squares = new VarianceOfInverse(p.Epsilon);
            Kernels.Elementwise.Unary(squares, mean.DType, context.Input(3).Data, variance, channels);
        }

        bool ofBatch = context.IsTraining && !p.UseGlobalStatistics;
        if (ofBatch)
        {
            Move(context.Input(4), mean.Data, p.Momentum);
            Move(context.Input(5), variance, p.Momentum);
        }

        // As in MXNet 1.0.0, parameters of a layer with frozen statistics have no gradient to add.
        bool skipsAdding = p.UseGlobalStatistics;
        bool wantsGamma = context.Wants(1) && !p.FixGamma && !(skipsAdding && context.Accumulates(1));
        bool wantsBeta = context.Wants(2) && !(skipsAdding && context.Accumulates(2));
        if (context.Wants(0) || wantsGamma || wantsBeta)
        {
            BatchNormalization.Backward(
                x.DType,
                outer,
                channels,
                inner,
                x.Data,
                g.Data,
                p.FixGamma ? null : context.Input(6).Data,
                mean.Data,
                variance,
                p.Epsilon,
                ofBatch,
                context.Wants(0) ? context.Output(0).Data : null,
                context.Accumulates(0),
                wantsGamma ? context.Output(1).Data : null,
                context.Accumulates(1),
                wantsBeta ? context.Output(2).Data : null,
                context.Accumulates(2)
            );
        }

        // Factors that are fixed have the gradient 0.
        if (p.FixGamma && context.Wants(1) && !context.Accumulates(1))
            Kernels.Elementwise.Fill(mean.DType, 0, context.Output(1).Data, channels);
    }

    /// <summary>Moves a moving statistic towards that of the batch.</summary>
    private static void Move(in TensorView moving, void* ofBatch, double momentum) =>
        Kernels.Elementwise.Binary(new Blend(momentum), moving.DType, moving.Data, ofBatch, moving.Data, moving.Size);

    private readonly struct Blend(double momentum) : IBinaryBody
    {
        private readonly double _kept = momentum;
        private readonly double _taken = 1 - momentum;

        public V Invoke<V>(V moving, V ofBatch)
            where V : struct, ISimd<V> => (moving * V.Constant(_kept)) + (ofBatch * V.Constant(_taken));
    }

    /// <summary>1 / sqrt(variance + epsilon); 0 where that would divide by 0.</summary>
    private readonly struct InverseDeviation(double epsilon) : IUnaryBody
    {
        private readonly double _epsilon = epsilon;

        public V Invoke<V>(V variance)
            where V : struct, ISimd<V>
        {
            V spread = variance + V.Constant(_epsilon);
            return V.Select(V.Equal(spread, V.Zero), V.Zero, V.One / V.Sqrt(spread));
        }
    }

    /// <summary>The variance that an inverse deviation was made from; 0 of 0.</summary>
    private readonly struct VarianceOfInverse(double epsilon) : IUnaryBody
    {
        private readonly double _epsilon = epsilon;

        public V Invoke<V>(V inverse)
            where V : struct, ISimd<V>
        {
            V variance = V.Max((V.One / (inverse * inverse)) - V.Constant(_epsilon), V.Zero);
            return V.Select(V.Equal(inverse, V.Zero), V.Zero, variance);
        }
    }
}

/// <summary>Parameters of <c>BatchNorm</c> and <c>BatchNorm_v1</c>.</summary>
public sealed class BatchNormParameters : IParameters
{
    /// <summary>Added to the variance.</summary>
    public double Epsilon = 0.001;

    /// <summary>How much of the moving statistics stays at each step.</summary>
    public float Momentum = 0.9f;

    /// <summary>Whether the factors are fixed at 1.</summary>
    public bool FixGamma = true;

    /// <summary>Whether the moving statistics are used in training too.</summary>
    public bool UseGlobalStatistics;

    /// <summary>
    /// Whether mean and spread are results as well; the spread is 1 / sqrt(variance + epsilon), of BatchNorm_v1 the
    /// variance.
    /// </summary>
    public bool OutputMoments;

    /// <summary>The axis of the channels; negative counts from the end.</summary>
    public int Axis = 1;

    /// <summary>For other engines.</summary>
    public bool CudnnOff;

    /// <summary>True for the older operator, whose channels always lie along axis 1.</summary>
    internal bool IsFirstVersion { get; init; }

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        if (IsFirstVersion)
        {
            float epsilon = (float)Epsilon;
            reader.Optional("eps", ref epsilon);
            // Keeps 0.001 what it says rather than the nearest float32.
            Epsilon = (float)Epsilon == epsilon ? Epsilon : epsilon;
        }
        else
        {
            reader.Optional("eps", ref Epsilon);
        }

        reader.Optional("momentum", ref Momentum);
        reader.Optional("fix_gamma", ref FixGamma);
        reader.Optional("use_global_stats", ref UseGlobalStatistics);
        reader.Optional("output_mean_var", ref OutputMoments);
        if (!IsFirstVersion)
        {
            reader.Optional("axis", ref Axis);
            reader.Optional("cudnn_off", ref CudnnOff);
        }
    }
}
