using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>OpenBLAS (Debian libopenblas0-pthread).</summary>
internal static unsafe partial class OpenBlas
{
    public const string Name = "OpenBLAS";

    private const string Library = "libopenblas.so.0";
    private const int RowMajor = 101;
    private const int NoTranspose = 111;
    private const int Transpose = 112;

    /// <summary>True when the library is on this machine.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>The number of threads of all calls from now on.</summary>
    [LibraryImport(Library, EntryPoint = "openblas_set_num_threads")]
    public static partial void SetThreads(int threads);

    /// <summary>A call with each number of threads up to a largest: the peer is taken at its best.</summary>
    public static IReadOnlyList<PeerVariant> Variants(int threads, Action body) =>
        [
            .. Enumerable
                .Range(1, threads)
                .Select(count => PeerVariant.Here($"{count} threads", body, () => SetThreads(count))),
        ];

    /// <summary>C = op(A) op(B) in float32 or float64, all matrices row-major and dense.</summary>
    public static void Gemm(DType dtype, bool transA, bool transB, long m, long n, long k, void* a, void* b, void* c)
    {
        int formA = transA ? Transpose : NoTranspose;
        int formB = transB ? Transpose : NoTranspose;
        int lda = (int)(transA ? m : k);
        int ldb = (int)(transB ? k : n);
        if (dtype == DType.Float32)
        {
            SingleGemm(RowMajor, formA, formB, (int)m, (int)n, (int)k, 1, a, lda, b, ldb, 0, c, (int)n);
        }
        else
        {
            DoubleGemm(RowMajor, formA, formB, (int)m, (int)n, (int)k, 1, a, lda, b, ldb, 0, c, (int)n);
        }
    }

    [LibraryImport(Library, EntryPoint = "cblas_sgemm")]
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

    [LibraryImport(Library, EntryPoint = "cblas_dgemm")]
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
}
