namespace CoreEngine.Kernels.Tests;

/// <summary>
/// Connectionist temporal classification against the sum over all readings of short sequences, and for long ones against
/// probabilities that are followed in float64.
/// </summary>
[TestClass]
public sealed unsafe class CtcLossTests
{
    /// <summary>Labellings with and without repeats, empty ones, ones that fill their sequence, and ones that do not fit.</summary>
    [TestMethod]
    [DataRow(DType.Float32, 0)]
    [DataRow(DType.Float64, 0)]
    [DataRow(DType.Float64, 3)]
    public void CostsAndGradientsAgreeWithAllReadings(DType dtype, int blank)
    {
        const int Steps = 5;
        const int Classes = 4;
        int[] a = blank == 0 ? [1, 2, 3] : [0, 1, 2];
        (int Steps, int[] Labels)[] samples =
        [
            (5, [a[0], a[1]]),
            (5, [a[0], a[0], a[2]]),
            (4, [a[1]]),
            (3, []),
            (0, []),
            (5, [a[0], a[1], a[2], a[1], a[0]]),
            (5, [a[2], a[2], a[2]]),
            (2, [a[1], a[1]]),
            (4, [a[0], a[1], a[0], a[0]]),
            (0, [a[0]]),
        ];
        double[] data = Values.Random(7, dtype, Steps * samples.Length * Classes);
        Result actual = Run(dtype, data, Steps, Classes, blank, samples, wantsGradient: true);
        Result costsOnly = Run(dtype, data, Steps, Classes, blank, samples, wantsGradient: false);
        CollectionAssert.AreEqual(actual.Costs, costsOnly.Costs);
        double bound = dtype == DType.Float32 ? 2e-5 : 1e-12;
        for (int n = 0; n < samples.Length; n++)
        {
            double[][] p = Probabilities(data, Steps, samples.Length, Classes, n);
            (int steps, int[] labels) = samples[n];
            double[,] parts = new double[Steps, Classes];
            double total = SumReadings(p, steps, Classes, blank, labels, parts);
            Assert.AreEqual(total > 0 ? -Math.Log(total) : 0, actual.Costs[n], bound, $"cost {n}");
            for (int t = 0; t < Steps; t++)
            {
                for (int c = 0; c < Classes; c++)
                {
                    double expected = t < steps && total > 0 ? p[t][c] - (parts[t, c] / total) : 0;
                    double got = actual.Gradient[(((t * samples.Length) + n) * Classes) + c];
                    Assert.AreEqual(expected, got, bound, $"gradient {n}, {t}, {c}");
                }
            }
        }
    }

    /// <summary>Two thousand steps: in float32, logarithms that add up to thousands would lose all digits of the gradient.</summary>
    [TestMethod]
    public void LongSequencesKeepTheirPrecision()
    {
        const int Steps = 2000;
        const int Classes = 30;
        var random = new Random(3);
        int[] labels = [.. Enumerable.Range(0, 150).Select(_ => random.Next(1, Classes))];
        (int Steps, int[] Labels)[] samples = [(Steps, labels), (Steps - 7, labels[..90])];
        double[] data = Values.Random(8, DType.Float32, Steps * 2 * Classes);
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (float)(4 * data[i]);
        }

        Result narrow = Run(DType.Float32, data, Steps, Classes, 0, samples, wantsGradient: true);
        Result wide = Run(DType.Float64, data, Steps, Classes, 0, samples, wantsGradient: true);
        for (int n = 0; n < 2; n++)
        {
            Assert.AreEqual(1, narrow.Costs[n] / wide.Costs[n], 1e-5);
        }

