using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Many small matrix multiplications of one size in one call against oneDNN, in float32.</summary>
public sealed unsafe class BatchedGemmBench : IBenchSet
{
    private const double Goal = 1.2;
    private const double Floor = 0.9;

    private static readonly (long Batch, GemmCase Product)[] s_cases =
    [
        (512, new("square", false, false, 8, 8, 8)),
        (32, new("square", false, false, 16, 16, 16)),
        (512, new("square", false, false, 16, 16, 16)),
        (128, new("square", false, true, 24, 24, 24)),
        (32, new("square", false, false, 32, 32, 32)),
        (128, new("square", false, true, 32, 32, 32)),
        (512, new("square", true, false, 32, 32, 32)),
        (64, new("square", false, false, 48, 48, 48)),
        (32, new("square", false, false, 64, 64, 64)),
        (128, new("square", false, true, 64, 64, 64)),
        (512, new("square", false, false, 64, 64, 64)),
        (256, new("attention", false, true, 32, 32, 64)),
        (256, new("attention", false, false, 32, 64, 32)),
        (128, new("odd", false, false, 17, 29, 53)),
    ];

    /// <inheritdoc/>
    public string Name => "gemm-batched";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        GemmBench.ReportMissing();
        foreach (int threads in options.ThreadCounts)
        {
            foreach ((long batch, GemmCase product) in s_cases)
            {
                string title = $"{product.Title(DType.Float32)} batch {batch}";
                if (options.Wants(Name, title))
                {
                    using var team = new KernelThreads(threads);
                    yield return Measure(options, title, batch, product, threads);
                }
            }
        }
    }

    private BenchRow Measure(BenchOptions options, string title, long batch, GemmCase product, int threads)
    {
        (_, bool transA, bool transB, long m, long n, long k) = product;
        double work = 1e-9 * batch * product.Operations;
        using var a = new BenchArray<float>(batch * m * k, 1);
        using var b = new BenchArray<float>(batch * k * n, 2);
        using var c = new BenchArray<float>(batch * m * n, 3);
        void Ours() =>
            Gemm.Batched(
                DType.Float32,
                transA,
                transB,
                batch,
                m,
                n,
                k,
                1,
                a.Data,
                transA ? m : k,
                m * k,
                b.Data,
                transB ? k : n,
                k * n,
                0,
                c.Data,
                n,
                m * n
            );
        if (!OneDnn.IsAvailable)
        {
            double seconds = Paired.MeasureAlone(Ours, options.Rounds);
            return BenchRow.Rate(Name, title, threads, work / seconds, "GFLOP/s");
        }

        using var reference = new BenchArray<float>(c.Length, 4);
        using var theirs = new OneDnnVariants(
            threads,
            () => OneDnn.Matmul(batch, transA, transB, m, n, k, a.Data, b.Data)
        );
        Ours();
        theirs.Read(OneDnnArg.Result, reference.Data);
        PeerCheck.Same(title, c.Data, reference.Data, c.Length, 1e-5);
        Paired.Result result = Paired.Measure(Ours, theirs.Variants, options.Rounds, settle: Paired.SettleFor(threads));
        return BenchRow.Rate(Name, title, threads, work, "GFLOP/s", OneDnn.Name, result, Goal, Floor);
    }
}
