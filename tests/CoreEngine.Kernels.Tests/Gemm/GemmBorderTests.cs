using CsCheck;

namespace CoreEngine.Kernels.Tests;

/// <summary>Sizes around the borders of tiles, slices and blocks, random shapes, special values, prepared operands.</summary>
[TestClass]
public sealed unsafe class GemmBorderTests
{
    private static readonly (double Alpha, double Beta)[] s_factors =
    [
        (1, 0),
        (1, 1),
        (-0.5, 1),
        (2, 3),
        (0, 2),
        (1, -1),
    ];

    [TestMethod]
    public void RowsAndColumnsAroundTileBordersAgreeWithTheDefinition()
    {
        var random = new Random(11);
        foreach (int m in (int[])[1, 2, 5, 6, 7, 11, 12, 13, 18, 19, 24, 25])
        {
            foreach (int n in (int[])[1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 127, 128, 129])
            {
                int k = 1 + random.Next(40);
                Check(random, DType.Float32, random.Next(4), m, n, k, 0, 1, 0);
                Check(random, DType.Float64, random.Next(4), m, n, k, random.Next(3), 1, 1);
            }
        }
    }

    [TestMethod]
    public void DepthsAroundSlicesAndRegistersAgreeWithTheDefinition()
    {
        var random = new Random(12);
        foreach (int k in (int[])[1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 255, 256, 257, 383, 384, 385, 512, 769, 1025])
        {
            for (int form = 0; form < 4; form++)
            {
                Check(random, DType.Float32, form, 26, 137, k, form, 1, 0);
                Check(random, DType.Float64, form, 26, 137, k, form, 1, 1);
            }
        }
    }

    [TestMethod]
    public void LinesThatLieFarApartArePackedAndAgreeWithTheDefinition()
    {
        // One row panel reads the lines where they are, two or more pack them: both with rows of several pages.
        var random = new Random(13);
        foreach (int m in (int[])[2, 6, 7, 16, 40])
        {
            Check(random, DType.Float32, 0, m, 300, 500, 3000, 1, 0);
            Check(random, DType.Float64, 0, m, 300, 500, 3000, 1, 1);
        }
    }

