using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Matrix multiplication against OpenBLAS, both in this process and interleaved.</summary>
public sealed unsafe partial class GemmBench : IBenchSet
{
    private const int RowMajor = 101;
    private const int NoTranspose = 111;
    private const int Transpose = 112;

    /// <summary>The multiplications that are measured.</summary>
    private static readonly Product[] s_products =
    [
        new(DType.Float32, false, false, 64, 64, 64),
        new(DType.Float32, false, false, 128, 128, 128),
        new(DType.Float32, false, false, 256, 256, 256),
        new(DType.Float32, false, false, 512, 512, 512),
        new(DType.Float32, false, false, 1024, 1024, 1024),
        new(DType.Float32, false, true, 1024, 1024, 1024),
        new(DType.Float32, true, false, 1024, 1024, 1024),
        new(DType.Float32, true, true, 1024, 1024, 1024),
        new(DType.Float32, false, false, 2048, 2048, 2048),
        new(DType.Float32, false, false, 64, 1024, 1024),
        new(DType.Float32, false, true, 64, 1024, 1024),
        new(DType.Float32, false, true, 64, 500, 800),
        new(DType.Float32, true, false, 500, 800, 64),
        new(DType.Float32, false, false, 1024, 64, 1024),
        new(DType.Float32, false, false, 50, 64, 500),
        new(DType.Float32, false, true, 1, 4096, 4096),
        new(DType.Float32, false, false, 1, 4096, 4096),
        new(DType.Float64, false, false, 256, 256, 256),
        new(DType.Float64, false, false, 1024, 1024, 1024),
    ];

    /// <inheritdoc/>
    public string Name => "gemm";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        bool hasPeer = NativeLibrary.TryLoad("libopenblas.so.0", out _);
        if (!hasPeer)
        {
            Console.WriteLine(
                "gemm: libopenblas.so.0 was not found (Debian: libopenblas0-pthread); rows carry no peer"
            );
        }

        foreach (int threads in options.ThreadCounts)
        {
            foreach (Product product in s_products)
            {
                bool large = (double)product.M * product.N * product.K > 2e9;
                if (options.Wants(Name, product.ToString()) && !(options.Quick && large))
                {
                    using var team = new KernelThreads(threads);
                    yield return Measure(options, product, threads, hasPeer);
                }
            }
        }
    }

    private BenchRow Measure(BenchOptions options, Product product, int threads, bool hasPeer)
    {
        (DType dtype, bool transA, bool transB, long m, long n, long k) = product;
        long lda = transA ? m : k;
        long ldb = transB ? k : n;
        void* a = Filled(dtype, m * k);
        void* b = Filled(dtype, k * n);
        void* c = Filled(dtype, m * n);
        void Ours() => Gemm.Run(dtype, transA, transB, m, n, k, 1, a, lda, b, ldb, 0, c, n);
        void Peer()
        {
            int formA = transA ? Transpose : NoTranspose;
            int formB = transB ? Transpose : NoTranspose;
            if (dtype == DType.Float32)
            {
                SingleGemm(RowMajor, formA, formB, (int)m, (int)n, (int)k, 1, a, (int)lda, b, (int)ldb, 0, c, (int)n);
            }
            else
            {
                DoubleGemm(RowMajor, formA, formB, (int)m, (int)n, (int)k, 1, a, (int)lda, b, (int)ldb, 0, c, (int)n);
            }
        }

        double work = 2e-9 * m * n * k;
        BenchRow row;
        if (hasPeer)
        {
            PeerVariant[] variants =
            [
                .. Enumerable
                    .Range(1, threads)
                    .Select(count => PeerVariant.Here($"{count} threads", Peer, () => SetThreads(count))),
            ];

            Paired.Result result = Paired.Measure(Ours, variants, options.Rounds, settle: Paired.SettleFor(threads));
            row = BenchRow.Rate(Name, product.ToString(), threads, work, "GFLOP/s", "OpenBLAS", result, 1.08, 0.95);
        }
        else
        {
            double seconds = Paired.MeasureAlone(Ours, options.Rounds);
            row = BenchRow.Rate(Name, product.ToString(), threads, work / seconds, "GFLOP/s");
        }

        NativeMemory.AlignedFree(a);
        NativeMemory.AlignedFree(b);
        NativeMemory.AlignedFree(c);
        return row with
        {
            Intensity = 2.0 * m * n * k / (dtype.ItemSize() * ((m * k) + (k * n) + (m * n))),
            Sweep = m == n && n == k ? $"{dtype.Name()} squares {(transA ? 'T' : 'N')}{(transB ? 'T' : 'N')}" : null,
            Size = m,
        };
    }

    private static void* Filled(DType dtype, long length)
    {
        void* data = NativeMemory.AlignedAlloc((nuint)(length * dtype.ItemSize()), 64);
        var random = new Random(1);
        for (long i = 0; i < length; i++)
        {
            if (dtype == DType.Float32)
            {
                ((float*)data)[i] = random.NextSingle() - 0.5f;
            }
            else
            {
                ((double*)data)[i] = random.NextDouble() - 0.5;
            }
        }

        return data;
    }

    [LibraryImport("libopenblas.so.0", EntryPoint = "cblas_sgemm")]
    private static partial void SingleGemm(
        int order,
        int formA,
        int formB,
        int m,
        int n,
        int k,
        float alpha,
        void* a,
        int lda,
        void* b,
        int ldb,
        float beta,
        void* c,
        int ldc
    );

    [LibraryImport("libopenblas.so.0", EntryPoint = "cblas_dgemm")]
    private static partial void DoubleGemm(
        int order,
        int formA,
        int formB,
        int m,
        int n,
        int k,
        double alpha,
        void* a,
        int lda,
        void* b,
        int ldb,
        double beta,
        void* c,
        int ldc
    );

    [LibraryImport("libopenblas.so.0", EntryPoint = "openblas_set_num_threads")]
    private static partial void SetThreads(int threads);

    private sealed record Product(DType DType, bool TransA, bool TransB, long M, long N, long K)
    {
        public override string ToString() => $"{DType.Name()} {(TransA ? 'T' : 'N')}{(TransB ? 'T' : 'N')} {M}x{N}x{K}";
    }
}
