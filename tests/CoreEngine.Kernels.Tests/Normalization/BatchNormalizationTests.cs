namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class BatchNormalizationTests
{
    private const double Epsilon = 1e-3;

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void BothPassesAgreeWithTheDefinition(DType dtype)
    {
        DType parameters = dtype == DType.Float64 ? DType.Float64 : DType.Float32;
        double bound = dtype switch
        {
            DType.Float32 => 1e-5,
            DType.Float64 => 1e-12,
            _ => 1e-2,
        };
        foreach (
            (int outer, int channels, int inner) in ((int, int, int)[])[(4, 3, 5), (7, 2, 1), (3, 5, 37), (1, 40, 900)]
        )
        {
            for (int form = 0; form < 4; form++)
            {
                bool batch = (form & 1) != 0;
                bool accumulate = (form & 2) != 0;
                int size = outer * channels * inner;
                int count = outer * inner;
                using var x = Operand.Random(new Random(1), dtype, size, 3);
                using var y = Operand.Random(new Random(2), dtype, size, 1);
                using var dy = Operand.Random(new Random(3), dtype, size, 1);
                using var dx = Operand.Random(new Random(4), dtype, size, 1);
                using var gamma = Operand.Random(new Random(5), parameters, channels, 2);
                using var beta = Operand.Random(new Random(6), parameters, channels, 2);
                using var mean = Operand.Random(new Random(7), parameters, channels, 1);
                using var variance = new Operand(parameters, channels);
                using var dgamma = Operand.Random(new Random(8), parameters, channels, 1);
                using var dbeta = Operand.Random(new Random(9), parameters, channels, 1);
                variance.Fill(1.5);
                if (batch)
                {
                    BatchNormalization.Moments(dtype, outer, channels, inner, x.Data, mean.Data, variance.Data);
                }

                double[] result = accumulate ? y.ToArray() : new double[size];
                double[] data = accumulate ? dx.ToArray() : new double[size];
                double[] factors = accumulate ? dgamma.ToArray() : new double[channels];
                double[] offsets = accumulate ? dbeta.ToArray() : new double[channels];
                for (int c = 0; c < channels; c++)
                {
                    int[] places = [.. Enumerable.Range(0, size).Where(i => i / inner % channels == c)];
                    double m = places.Average(i => x[i]);
                    double v = places.Average(i => (x[i] - m) * (x[i] - m));
                    if (batch)
                    {
                        Assert.AreEqual(m, mean[c], 1e-6);
                        Assert.AreEqual(v, variance[c], 1e-5);
                    }
                    else
                    {
                        (m, v) = (mean[c], variance[c]);
                    }

                    double factor = gamma[c] / Math.Sqrt(v + Epsilon);
                    double total = places.Sum(i => dy[i]);
                    double products = places.Sum(i => dy[i] * (x[i] - m));
                    factors[c] += products / Math.Sqrt(v + Epsilon);
                    offsets[c] += total;
                    foreach (int i in places)
                    {
                        result[i] += ((x[i] - m) * factor) + beta[c];
                        double through = batch
                            ? (total / count) + ((x[i] - m) * products / (count * (v + Epsilon)))
                            : 0;
                        data[i] += factor * (dy[i] - through);
                    }
                }

                BatchNormalization.Forward(
                    dtype,
                    outer,
                    channels,
                    inner,
                    x.Data,
                    gamma.Data,
                    beta.Data,
                    mean.Data,
                    variance.Data,
                    Epsilon,
                    y.Data,
                    accumulate
                );
                BatchNormalization.Backward(
                    dtype,
                    outer,
                    channels,
                    inner,
                    x.Data,
                    dy.Data,
                    gamma.Data,
                    mean.Data,
                    variance.Data,
                    Epsilon,
                    batch,
                    dx.Data,
                    accumulate,
                    dgamma.Data,
                    accumulate,
                    dbeta.Data,
                    accumulate
                );
                string what = $"{dtype} {outer}x{channels}x{inner} form {form}";
                AssertClose(result, y, bound, what);
                AssertClose(data, dx, bound, "data " + what);
                AssertClose(factors, dgamma, Math.Min(bound, 1e-4) * 10, "gamma " + what);
                AssertClose(offsets, dbeta, Math.Min(bound, 1e-4) * 10, "beta " + what);
            }
        }
    }

    [TestMethod]
    public void AFarMeanDoesNotCostTheVariance()
    {
        using var x = new Operand(DType.Float32, 1000);
        using var mean = new Operand(DType.Float32, 1);
        using var variance = new Operand(DType.Float32, 1);
        for (int i = 0; i < 1000; i++)
        {
            x[i] = 100_000 + (i % 2);
        }

        BatchNormalization.Moments(DType.Float32, 10, 1, 100, x.Data, mean.Data, variance.Data);
        Assert.AreEqual(0.25, variance[0], 1e-6);
    }

    [TestMethod]
    public void NothingIsWrittenWhereNoTargetIsGiven()
    {
        using var x = Operand.Random(new Random(1), DType.Float32, 12, 1);
        using var p = new Operand(DType.Float32, 3);
        p.Fill(1);
        using var dbeta = new Operand(DType.Float32, 3);
        void* none = null;
        BatchNormalization.Backward(
            DType.Float32,
            2,
            3,
            2,
            x.Data,
            x.Data,
            none,
            p.Data,
            p.Data,
            Epsilon,
            true,
            none,
            false,
            none,
            false,
            dbeta.Data,
            false
        );
        Assert.AreEqual(x[0] + x[1] + x[6] + x[7], dbeta[0], 1e-6);
    }

    private static void AssertClose(double[] expected, Operand actual, double bound, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], bound * Math.Max(1, Math.Abs(expected[i])), $"{what} at {i}");
        }
    }
}
