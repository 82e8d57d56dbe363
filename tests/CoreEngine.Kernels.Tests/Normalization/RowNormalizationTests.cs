namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class RowNormalizationTests
{
    private const double Epsilon = 1e-3;

    [TestMethod]
    [DataRow(DType.Float32, 1e-5)]
    [DataRow(DType.Float64, 1e-12)]
    public void BothPassesAgreeWithTheDefinition(DType dtype, double bound)
    {
        foreach (
            (int rows, int length, int channels) in ((int, int, int)[])
                [(1, 1, 0), (3, 7, 0), (40, 33, 0), (2, 5000, 0), (6, 19, 3), (10, 64, 5)]
        )
        {
            foreach (bool accumulate in (bool[])[false, true])
            {
                int parameters = channels == 0 ? length : channels;
                using var x = Operand.Random(new Random(1), dtype, rows * length, 3);
                using var dy = Operand.Random(new Random(2), dtype, x.Length, 1);
                using var gamma = Operand.Random(new Random(3), dtype, parameters, 2);
                using var beta = Operand.Random(new Random(4), dtype, parameters, 2);
                using var y = Operand.Random(new Random(5), dtype, x.Length, 1);
                using var dx = Operand.Random(new Random(6), dtype, x.Length, 1);
                using var dgamma = Operand.Random(new Random(7), dtype, parameters, 1);
                using var dbeta = Operand.Random(new Random(8), dtype, parameters, 1);
                using var mean = new Operand(dtype, rows);
                using var inverse = new Operand(dtype, rows);
                double[] result = accumulate ? y.ToArray() : new double[x.Length];
                double[] data = accumulate ? dx.ToArray() : new double[x.Length];
                double[] factors = accumulate ? dgamma.ToArray() : new double[parameters];
                double[] offsets = accumulate ? dbeta.ToArray() : new double[parameters];
                Reference(x, dy, gamma, beta, rows, length, channels, result, data, factors, offsets);
                var kernel = new RowNormalization(rows, length, channels, Epsilon);
                kernel.Forward(dtype, x.Data, gamma.Data, beta.Data, mean.Data, inverse.Data, y.Data, accumulate);
                kernel.Backward(
                    dtype,
                    x.Data,
                    dy.Data,
                    gamma.Data,
                    mean.Data,
                    inverse.Data,
                    dx.Data,
                    accumulate,
                    dgamma.Data,
                    accumulate,
                    dbeta.Data,
                    accumulate
                );
                string what = $"{dtype} {rows}x{length} of {channels}";
                AssertClose(result, y, bound, what);
                AssertClose(data, dx, bound, "data " + what);
                AssertClose(factors, dgamma, bound * 4, "gamma " + what);
                AssertClose(offsets, dbeta, bound * 4, "beta " + what);
            }
        }
    }

    [TestMethod]
    public void TheNumberOfThreadsChangesNoBit()
    {
        const int Rows = 70;
        const int Length = 1037;
        using var x = Operand.Random(new Random(1), DType.Float32, Rows * Length, 3);
        using var gamma = Operand.Random(new Random(2), DType.Float32, Length, 2);
        using var mean = new Operand(DType.Float32, Rows);
        using var inverse = new Operand(DType.Float32, Rows);
        using var y = new Operand(DType.Float32, x.Length);
        using var dx = new Operand(DType.Float32, x.Length);
        using var dgamma = new Operand(DType.Float32, Length);
        using var dbeta = new Operand(DType.Float32, Length);
        var kernel = new RowNormalization(Rows, Length, Channels: 0, Epsilon);
        byte[]? expected = null;
        KernelTeam before = KernelTeam.Default;
        foreach (int threads in (int[])[1, 2, 3, 7])
        {
            using var team = new KernelTeam(threads);
            KernelTeam.Default = team;
            kernel.Forward(DType.Float32, x.Data, gamma.Data, gamma.Data, mean.Data, inverse.Data, y.Data, false);
            kernel.Backward(
                DType.Float32,
                x.Data,
                y.Data,
                gamma.Data,
                mean.Data,
                inverse.Data,
                dx.Data,
                false,
                dgamma.Data,
                false,
                dbeta.Data,
                false
            );
            KernelTeam.Default = before;
            byte[] all = [.. y.Bytes, .. dx.Bytes, .. dgamma.Bytes, .. dbeta.Bytes];
            expected ??= all;
            CollectionAssert.AreEqual(expected, all, $"{threads} threads");
        }
    }

    private static void Reference(
        Operand x,
        Operand dy,
        Operand gamma,
        Operand beta,
        int rows,
        int length,
        int channels,
        double[] y,
        double[] dx,
        double[] dgamma,
        double[] dbeta
    )
    {
        for (int row = 0; row < rows; row++)
        {
            int[] places = [.. Enumerable.Range(row * length, length)];
            double mean = places.Average(i => x[i]);
            double inverse = 1 / Math.Sqrt(places.Average(i => (x[i] - mean) * (x[i] - mean)) + Epsilon);
            int Parameter(int i) => channels == 0 ? i % length : row % channels;
            double Normal(int i) => (x[i] - mean) * inverse;
            double Weighted(int i) => dy[i] * gamma[Parameter(i)];
            double value = places.Average(Weighted);
            double product = places.Average(i => Weighted(i) * Normal(i));
            foreach (int i in places)
            {
                y[i] += (Normal(i) * gamma[Parameter(i)]) + beta[Parameter(i)];
                dx[i] += inverse * (Weighted(i) - value - (Normal(i) * product));
                dgamma[Parameter(i)] += dy[i] * Normal(i);
                dbeta[Parameter(i)] += dy[i];
            }
        }
    }

    private static void AssertClose(double[] expected, Operand actual, double bound, string what)
    {
        // One element has no variance: its inverse deviation, about 30, magnifies rounding.
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], bound * Math.Max(1, Math.Abs(expected[i])), $"{what} at {i}");
        }
    }
}