    [TestMethod]
    public void RandomShapesFormsAndFactorsAgreeWithTheDefinition() =>
        Gen.Select(
                Gen.Int[1, 90],
                Gen.Int[1, 150],
                Gen.Int[0, 420],
                Gen.Int[0, 3],
                Gen.Int[0, 9],
                Gen.Int[0, s_factors.Length - 1]
            )
            .Sample(
                (m, n, k, form, gap, factors) =>
                {
                    var random = new Random(m + (100 * n) + (20_000 * k));
                    (double alpha, double beta) = s_factors[factors];
                    Check(random, DType.Float32, form, m, n, k, gap, alpha, beta);
                    Check(random, DType.Float64, form, m, n, k, gap, alpha, beta);
                },
                iter: 120,
                threads: 1
            );

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void SpecialValuesReachExactlyTheirRowsAndColumnsInEveryForm(DType dtype)
    {
        const int M = 30;
        const int N = 150;
        const int K = 400;
        for (int form = 0; form < 4; form++)
        {
            bool ta = (form & 1) != 0;
            bool tb = (form & 2) != 0;
            using var a = new Operand(dtype, M * K);
            using var b = new Operand(dtype, K * N);
            using var c = new Operand(dtype, M * N);
            a.Fill(1);
            b.Fill(1);
            a[ta ? (399 * M) + 29 : (29 * K) + 399] = double.NaN;
            a[ta ? (3 * M) + 8 : (8 * K) + 3] = double.NegativeInfinity;
            b[tb ? (149 * K) + 7 : (7 * N) + 149] = double.PositiveInfinity;
            b[tb ? (64 * K) + 399 : (399 * N) + 64] = double.NaN;
            Gemm.Run(dtype, ta, tb, M, N, K, 1, a.Data, ta ? M : K, b.Data, tb ? K : N, 0, c.Data, N);
            for (int i = 0; i < M; i++)
            {
                for (int j = 0; j < N; j++)
                {
                    double expected =
                        i == 29 || j == 64 || (i == 8 && j == 149) ? double.NaN
                        : i == 8 ? double.NegativeInfinity
                        : j == 149 ? double.PositiveInfinity
                        : K;
                    Assert.AreEqual(expected, c[(i * N) + j], $"form {form} at ({i}, {j})");
                }
            }
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void TheNumberOfThreadsDoesNotChangeABitOfSkinnyAndTallProducts(DType dtype)
    {
        var random = new Random(15);
        KernelTeam before = KernelTeam.Default;
        using var team = new KernelTeam(2);
        using var one = new KernelTeam(1);
        try
        {
            foreach (
                (int m, int n, int k) in ((int, int, int)[])
                    [(2, 700, 400), (16, 500, 700), (32, 1000, 130), (64, 64, 64), (900, 10, 129), (13, 1030, 1030)]
            )
            {
                for (int form = 0; form < 4; form++)
                {
                    bool ta = (form & 1) != 0;
                    bool tb = (form & 2) != 0;
                    using var a = Operand.Random(random, dtype, m * k, 3);
                    using var b = Operand.Random(random, dtype, k * n, 3);
                    using var c = Operand.Random(random, dtype, m * n, 3);
                    using var d = new Operand(dtype, m * n);
                    c.Bytes.CopyTo(d.Bytes);
                    KernelTeam.Default = one;
                    Gemm.Run(dtype, ta, tb, m, n, k, 1.5, a.Data, ta ? m : k, b.Data, tb ? k : n, 1, c.Data, n);
                    KernelTeam.Default = team;
                    Gemm.Run(dtype, ta, tb, m, n, k, 1.5, a.Data, ta ? m : k, b.Data, tb ? k : n, 1, d.Data, n);
                    Assert.IsTrue(c.Bytes.SequenceEqual(d.Bytes), $"{m}x{n}x{k} form {form}");
                }
            }
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    [TestMethod]
    public void TransposingWritesNothingBehindTheTarget()
    {
        foreach (int lines in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15, 16])
        {
            foreach (int length in (int[])[1, 3, 4, 5, 8, 9, 15, 16, 17, 40])
            {
                Transposed<float>(lines, length, lines);
                Transposed<float>(lines, length, lines + 3);
                Transposed<double>(lines, length, lines);
                Transposed<double>(lines, length, lines + 1);
                Transposed<byte>(lines, length, lines);
            }
        }
    }

    private static void Transposed<T>(int lines, int length, int targetStride)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        const int Guard = 99;
        int stride = length + 2;
        var source = new T[lines * stride];
        for (int i = 0; i < source.Length; i++)
        {
            source[i] = T.CreateTruncating(i % 90);
        }

        var target = new T[(length * targetStride) + 16];
        Array.Fill(target, T.CreateTruncating(Guard));
        fixed (T* from = source)
        fixed (T* to = target)
        {
            Packing.Transpose(from, stride, lines, length, to, targetStride);
        }

        for (int i = 0; i < target.Length; i++)
        {
            int element = i / targetStride;
            int line = i % targetStride;
            T expected =
                element < length && line < lines ? source[(line * stride) + element] : T.CreateTruncating(Guard);
            Assert.AreEqual(
                expected,
                target[i],
                $"{typeof(T).Name} {lines} lines of {length}, stride {targetStride}, at {i}"
            );
        }
    }

    /// <summary>One product against sums in float64, with the bound of k roundings; the gaps between rows keep their values.</summary>
    private static void Check(
        Random random,
        DType dtype,
        int form,
        int m,
        int n,
        int k,
        int gap,
        double alpha,
        double beta
    )
    {
        bool ta = (form & 1) != 0;
        bool tb = (form & 2) != 0;
        int lda = (ta ? m : k) + gap;
        int ldb = (tb ? k : n) + gap;
        int ldc = n + (gap % 5);
        using var a = Operand.Random(random, dtype, Math.Max(1, (ta ? k : m) * lda), 1);
        using var b = Operand.Random(random, dtype, Math.Max(1, (tb ? n : k) * ldb), 1);
        using var c = Operand.Random(random, dtype, m * ldc, 1);
        double[] left = a.ToArray();
        double[] right = b.ToArray();
        double[] before = c.ToArray();
        Gemm.Run(dtype, ta, tb, m, n, k, alpha, a.Data, lda, b.Data, ldb, beta, c.Data, ldc);
        double unit = dtype == DType.Float32 ? 6e-8 : 1.2e-16;
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < ldc; j++)
            {
                int at = (i * ldc) + j;
                double sum = 0;
                double size = 0;
                for (int p = 0; j < n && p < k; p++)
                {
                    double product =
                        left[ta ? (p * lda) + i : (i * lda) + p] * right[tb ? (j * ldb) + p : (p * ldb) + j];
                    sum += product;
                    size += Math.Abs(product);
                }

                double expected = j < n ? (alpha * sum) + (beta * before[at]) : before[at];
                double bound =
                    j < n ? unit * (((k + 3) * Math.Abs(alpha) * size) + (3 * Math.Abs(beta * before[at]))) : 0;
                Assert.AreEqual(
                    expected,
                    c[at],
                    bound,
                    $"{dtype} {m}x{n}x{k} form {form} gap {gap} alpha {alpha} beta {beta} at ({i}, {j})"
                );
            }
        }
    }
}
