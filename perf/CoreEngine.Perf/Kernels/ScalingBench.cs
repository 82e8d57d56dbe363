using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Two of our threads over one of ours, for kernels that are bound by multiplications.</summary>
public sealed unsafe class ScalingBench : IBenchSet
{
    private const string Peer = "own 1 thread";
    private const double Goal = 1.9;
    private const double Floor = 1.7;

    private static readonly GemmCase[] s_products =
    [
        .. GemmCase.All.Where(product => product.Family is "square" or "transposed" && product.M >= 512),
        .. GemmCase.All.Where(product => product.Family is "tall" or "LSTM" or "attention"),
    ];

    private static readonly ConvolutionLayer[] s_layers =
    [
        .. ConvolutionLayer.All.Where(layer => layer.IsQuick && layer.Groups == 1),
    ];

    /// <inheritdoc/>
    public string Name => "scaling";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        if (!options.ThreadCounts.Contains(2))
        {
            yield break;
        }

        foreach (GemmCase product in s_products)
        {
            string title = $"gemm {product.Title(DType.Float32)}";
            if (options.Wants(Name, title) && !(options.Quick && product.Operations > 4e9))
            {
                yield return Product(options, title, product);
            }
        }

        var layers =
            from pass in Enum.GetValues<ConvolutionPass>()
            from layer in s_layers
            where pass != ConvolutionPass.BackwardData || layer.Image.Channels > 3
            let title = $"convolution {layer.Title(pass, 8)}"
            where options.Wants(Name, title)
            select (title, pass, layer);
        foreach ((string title, ConvolutionPass pass, ConvolutionLayer layer) in layers)
        {
            using var work = new ConvolutionWork(pass, layer.Shape(8));
            yield return Measure(options, title, layer.Operations(8), work.Run);
        }
    }

    private BenchRow Product(BenchOptions options, string title, GemmCase product)
    {
        (_, bool transA, bool transB, long m, long n, long k) = product;
        using var a = new BenchArray<float>(m * k, 1);
        using var b = new BenchArray<float>(k * n, 2);
        using var c = new BenchArray<float>(m * n, 3);
        void Run() =>
            Gemm.Run(
                DType.Float32,
                transA,
                transB,
                m,
                n,
                k,
                1,
                a.Data,
                transA ? m : k,
                b.Data,
                transB ? k : n,
                0,
                c.Data,
                n
            );
        return Measure(options, title, product.Operations, Run);
    }

    private BenchRow Measure(BenchOptions options, string title, double operations, Action run)
    {
        using var two = new KernelThreads(2);
        KernelTeam pair = KernelTeam.Default;
        using var one = new KernelThreads(1);
        KernelTeam single = KernelTeam.Default;
        Paired.Result result = Paired.Measure(
            () =>
            {
                KernelTeam.Default = pair;
                run();
            },
            () =>
            {
                KernelTeam.Default = single;
                run();
            },
            options.Rounds,
            settle: Paired.Settle
        );
        return BenchRow.Rate(Name, title, 2, 1e-9 * operations, "GFLOP/s", Peer, result, Goal, Floor);
    }
}
