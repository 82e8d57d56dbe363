using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Random arrays of one distribution, and draws for each element of arrays of parameters.</summary>
internal static unsafe class RandomFamily
{
    /// <summary>Fills memory with numbers of the distribution that the call's parameters describe.</summary>
    private delegate void Draw<T>(T parameters, RandomStream random, DType dtype, void* y, long n);

    /// <summary>Fills memory with numbers of the distribution with parameters a and b.</summary>
    private delegate void DrawRow(double a, double b, RandomStream random, DType dtype, void* y, long n, long first);

    internal static void Register(OperatorRegistry registry)
    {
        Fills(registry);
        Samples(registry);
        MultinomialFamily.Register(registry);
    }

    private static void Fills(OperatorRegistry registry)
    {
        Add<UniformParameters>(
            registry,
            "uniform",
            hasShortName: true,
            (p, r, dtype, y, n) => Sampling.Uniform(dtype, r.Seed, r.Stream, p.Low, p.High, y, n)
        );
        Add<NormalParameters>(
            registry,
            "normal",
            hasShortName: true,
            (p, r, dtype, y, n) => Sampling.Normal(dtype, r.Seed, r.Stream, p.Loc, p.Scale, y, n)
        );
        Add<GammaParameters>(
            registry,
            "gamma",
            hasShortName: false,
            (p, r, dtype, y, n) => Fill(new GammaDistribution(p.Alpha, p.Beta), r, dtype, y, n)
        );
        Add<ExponentialParameters>(
            registry,
            "exponential",
            hasShortName: false,
            (p, r, dtype, y, n) => Fill(new ExponentialDistribution(p.Lambda), r, dtype, y, n)
        );
        Add<PoissonParameters>(
            registry,
            "poisson",
            hasShortName: false,
            (p, r, dtype, y, n) => Fill(new PoissonDistribution(p.Lambda), r, dtype, y, n)
        );
        Add<NegativeBinomialParameters>(
            registry,
            "negative_binomial",
            hasShortName: false,
            (p, r, dtype, y, n) =>
            {
                // No success to wait for: no failure either.
                if (p.Successes == 0)
                    Kernels.Elementwise.Fill(dtype, 0, y, n);
                else
                    Fill(new NegativeBinomialDistribution(p.Successes, p.Probability), r, dtype, y, n);
            }
        );
        Add<GeneralizedNegativeBinomialParameters>(
            registry,
            "generalized_negative_binomial",
            hasShortName: false,
            (p, r, dtype, y, n) =>
                Fill(new GeneralizedNegativeBinomialDistribution(p.Mean, p.Dispersion), r, dtype, y, n)
        );
    }

    private static void Samples(OperatorRegistry registry)
    {
        Sample(
            registry,
            "uniform",
            ["low", "high"],
            (a, b, r, dtype, y, n, first) => Fill(new UniformDistribution(a, b), r, dtype, y, n, first)
        );
        Sample(
            registry,
            "normal",
            ["mu", "sigma"],
            (a, b, r, dtype, y, n, first) => Fill(new NormalDistribution(a, b), r, dtype, y, n, first)
        );
        Sample(
            registry,
            "gamma",
            ["alpha", "beta"],
            (a, b, r, dtype, y, n, first) => Fill(new GammaDistribution(a, b), r, dtype, y, n, first)
        );
        Sample(
            registry,
            "exponential",
            ["lam"],
            (a, b, r, dtype, y, n, first) => Fill(new ExponentialDistribution(a), r, dtype, y, n, first)
        );
        Sample(
            registry,
            "poisson",
            ["lam"],
            (a, b, r, dtype, y, n, first) => Fill(new PoissonDistribution(a), r, dtype, y, n, first)
        );
        Sample(
            registry,
            "negative_binomial",
            ["k", "p"],
            (a, b, r, dtype, y, n, first) => Fill(new NegativeBinomialDistribution(a, b), r, dtype, y, n, first)
        );
        Sample(
            registry,
            "generalized_negative_binomial",
            ["mu", "alpha"],
            (a, b, r, dtype, y, n, first) =>
                Fill(new GeneralizedNegativeBinomialDistribution(a, b), r, dtype, y, n, first)
        );
    }

    private static void Fill<TDistribution>(
        TDistribution distribution,
        RandomStream random,
        DType dtype,
        void* y,
        long n,
        long first = 0
    )
        where TDistribution : struct, IDistribution =>
        Sampling.Fill(dtype, random.Seed, random.Stream, distribution, y, n, first);

