using System.Numerics;
using System.Runtime.InteropServices;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class GemmTests
{
    private static readonly (int M, int N, int K)[] s_sizes =
    [
        (1, 1, 1),
        (1, 1, 33_001),
        (1, 7, 5),
        (7, 1, 5),
        (2, 3, 4),
        (5, 16, 9),
        (6, 17, 1),
        (70, 45, 1),
        (13, 33, 31),
        (29, 31, 64),
        (40, 64, 64),
        (25, 64, 300),
        (37, 129, 70),
        (61, 131, 67),
        (33, 20, 1100),
        (3, 100, 700),
        (100, 3, 700),
    ];

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    [DataRow(DType.Int32)]
    [DataRow(DType.Int64)]
    [DataRow(DType.UInt8)]
    [DataRow(DType.Int8)]
    public void EveryTransposeSizeAndTypeAgreesWithTheDefinition(DType dtype)
    {
        var random = new Random(1);
        foreach ((int m, int n, int k) in s_sizes)
        {
            foreach ((double alpha, double beta) in ((double, double)[])[(1, 0), (1, 1), (2, 3), (0, 2)])
            {
                int form = random.Next(4);
                Case(dtype, random, (form & 1) != 0, (form & 2) != 0, m, n, k, alpha, beta, random.Next(5));
            }

            for (int form = 0; form < 4; form++)
            {
                Case(dtype, random, (form & 1) != 0, (form & 2) != 0, m, n, k, 1, 0, 0);
            }
        }
    }

    [TestMethod]
    public void LargeProductsUseAllBlocks()
    {
        var random = new Random(2);
        for (int form = 0; form < 4; form++)
        {
            Case(DType.Float32, random, (form & 1) != 0, (form & 2) != 0, 160, 70, 1030, 1, 1, 3);
        }

        Case(DType.Float32, random, false, false, 7, 5000, 60, 1, 0, 1);
        Case(DType.Float16, random, false, true, 1100, 20, 12, 1, 0, 1);
        Case(DType.Float16, random, true, false, 20, 1100, 12, 1, 1, 1);
        Case(DType.Float64, random, true, false, 100, 60, 700, 1, 1, 3);
    }

    [TestMethod]
    public void EveryVectorWidthAgreesWithTheDefinition()
    {
        foreach ((int m, int n, int k) in s_sizes)
        {
            Width(GemmKernels<float>.Vector512Bits(), m, n, k);
            Width(GemmKernels<float>.Vector256Bits(), m, n, k);
            Width(GemmKernels<float>.Vector128Bits(), m, n, k);
            Width(GemmKernels<float>.Scalar(), m, n, k);
            Width(GemmKernels<double>.Vector512Bits(), m, n, k);
            Width(GemmKernels<double>.Vector256Bits(), m, n, k);
            Width(GemmKernels<double>.Vector128Bits(), m, n, k);
            Width(GemmKernels<double>.Scalar(), m, n, k);
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void TheNumberOfThreadsDoesNotChangeABit(DType dtype)
    {
        var random = new Random(3);
        KernelTeam before = KernelTeam.Default;
        try
        {
            foreach (
                (int m, int n, int k) in ((int, int, int)[])
                    [(150, 170, 90), (7, 2000, 300), (2000, 1, 200), (1, 2000, 333), (1, 1, 100_003), (215, 33, 700)]
            )
            {
                for (int form = 0; form < 4; form++)
                {
                    using var a = Operand.Random(random, dtype, m * k, 10);
                    using var b = Operand.Random(random, dtype, k * n, 10);
                    byte[]? first = null;
                    foreach (int threads in (int[])[1, 2, 3, 8])
                    {
                        using var team = new KernelTeam(threads);
                        KernelTeam.Default = team;
                        using var c = new Operand(dtype, m * n);
                        bool ta = (form & 1) != 0;
                        bool tb = (form & 2) != 0;
                        Gemm.Run(dtype, ta, tb, m, n, k, 0.7, a.Data, ta ? m : k, b.Data, tb ? k : n, 0, c.Data, n);
                        first ??= c.Bytes.ToArray();
                        CollectionAssert.AreEqual(
                            first,
                            c.Bytes.ToArray(),
                            $"{m}x{n}x{k} form {form} threads {threads}"
                        );
                        KernelTeam.Default = before;
                    }
                }
            }
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void BetaZeroDoesNotReadC(DType dtype)
    {
        foreach ((int m, int n, int k) in s_sizes.Append((4, 4, 0)))
        {
            using var a = Operand.Random(new Random(4), dtype, m * k, 4);
            using var b = Operand.Random(new Random(5), dtype, k * n, 4);
            using var c = new Operand(dtype, m * n);
            c.Fill(double.NaN);
            Gemm.Run(dtype, false, false, m, n, k, 1, a.Data, k, b.Data, n, 0, c.Data, n);
            for (int i = 0; i < m * n; i++)
            {
                Assert.IsTrue(double.IsFinite(c[i]), $"{m}x{n}x{k} at {i}");
            }
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void NotANumberAndInfinityReachExactlyTheirRowsAndColumns(DType dtype)
    {
        const int M = 20;
        const int N = 37;
        const int K = 19;
        using var a = new Operand(dtype, M * K);
        using var b = new Operand(dtype, K * N);
        using var c = new Operand(dtype, M * N);
        a.Fill(1);
        b.Fill(1);
        a[(3 * K) + 5] = double.NaN;
        b[(7 * N) + 36] = double.PositiveInfinity;
        Gemm.Run(dtype, false, false, M, N, K, 1, a.Data, K, b.Data, N, 0, c.Data, N);
        for (int i = 0; i < M; i++)
        {
            for (int j = 0; j < N; j++)
            {
                double expected =
                    i == 3 ? double.NaN
                    : j == 36 ? double.PositiveInfinity
                    : K;
                Assert.AreEqual(expected, c[(i * N) + j]);
            }
        }
    }

    [TestMethod]
    public void BatchedMultipliesEachPair()
    {
        var random = new Random(6);
        foreach (int batch in (int[])[0, 1, 3, 40])
        {
            const int M = 9;
            const int N = 21;
            const int K = 14;
            using var a = Operand.Random(random, DType.Float32, Math.Max(1, batch) * M * K, 5);
            using var b = Operand.Random(random, DType.Float32, K * N, 5);
            using var c = new Operand(DType.Float32, Math.Max(1, batch) * M * N);
            Gemm.Batched(
                DType.Float32,
                false,
                true,
                batch,
                M,
                N,
                K,
                1,
                a.Data,
                K,
                M * K,
                b.Data,
                K,
                0,
                0,
                c.Data,
                N,
                M * N
            );
            for (int t = 0; t < batch; t++)
            {
                for (int i = 0; i < M; i++)
                {
                    for (int j = 0; j < N; j++)
                    {
                        double sum = 0;
                        for (int p = 0; p < K; p++)
                        {
                            sum += a[(t * M * K) + (i * K) + p] * b[(j * K) + p];
                        }

                        Assert.AreEqual(sum, c[(t * M * N) + (i * N) + j], 1e-3);
                    }
                }
            }
        }
    }

    [TestMethod]
    public void CallsAllocateNothing()
    {
        using var a = Operand.Random(new Random(7), DType.Float32, 200 * 200, 1);
        using var c = new Operand(DType.Float32, 200 * 200);
        void Multiply(int n) => Gemm.Run(DType.Float32, false, true, n, n, n, 1, a.Data, n, a.Data, n, 0, c.Data, n);
        Multiply(200);
        Multiply(8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            Multiply(200);
            Multiply(8);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void ImpossibleExtentsAreRefused()
    {
        float* p = stackalloc float[4];
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Square(-1, 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Square(2, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            Gemm.Run(DType.None, false, false, 1, 1, 1, 1, null, 1, null, 1, 0, null, 1)
        );
        static void Square(long m, long ld) =>
            Gemm.Run(DType.Float32, false, false, m, 2, 2, 1, null, ld, null, 2, 0, null, 2);
    }

    private static void Width<T>(GemmKernels<T> kernels, int m, int n, int k)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        DType dtype = DTypes.Of<T>();
        var random = new Random((m * 31) + (n * 7) + k);
        for (int form = 0; form < 4; form++)
        {
            bool ta = (form & 1) != 0;
            bool tb = (form & 2) != 0;
            using var a = Operand.Random(random, dtype, m * k, 5);
            using var b = Operand.Random(random, dtype, k * n, 5);
            using var c = Operand.Random(random, dtype, m * n, 5);
            double[] expected = Reference(ta, tb, m, n, k, 2, a, ta ? m : k, b, tb ? k : n, 1, c, n);
            Gemm.Run(
                kernels,
                ta,
                tb,
                m,
                n,
                k,
                T.CreateChecked(2),
                (T*)a.Data,
                ta ? m : k,
                (T*)b.Data,
                tb ? k : n,
                T.One,
                (T*)c.Data,
                n
            );
            double bound = Bound(dtype, k, 25 * 2);
            for (int i = 0; i < m * n; i++)
            {
                Assert.AreEqual(
                    expected[i],
                    c[i],
                    bound,
                    $"{m}x{n}x{k} form {form} tile {kernels.Rows}x{kernels.Columns} at {i}"
                );
            }
        }
    }

    private static void Case(
        DType dtype,
        Random random,
        bool ta,
        bool tb,
        int m,
        int n,
        int k,
        double alpha,
        double beta,
        int more
    )
    {
        int lda = (ta ? m : k) + more;
        int ldb = (tb ? k : n) + more;
        int ldc = n + more;
        double size = dtype == DType.Float16 ? 1 : 5;
        using var a = Operand.Random(random, dtype, (ta ? k : m) * lda, size);
        using var b = Operand.Random(random, dtype, (tb ? n : k) * ldb, size);
        using var c = Operand.Random(random, dtype, m * ldc, size);
        double[] untouched = c.ToArray();
        double[] expected = Reference(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        Gemm.Run(dtype, ta, tb, m, n, k, alpha, a.Data, lda, b.Data, ldb, beta, c.Data, ldc);
        double bound = Bound(dtype, k, size * size * Math.Max(alpha, 1));
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < ldc; j++)
            {
                int at = (i * ldc) + j;
                if (j >= n)
                {
                    Assert.AreEqual(untouched[at], c[at], "the gap between rows was written");
                }
                else
                {
                    double allowed = dtype == DType.Float16 ? bound + (Math.Abs(expected[(i * n) + j]) / 1000) : bound;
                    Assert.AreEqual(
                        expected[(i * n) + j],
                        c[at],
                        allowed,
                        $"{dtype} {m}x{n}x{k} {ta} {tb} alpha {alpha} beta {beta} at ({i}, {j})"
                    );
                }
            }
        }
    }

    /// <summary>The error of a sum of k products of this size, each step rounded: k * unit roundoff * sum of magnitudes.</summary>
    private static double Bound(DType dtype, int k, double magnitude) =>
        dtype switch
        {
            DType.Float64 => 1.2e-16 * (k + 4) * (k + 4) * magnitude,
            DType.Float32 or DType.Float16 => 6e-8 * (k + 4) * Math.Sqrt(k + 4) * magnitude * 2,
            _ => 0,
        };

    private static double[] Reference(
        bool ta,
        bool tb,
        int m,
        int n,
        int k,
        double alpha,
        Operand a,
        int lda,
        Operand b,
        int ldb,
        double beta,
        Operand c,
        int ldc
    )
    {
        double[] left = a.ToArray();
        double[] right = b.ToArray();
        var result = new double[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int p = 0; p < k; p++)
                {
                    sum += left[ta ? (p * lda) + i : (i * lda) + p] * right[tb ? (j * ldb) + p : (p * ldb) + j];
                }

                double value = (alpha * sum) + (beta == 0 ? 0 : beta * c[(i * ldc) + j]);
                result[(i * n) + j] = Wrap(c.DType, value);
            }
        }

        return result;
    }

    private static double Wrap(DType dtype, double value) =>
        dtype switch
        {
            DType.UInt8 => unchecked((byte)(long)value),
            DType.Int8 => unchecked((sbyte)(long)value),
            DType.Int32 => unchecked((int)(long)value),
            _ => value,
        };
}
