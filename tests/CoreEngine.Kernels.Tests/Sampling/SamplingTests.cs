namespace CoreEngine.Kernels.Tests;

/// <summary>Moments within five standard errors, which a right generator with these seeds keeps.</summary>
[TestClass]
public sealed unsafe class SamplingTests
{
    private const int Count = 100_000;

    [TestMethod]
    public void Uniform_HasItsMomentsAndBounds()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            using var y = new Native(dtype, Count, 1);
            Sampling.Uniform(dtype, 7, 1, -1, 3, y.Pointer, Count);
            double[] values = y.ToArray();
            Assert.IsTrue(values.All(v => v is >= -1 and <= 3));
            CheckMoments(values, 1, 16.0 / 12);
        }
    }

    [TestMethod]
    public void Uniform_IsTheGeneratorsWords()
    {
        const ulong Stream = 5 + (7UL << 32);
        using var y = new Native(DType.Float32, 1000);
        using var z = new Native(DType.Float64, 1000);
        Sampling.Uniform(DType.Float32, 3, Stream, 0, 1, y.Pointer, 1000);
        Sampling.Uniform(DType.Float64, 3, Stream, 0, 1, z.Pointer, 1000);
        for (int i = 0; i < 1000; i += 4)
        {
            var random = new Philox(3, Stream, (ulong)i / 4);
            for (int word = 0; word < 4; word++)
            {
                Assert.AreEqual((random.NextUInt32() >> 8) / 16777216.0, y[i + word]);
            }
        }

        for (int i = 0; i < 1000; i += 2)
        {
            var random = new Philox(3, Stream, (ulong)i / 2);
            Assert.AreEqual(random.NextDouble(), z[i]);
            Assert.AreEqual(random.NextDouble(), z[i + 1]);
        }
    }

    [TestMethod]
    public void Normal_HasItsMomentsAndTails()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float64, DType.Float16 })
        {
            using var y = new Native(dtype, Count);
            Sampling.Normal(dtype, 7, 2, 2, 0.5, y.Pointer, Count);
            double[] values = y.ToArray();
            CheckMoments(values, 2, 0.25);
            double beyondTwo = values.Count(v => Math.Abs(v - 2) > 1) / (double)Count;
            Assert.AreEqual(0.0455, beyondTwo, 0.0035);
        }
    }

    [TestMethod]
    public void Exponential_HasItsMomentsAndTail()
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float64, DType.Float16 })
        {
            using var y = new Native(dtype, Count);
            Sampling.Exponential(dtype, 7, 4, 0.5, y.Pointer, Count);
            double[] values = y.ToArray();
            Assert.IsTrue(values.All(v => v >= 0));
            CheckMoments(values, 0.5, 0.25, kurtosis: 9);
            Assert.AreEqual(Math.Exp(-3), values.Count(v => v > 1.5) / (double)Count, 0.0035);
        }
    }

    [TestMethod]
    public void Normal_DrawnOneByOne_HasTheDensityOfTheBell()
    {
        // Shares of intervals, into the tail that is drawn in another way.
        double[] borders = [-3.6, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 3.6];
        double[] below =
        [
            0.000159,
            0.00135,
            0.02275,
            0.158655,
            0.308538,
            0.5,
            0.691462,
            0.841345,
            0.97725,
            0.99865,
            0.999841,
        ];
        const int Draws = 400_000;
        int[] counts = new int[borders.Length];
        for (int i = 0; i < Draws; i++)
        {
            double x = new Philox(5, 6, (ulong)i).NextNormal();
            for (int k = 0; k < borders.Length; k++)
            {
                counts[k] += x < borders[k] ? 1 : 0;
            }
        }

        for (int k = 0; k < borders.Length; k++)
        {
            double deviation = Math.Sqrt(below[k] * (1 - below[k]) / Draws);
            Assert.AreEqual(below[k], counts[k] / (double)Draws, 5 * deviation, $"below {borders[k]}");
        }
    }

    [TestMethod]
    public void Poisson_OfASmallMean_HasItsProbabilities()
    {
        const double Mean = 2.5;
        using var y = new Native(DType.Float64, Count);
        Sampling.Fill(DType.Float64, 3, 8, new PoissonDistribution(Mean), y.Pointer, Count);
        double[] values = y.ToArray();
        double probability = Math.Exp(-Mean);
        for (int k = 0; k < 9; k++)
        {
            double deviation = Math.Sqrt(probability * (1 - probability) / Count);
            Assert.AreEqual(probability, values.Count(v => v == k) / (double)Count, 5 * deviation, $"{k}");
            probability *= Mean / (k + 1);
        }
    }

    [TestMethod]
    public void Bernoulli_KeepsTheStatedShare()
    {
        using var y = new Native(DType.Float32, Count);
        Sampling.Bernoulli(DType.Float32, 7, 3, 0.8, 1.25, y.Pointer, Count);
        double[] values = y.ToArray();
        Assert.IsTrue(values.All(v => v is 0 or 1.25));
        Assert.AreEqual(0.8, values.Count(v => v != 0) / (double)Count, 0.0065);
    }

    [TestMethod]
    public void Distributions_HaveTheirMoments()
    {
        Check(new GammaDistribution(3, 2), 6, 12, 5);
        Check(new GammaDistribution(0.4, 1.5), 0.6, 0.9, 18);
        Check(new PoissonDistribution(3.5), 3.5, 3.5, 3.3);
        Check(new PoissonDistribution(40), 40, 40, 3.1);
        Check(new PoissonDistribution(0), 0, 0, 3);
        Check(new NegativeBinomialDistribution(4, 0.3), 4 * 0.7 / 0.3, 4 * 0.7 / 0.09, 4.6);
        Check(new GeneralizedNegativeBinomialDistribution(2, 0.5), 2, 2 + (0.5 * 4), 5.5);
        Check(new GeneralizedNegativeBinomialDistribution(2, 0), 2, 2, 3.6);
    }

    private static void Check<TDistribution>(TDistribution distribution, double mean, double variance, double kurtosis)
        where TDistribution : struct, IDistribution
    {
        using var y = new Native(DType.Float64, Count);
        Sampling.Fill(DType.Float64, 11, 5, distribution, y.Pointer, Count);
        CheckMoments(y.ToArray(), mean, variance, kurtosis, $"{distribution}");
    }

    private static void CheckMoments(
        double[] values,
        double mean,
        double variance,
        double kurtosis = 3,
        string what = ""
    )
    {
        double actualMean = values.Average();
        double actualVariance = values.Average(v => (v - actualMean) * (v - actualMean));
        double meanError = 5 * Math.Sqrt(variance / values.Length);
        double varianceError = (5 * variance * Math.Sqrt((kurtosis - 1) / values.Length)) + (1e-3 * variance);
        Assert.AreEqual(mean, actualMean, meanError, $"mean {what}");
        Assert.AreEqual(variance, actualVariance, varianceError, $"variance {what}");
    }

    [TestMethod]
    public void Threads_AndLengths_DoNotChangeAnElement()
    {
        KernelTeam before = KernelTeam.Default;
        using var one = new KernelTeam(1);
        using var four = new KernelTeam(4);
        try
        {
            using var whole = new Native(DType.Float32, Count);
            using var shared = new Native(DType.Float32, Count);
            using var part = new Native(DType.Float32, 1000);
            KernelTeam.Default = one;
            Sampling.Normal(DType.Float32, 1, 1, 0, 1, whole.Pointer, Count);
            Sampling.Normal(DType.Float32, 1, 1, 0, 1, part.Pointer, 1000);
            KernelTeam.Default = four;
            Sampling.Normal(DType.Float32, 1, 1, 0, 1, shared.Pointer, Count);
            Assert.IsTrue(whole.Bytes.SequenceEqual(shared.Bytes));
            Assert.IsTrue(whole.Bytes[..4000].SequenceEqual(part.Bytes));

            var gamma = new GammaDistribution(2, 1);
            KernelTeam.Default = one;
            Sampling.Fill(DType.Float32, 1, 1, gamma, whole.Pointer, Count);
            Sampling.Fill(DType.Float32, 1, 1, gamma, part.Pointer, 1000, first: 5000);
            KernelTeam.Default = four;
            Sampling.Fill(DType.Float32, 1, 1, gamma, shared.Pointer, Count);
            Assert.IsTrue(whole.Bytes.SequenceEqual(shared.Bytes));
            Assert.IsTrue(whole.Bytes[20_000..24_000].SequenceEqual(part.Bytes));
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    [TestMethod]
    public void StreamsAndSeeds_GiveOtherNumbers()
    {
        using var a = new Native(DType.Float32, 64);
        using var b = new Native(DType.Float32, 64);
        Sampling.Uniform(DType.Float32, 1, 1, 0, 1, a.Pointer, 64);
        Sampling.Uniform(DType.Float32, 1, 2, 0, 1, b.Pointer, 64);
        Assert.IsFalse(a.Bytes.SequenceEqual(b.Bytes));
        Sampling.Uniform(DType.Float32, 2, 1, 0, 1, b.Pointer, 64);
        Assert.IsFalse(a.Bytes.SequenceEqual(b.Bytes));
        Sampling.Uniform(DType.Float32, 1, 1, 0, 1, b.Pointer, 64);
        Assert.IsTrue(a.Bytes.SequenceEqual(b.Bytes));
    }

    [TestMethod]
    public void Categorical_DrawsByWeight_AndNeverWhatHasNone()
    {
        const int Draws = 20_000;
        using Native weights = Native.Of(DType.Float32, [1, 0, 3, 0, 0, 5, 5, 0]);
        using var y = new Native(DType.Int32, 2 * Draws);
        Categories.Draw(DType.Float32, weights.Pointer, 2, 4, 3, 9, DType.Int32, y.Pointer, Draws);
        double[] values = y.ToArray();
        double[] first = values[..Draws];
        Assert.IsTrue(first.All(v => v is 0 or 2));
        Assert.AreEqual(0.75, first.Count(v => v == 2) / (double)Draws, 0.016);
        double[] second = values[Draws..];
        Assert.IsTrue(second.All(v => v is 1 or 2));
        Assert.AreEqual(0.5, second.Count(v => v == 1) / (double)Draws, 0.018);
    }

    [TestMethod]
    public void ImpossibleParameters_GiveNaN()
    {
        var random = new Philox(1, 1, 1);
        Assert.IsTrue(double.IsNaN(new GammaDistribution(-1, 1).Sample(ref random)));
        Assert.IsTrue(double.IsNaN(new PoissonDistribution(-1).Sample(ref random)));
        Assert.IsTrue(double.IsNaN(new PoissonDistribution(double.PositiveInfinity).Sample(ref random)));
    }
}