    private static void Add<T>(OperatorRegistry registry, string name, bool hasShortName, Draw<T> draw)
        where T : SampleParameters, new() =>
        registry.Add(
            new OperatorDef("_random_" + name)
            {
                Aliases = hasShortName ? ["random_" + name, name] : ["random_" + name],
                NewParameters = () => new T(),
                Inputs = [],
                InferShape = shapes => shapes.SetOutput(0, new Shape(shapes.Operator.Parameters<T>().Shape)),
                InferType = types => InferType(types, types.Operator.Parameters<T>().DType),
                IsRandom = true,
                Kernel = (ref KernelContext c) =>
                {
                    TensorView y = Start(ref c);
                    if (y.Data is not null)
                        draw(c.Parameters<T>(), c.Random, y.DType, y.Data, y.Size);
                    Finish(ref c, y);
                },
            }
        );

    private static void Sample(OperatorRegistry registry, string name, string[] inputs, DrawRow draw) =>
        registry.Add(
            new OperatorDef("_sample_" + name)
            {
                Aliases = ["sample_" + name],
                NewParameters = () => new MultiSampleParameters(),
                Inputs = inputs,
                InferShape = InferSampleShape,
                InferType = types => InferType(types, types.Operator.Parameters<MultiSampleParameters>().DType),
                Gradient = Gradient.Zero,
                IsRandom = true,
                Kernel = (ref KernelContext c) => DrawRows(ref c, draw),
            }
        );

    /// <summary>The type that was asked for, else that of the output array, else float32.</summary>
    private static void InferType(TypeInference types, DType asked)
    {
        types.SetOutput(0, asked);
        if (types.Output(0) == DType.None)
            types.SetOutput(0, DType.Float32);
        for (int i = 1; i < types.InputCount; i++)
        {
            types.SetInput(i, types.Input(0));
        }
    }

    /// <summary>The shape of one draw stands behind that of the parameters.</summary>
    private static void InferSampleShape(ShapeInference shapes)
    {
        long[] draw = shapes.Operator.Parameters<MultiSampleParameters>().Shape;
        Shape result = shapes.Output(0);
        if (result.Rank > draw.Length)
            shapes.SetInput(0, new Shape(result.Dims[..^draw.Length]));
        for (int i = 1; i < shapes.InputCount; i++)
        {
            shapes.SetInput(i, shapes.Input(0));
            shapes.SetInput(0, shapes.Input(i));
        }

        Shape parameters = shapes.Input(0);
        if (parameters.Rank > 0)
            shapes.SetOutput(0, new Shape([.. parameters.Dims, .. draw]));
    }

    private static void DrawRows(ref KernelContext context, DrawRow draw)
    {
        TensorView y = Start(ref context);
        if (y.Data is null)
            return;
        TensorView a = context.Input(0);
        double* first = AsFloat64(ref context, a);
        double* second = context.InputCount > 1 ? AsFloat64(ref context, context.Input(1)) : first;
        long count = y.Size / a.Size;
        int itemSize = y.DType.ItemSize();
        for (long i = 0; i < a.Size; i++)
        {
            byte* row = (byte*)y.Data + (i * count * itemSize);
            draw(first[i], second[i], context.Random, y.DType, row, count, i * count);
        }

        Finish(ref context, y);
    }

    private static double* AsFloat64(ref KernelContext context, in TensorView view)
    {
        var values = (double*)context.Scratch(view.Size * sizeof(double));
        Cast.Convert(view.DType, view.Data, DType.Float64, values, view.Size);
        return values;
    }

    /// <summary>Where the numbers go: the output, scratch memory when they are to be added, or nowhere.</summary>
    private static TensorView Start(ref KernelContext context)
    {
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return TensorView.Nothing(y.Shape, y.DType);
        return context.Accumulates(0)
            ? new TensorView(context.Scratch(y.Size * y.DType.ItemSize()), y.Shape, y.DType)
            : y;
    }

    private static void Finish(ref KernelContext context, in TensorView numbers)
    {
        TensorView y = context.Output(0);
        if (context.Accumulates(0))
            Kernels.Elementwise.Binary<Add>(y.DType, y.Data, numbers.Data, y.Data, y.Size);
    }

    private readonly record struct UniformDistribution(double Low, double High) : IDistribution
    {
        public double Sample(ref Philox random) => Low + ((High - Low) * random.NextDouble());
    }

    private readonly record struct NormalDistribution(double Mean, double Deviation) : IDistribution
    {
        public double Sample(ref Philox random) => Mean + (Deviation * random.NextNormal());
    }
}
