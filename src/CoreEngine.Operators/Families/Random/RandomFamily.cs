using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Random arrays of one distribution, and draws for each element of arrays of parameters.</summary>
internal static unsafe class RandomFamily
{
    /// <summary>Fills memory with numbers of the distribution that the call's parameters describe.</summary>
    private delegate void Draw<T>(T parameters, RandomStream random, DType dtype, void* y, long n);

    /// <summary>Fills memory with numbers of the distribution with parameters a and b.</summary>
    private delegate void DrawRow(double a, double b, RandomStream random, DType dtype, void* y, long n, long first);

    /// <summary>Fills memory with numbers of the standard form of a distribution.</summary>
    private delegate void DrawStandard(RandomStream random, DType dtype, void* y, long n);

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
            (p, r, dtype, y, n) => Sampling.Exponential(dtype, r.Seed, r.Stream, 1 / (double)p.Lambda, y, n)
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
        SampleScaled(
            registry,
            "uniform",
            ["low", "high"],
            (r, dtype, y, n) => Sampling.Uniform(dtype, r.Seed, r.Stream, 0, 1, y, n),
            (low, high) => (high - low, low)
        );
        SampleScaled(
            registry,
            "normal",
            ["mu", "sigma"],
            (r, dtype, y, n) => Sampling.Normal(dtype, r.Seed, r.Stream, 0, 1, y, n),
            (mean, deviation) => (deviation, mean)
        );
        SampleScaled(
            registry,
            "exponential",
            ["lam"],
            (r, dtype, y, n) => Sampling.Exponential(dtype, r.Seed, r.Stream, 1, y, n),
            (rate, _) => (1 / rate, 0)
        );
        Sample(
            registry,
            "gamma",
            ["alpha", "beta"],
            (a, b, r, dtype, y, n, first) => Fill(new GammaDistribution(a, b), r, dtype, y, n, first)
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

    /// <summary>
    /// Draws from a distribution whose parameters only stretch and shift it: all rows are drawn at once, and then stretched.
    /// </summary>
    private static void SampleScaled(
        OperatorRegistry registry,
        string name,
        string[] inputs,
        DrawStandard draw,
        Func<double, double, (double Factor, double Offset)> scale
    ) => AddSample(registry, name, inputs, (ref KernelContext c) => DrawScaled(ref c, draw, scale));

    private static void Sample(OperatorRegistry registry, string name, string[] inputs, DrawRow draw) =>
        AddSample(registry, name, inputs, (ref KernelContext c) => DrawRows(ref c, draw));

    private static void AddSample(OperatorRegistry registry, string name, string[] inputs, KernelFunction kernel) =>
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
                Kernel = kernel,
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

    private static void DrawScaled(
        ref KernelContext context,
        DrawStandard draw,
        Func<double, double, (double Factor, double Offset)> scale
    )
    {
        TensorView y = Start(ref context);
        if (y.Data is null)
            return;
        TensorView a = context.Input(0);
        double* first = AsFloat64(ref context, a);
        double* second = context.InputCount > 1 ? AsFloat64(ref context, context.Input(1)) : first;
        // float16 is too coarse for numbers that are still to be stretched.
        DType dtype = y.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        void* numbers = dtype == y.DType ? y.Data : context.Scratch(y.Size * dtype.ItemSize());
        draw(context.Random, dtype, numbers, y.Size);
        long count = y.Size / a.Size;
        for (long i = 0; i < a.Size; i++)
        {
            (double factor, double offset) = scale(first[i], second[i]);
            byte* row = (byte*)numbers + (i * count * dtype.ItemSize());
            Kernels.Elementwise.BinaryScalar<Multiply>(dtype, row, factor, row, count);
            if (offset != 0)
                Kernels.Elementwise.BinaryScalar<Add>(dtype, row, offset, row, count);
        }

        if (numbers != y.Data)
            Cast.Convert(dtype, numbers, y.DType, y.Data, y.Size);
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
}