        for (int i = 0; i < data.Length; i++)
        {
            Assert.AreEqual(wide.Gradient[i], narrow.Gradient[i], 2e-4, $"gradient {i}");
        }
    }

    [TestMethod]
    public void WhatCannotBeReadCostsInfinitelyMuch()
    {
        double[] data = [0, double.NegativeInfinity, 0, 0, double.NegativeInfinity, 0];
        Result result = Run(DType.Float32, data, 2, 3, 0, [(2, [1])], wantsGradient: true);
        Assert.IsTrue(double.IsPositiveInfinity(result.Costs[0]));
        double[] expected = [0.5, 0, 0.5, 0.5, 0, 0.5];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], result.Gradient[i], 1e-6);
        }
    }

    [TestMethod]
    public void NaN_StaysWithItsSequence()
    {
        double[] data = Values.Random(9, DType.Float32, 4 * 2 * 3);
        (int Steps, int[] Labels)[] samples = [(4, [1, 2]), (4, [2])];
        Result clean = Run(DType.Float32, data, 4, 3, 0, samples, wantsGradient: true);
        data[(((1 * 2) + 1) * 3) + 2] = double.NaN;
        Result result = Run(DType.Float32, data, 4, 3, 0, samples, wantsGradient: true);
        Assert.AreEqual(clean.Costs[0], result.Costs[0]);
        Assert.IsTrue(double.IsNaN(result.Costs[1]));
    }

    [TestMethod]
    public void ResultsDoNotDependOnTheNumberOfThreads()
    {
        KernelTeam before = KernelTeam.Default;
        var random = new Random(4);
        (int Steps, int[] Labels)[] samples =
        [
            .. Enumerable
                .Range(0, 13)
                .Select(n => (20 - n, Enumerable.Range(0, n % 5).Select(_ => random.Next(1, 6)).ToArray())),
        ];
        double[] data = Values.Random(10, DType.Float32, 20 * 13 * 6);
        try
        {
            KernelTeam.Default = new KernelTeam(1);
            Result alone = Run(DType.Float32, data, 20, 6, 0, samples, wantsGradient: true);
            KernelTeam.Default = new KernelTeam(4);
            Result shared = Run(DType.Float32, data, 20, 6, 0, samples, wantsGradient: true);
            CollectionAssert.AreEqual(alone.Costs, shared.Costs);
            CollectionAssert.AreEqual(alone.Gradient, shared.Gradient);
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    private sealed record Result(double[] Costs, double[] Gradient);

    private static Result Run(
        DType dtype,
        double[] data,
        int steps,
        int classes,
        int blank,
        (int Steps, int[] Labels)[] samples,
        bool wantsGradient
    )
    {
        int most = Math.Max(1, samples.Max(s => s.Labels.Length));
        using Native x = Native.Of(dtype, data);
        using var logarithms = new Native(dtype, data.Length, misalignment: 1);
        using var costs = new Native(dtype, samples.Length);
        using var labels = new Native(DType.Int64, samples.Length * most);
        using Native labelLengths = Native.Of(DType.Int64, [.. samples.Select(s => (double)s.Labels.Length)]);
        using Native dataLengths = Native.Of(DType.Int64, [.. samples.Select(s => (double)s.Steps)]);
        for (int n = 0; n < samples.Length; n++)
        {
            for (int i = 0; i < samples[n].Labels.Length; i++)
            {
                labels[(n * most) + i] = samples[n].Labels[i];
            }
        }

        Softmax.Forward(dtype, steps * samples.Length, classes, 1, x.Pointer, 1, true, logarithms.Pointer, false);
        var loss = new CtcLoss(steps, samples.Length, classes, most, blank);
        using var scratch = new Native(DType.UInt8, loss.Scratch(dtype, wantsGradient));
        loss.Run(
            dtype,
            logarithms.Pointer,
            (long*)labels.Pointer,
            (long*)labelLengths.Pointer,
            (long*)dataLengths.Pointer,
            costs.Pointer,
            wantsGradient,
            scratch.Pointer
        );
        return new Result(costs.ToArray(), logarithms.ToArray());
    }

    private static double[][] Probabilities(double[] data, int steps, int batch, int classes, int n) =>
        [
            .. Enumerable
                .Range(0, steps)
                .Select(t =>
                {
                    double[] e =
                    [
                        .. Enumerable.Range(0, classes).Select(c => Math.Exp(data[(((t * batch) + n) * classes) + c])),
                    ];
                    return Array.ConvertAll(e, value => value / e.Sum());
                }),
        ];

    /// <summary>The probability of all readings that give the labelling; parts: of those with a class at a step.</summary>
    private static double SumReadings(double[][] p, int steps, int classes, int blank, int[] labels, double[,] parts)
    {
        double total = 0;
        int[] reading = new int[steps];
        for (long code = 0; code < (long)Math.Pow(classes, steps); code++)
        {
            long rest = code;
            double probability = 1;
            for (int t = 0; t < steps; t++)
            {
                reading[t] = (int)(rest % classes);
                rest /= classes;
                probability *= p[t][reading[t]];
            }

            int[] collapsed = [.. reading.Where((c, t) => c != blank && (t == 0 || c != reading[t - 1]))];
            if (!collapsed.SequenceEqual(labels))
                continue;
            total += probability;
            for (int t = 0; t < steps; t++)
            {
                parts[t, reading[t]] += probability;
            }
        }

        return total;
    }
}
