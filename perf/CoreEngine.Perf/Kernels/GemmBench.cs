using System.Numerics;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Matrix multiplication in float32 against OpenBLAS and oneDNN, in float64 against OpenBLAS.</summary>
public sealed unsafe class GemmBench : IBenchSet
{
    private const double BlasGoal = 1.08;
    private const double BlasFloor = 0.95;
    private const double DnnGoal = 1.0;
    private const double DnnFloor = 0.85;

    /// <inheritdoc/>
    public string Name => "gemm";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        ReportMissing();
        return options.ThreadCounts.SelectMany(threads =>
            Run<float>(options, DType.Float32, threads).Concat(Run<double>(options, DType.Float64, threads))
        );
    }

    /// <summary>Says which of the two libraries this machine lacks.</summary>
    internal static void ReportMissing()
    {
        if (!OpenBlas.IsAvailable)
        {
            MissingPeers.Report(OpenBlas.Name, "Debian: apt-get install libopenblas0-pthread");
        }

        if (!OneDnn.IsAvailable)
        {
            MissingPeers.Report(OneDnn.Name, "Debian: apt-get install libdnnl2");
        }
    }

    private IEnumerable<BenchRow> Run<T>(BenchOptions options, DType dtype, int threads)
        where T : unmanaged, IFloatingPoint<T>
    {
        foreach (GemmCase product in GemmCase.All)
        {
            if (options.Wants(Name, product.Title(dtype)) && !(options.Quick && product.Operations > 4e9))
            {
                using var team = new KernelThreads(threads);
                foreach (BenchRow row in Measure<T>(options, dtype, product, threads))
                {
                    yield return row with
                    {
                        Intensity = product.Operations / (product.Elements * dtype.ItemSize()),
                        Sweep = product.Family == "square" ? $"{dtype.Name()} square" : null,
                        Size = product.M,
                    };
                }
            }
        }
    }

    private List<BenchRow> Measure<T>(BenchOptions options, DType dtype, GemmCase product, int threads)
        where T : unmanaged, IFloatingPoint<T>
    {
        (_, bool transA, bool transB, long m, long n, long k) = product;
        string title = product.Title(dtype);
        double work = 1e-9 * product.Operations;
        double bound = dtype == DType.Float32 ? 1e-5 : 1e-13;
        using var a = new BenchArray<T>(m * k, 1);
        using var b = new BenchArray<T>(k * n, 2);
        using var c = new BenchArray<T>(m * n, 3);
        using var reference = new BenchArray<T>(m * n, 4);
        void Ours() =>
            Gemm.Run(dtype, transA, transB, m, n, k, 1, a.Data, transA ? m : k, b.Data, transB ? k : n, 0, c.Data, n);
        Ours();
        List<BenchRow> rows = [];
        void Compare(string peer, IReadOnlyList<PeerVariant> variants, double goal, double floor)
        {
            PeerCheck.Same($"{title} against {peer}", c.Data, reference.Data, m * n, bound);
            Paired.Result result = Paired.Measure(Ours, variants, options.Rounds, settle: Paired.SettleFor(threads));
            rows.Add(BenchRow.Rate(Name, title, threads, work, "GFLOP/s", peer, result, goal, floor));
        }

        // OpenBLAS's threads are its own: OpenMP's policy does not touch them.
        if (OpenBlas.IsAvailable && !options.IsPassiveRun)
        {
            void Theirs() => OpenBlas.Gemm(dtype, transA, transB, m, n, k, a.Data, b.Data, reference.Data);
            Theirs();
            Compare(OpenBlas.Name, OpenBlas.Variants(threads, Theirs), BlasGoal, BlasFloor);
        }

        if (OneDnn.IsAvailable && typeof(T) == typeof(float))
        {
            using var theirs = new OneDnnVariants(
                threads,
                () => OneDnn.Matmul(1, transA, transB, m, n, k, (float*)a.Data, (float*)b.Data)
            );
            theirs.Read(OneDnnArg.Result, (float*)reference.Data);
            Compare(OneDnn.Name, theirs.Variants, DnnGoal, DnnFloor);
        }

        if (rows.Count == 0)
        {
            double seconds = Paired.MeasureAlone(Ours, options.Rounds);
            rows.Add(BenchRow.Rate(Name, title, threads, work / seconds, "GFLOP/s"));
        }

        return rows;
    }
}
