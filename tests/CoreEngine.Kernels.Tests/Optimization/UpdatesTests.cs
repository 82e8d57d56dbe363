namespace CoreEngine.Kernels.Tests;

/// <summary>
/// The driver of the update rules against the same rules on one float64 number at a time. What the rules compute is held
/// against their papers where optimizers are tested.
/// </summary>
[TestClass]
public sealed unsafe class UpdatesTests
{
    private static readonly long[] s_lengths = [0, 1, 3, 15, 16, 17, 63, 64, 65, 129, 1023, 1025, 17_001];

    private static GradientScaling Scaling(bool isLimited) => new() { Rescale = 0.5f, Clip = isLimited ? 0.25f : -1 };

    /// <summary>What is no number is no number after a limit either: a run that went wrong must show it.</summary>
    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void LimitsCutInfinitiesAndKeepNaN(DType dtype)
    {
        const int Count = 37;
        double[] kinds = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 2, -2, 0.125];
        double[] steps = [double.NaN, -0.25, 0.25, -0.25, 0.25, -0.0625];
        using var weight = new Operand(dtype, Count);
        using var gradient = Operand.Of(dtype, [.. Enumerable.Range(0, Count).Select(i => kinds[i % kinds.Length])]);
        var rule = new SgdRule { LearningRate = 1, Gradient = Scaling(isLimited: true) };
        Updates.Run(rule, dtype, weight.Data, gradient.Data, null, null, null, weight.Data, Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.AreEqual(steps[i % steps.Length], weight[i], $"{dtype} at {i}");
        }
    }

    [TestMethod]
    public void EveryRuleRunsAtEveryLengthAndType()
    {
        foreach (bool isLimited in (bool[])[false, true])
        {
            GradientScaling scaling = Scaling(isLimited);
            Check(
                new SgdRule
                {
                    LearningRate = 0.1f,
                    WeightDecay = 0.3f,
                    Gradient = scaling,
                }
            );
            Check(
                new MomentumRule
                {
                    LearningRate = 0.1f,
                    Momentum = 0.9f,
                    WeightDecay = 0.3f,
                    Gradient = scaling,
                }
            );
            Check(
                new NesterovRule
                {
                    LearningRate = 0.1f,
                    Momentum = 0.9f,
                    WeightDecay = 0.3f,
                    Gradient = scaling,
                }
            );
            Check(
                new DelayCompensatedRule
                {
                    LearningRate = 0.1f,
                    Momentum = 0.9f,
                    Lambda = 0.4f,
                    Gradient = scaling,
                }
            );
            Check(
                new LangevinRule
                {
                    LearningRate = 0.1f,
                    WeightDecay = 0.3f,
                    Gradient = scaling,
                }
            );
            Check(
                new AdaGradRule
                {
                    LearningRate = 0.1f,
                    Epsilon = 0.01f,
                    WeightDecay = 0.3f,
                    Gradient = scaling,
                }
            );
            Check(
                new AdaDeltaRule
                {
                    Rho = 0.9f,
                    Epsilon = 0.01f,
                    WeightDecay = 0.3f,
                    Gradient = scaling,
                }
            );
            Check(
                new AdaMaxRule
                {
                    LearningRate = 0.1f,
                    Beta1 = 0.9f,
                    Beta2 = 0.8f,
                    Gradient = scaling,
                }
            );
            Check(
                new AdamRule
                {
                    LearningRate = 0.1f,
                    Beta1 = 0.9f,
                    Beta2 = 0.8f,
                    Epsilon = 0.01f,
                    Gradient = scaling,
                }
            );
            Check(
                new RmsPropRule
                {
                    LearningRate = 0.1f,
                    Gamma1 = 0.9f,
                    Epsilon = 0.1f,
                    ClipWeights = 1,
                    Gradient = scaling,
                }
            );
            Check(
                new FtrlRule
                {
                    LearningRate = 0.1f,
                    Lambda1 = 0.1f,
                    Beta = 1,
                    Gradient = scaling,
                }
            );
            Check(
                new CentredRmsPropRule
                {
                    LearningRate = 0.1f,
                    Gamma1 = 0.9f,
                    Gamma2 = 0.5f,
                    // The states below are no moments of anything: this keeps the root's argument positive.
                    Epsilon = 10,
                    ClipWeights = -1,
                    Gradient = scaling,
                }
            );
            Check(
                new NadamRule
                {
                    LearningRate = 0.1f,
                    Beta1 = 0.9f,
                    Beta2 = 0.8f,
                    Epsilon = 0.01f,
                    GradientFactor = 0.7f,
                    MeanFactor = 1.2f,
                    VarianceFactor = 1.5f,
                    Gradient = scaling,
                }
            );
            Check(
                new MovingLeaderRule
                {
                    Beta1 = 0.6f,
                    Beta2 = 0.8f,
                    Epsilon = 0.5f,
                    InverseRate = 4,
                    VarianceFactor = 1.5f,
                    Gradient = scaling,
                }
            );
        }
    }

    private static void Check<TRule>(TRule rule)
        where TRule : struct, IUpdateRule
    {
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64, DType.Float16])
        {
            foreach (long n in s_lengths)
            {
                Separate(rule, dtype, n);
                Mixed(rule, dtype, n);
            }
        }
    }

    /// <summary>Weights and states of the gradients' type.</summary>
    private static void Separate<TRule>(TRule rule, DType dtype, long n)
        where TRule : struct, IUpdateRule
    {
        double[][] expected = Arguments(dtype, dtype, n);
        using Native weight = Native.Of(dtype, expected[0], 1);
        using Native gradient = Native.Of(dtype, expected[1], 2);
        using Native state0 = Native.Of(dtype, expected[2], 3);
        using Native state1 = Native.Of(dtype, expected[3], 1);
        using Native state2 = Native.Of(dtype, expected[4]);
        using var output = new Native(dtype, n, 1);
        Updates.Run(
            rule,
            dtype,
            weight.Pointer,
            gradient.Pointer,
            TRule.StateCount > 0 ? state0.Pointer : null,
            TRule.StateCount > 1 ? state1.Pointer : null,
            TRule.StateCount > 2 ? state2.Pointer : null,
            output.Pointer,
            n
        );
        Naive(rule, expected);
        double tolerance = 100 * Values.Epsilon(dtype);
        AreClose(expected[0], output, tolerance, $"{typeof(TRule).Name} {dtype} {n}: weight");
        if (TRule.ChangesGradient)
            AreClose(expected[1], gradient, tolerance, $"{typeof(TRule).Name} {dtype} {n}: gradient");
        Native[] states = [state0, state1, state2];
        for (int i = 0; i < 3; i++)
        {
            AreClose(expected[2 + i], states[i], tolerance, $"{typeof(TRule).Name} {dtype} {n}: state {i}");
        }
    }

    /// <summary>Weights and states of float32 beside gradients and weights of another type.</summary>
    private static void Mixed<TRule>(TRule rule, DType dtype, long n)
        where TRule : struct, IUpdateRule
    {
        double[][] expected = Arguments(DType.Float32, dtype, n);
        double[] gradientBefore = expected[1];
        using Native master = Native.Of(DType.Float32, expected[0], 1);
        using Native gradient = Native.Of(dtype, gradientBefore, 2);
        using Native state0 = Native.Of(DType.Float32, expected[2], 3);
        using Native state1 = Native.Of(DType.Float32, expected[3], 1);
        using Native state2 = Native.Of(DType.Float32, expected[4]);
        using var output = new Native(dtype, n, 3);
        Updates.RunMixed(
            rule,
            dtype,
            (float*)master.Pointer,
            gradient.Pointer,
            TRule.StateCount > 0 ? (float*)state0.Pointer : null,
            TRule.StateCount > 1 ? (float*)state1.Pointer : null,
            TRule.StateCount > 2 ? (float*)state2.Pointer : null,
            output.Pointer,
            n
        );
        expected[1] = (double[])gradientBefore.Clone();
        Naive(rule, expected);
        double tolerance = 100 * Values.Epsilon(DType.Float32);
        AreClose(expected[0], master, tolerance, $"{typeof(TRule).Name} mixed {dtype} {n}: master");
        AreClose(gradientBefore, gradient, 0, $"{typeof(TRule).Name} mixed {dtype} {n}: gradient");
        Native[] states = [state0, state1, state2];
        for (int i = 0; i < 3; i++)
        {
            AreClose(expected[2 + i], states[i], tolerance, $"{typeof(TRule).Name} mixed {dtype} {n}: state {i}");
        }

        double[] rounded = Array.ConvertAll(master.ToArray(), w => Values.Round(dtype, w));
        AreClose(rounded, output, 0, $"{typeof(TRule).Name} mixed {dtype} {n}: weight");
    }

    /// <summary>Weight, gradient and three states; states are positive, as means of squares are.</summary>
    private static double[][] Arguments(DType weights, DType gradients, long n) =>
        [
            Values.Random(1, weights, n),
            Values.Random(2, gradients, n),
            Array.ConvertAll(Values.Random(3, weights, n), v => Math.Abs(v) + 0.125),
            Array.ConvertAll(Values.Random(4, weights, n), v => Math.Abs(v) + 0.125),
            Array.ConvertAll(Values.Random(5, weights, n), v => Math.Abs(v) + 0.125),
        ];

    private static void Naive<TRule>(TRule rule, double[][] arrays)
        where TRule : struct, IUpdateRule
    {
        for (int i = 0; i < arrays[0].Length; i++)
        {
            SimdScalar<double> w = arrays[0][i];
            SimdScalar<double> g = arrays[1][i];
            SimdScalar<double> s0 = arrays[2][i];
            SimdScalar<double> s1 = arrays[3][i];
            SimdScalar<double> s2 = arrays[4][i];
            if (rule.Gradient.Clip < 0)
                rule.Invoke<SimdScalar<double>, NoGradientLimit>(ref w, ref g, ref s0, ref s1, ref s2);
            else
                rule.Invoke<SimdScalar<double>, GradientLimit>(ref w, ref g, ref s0, ref s1, ref s2);
            arrays[0][i] = w.Value;
            arrays[1][i] = g.Value;
            arrays[2][i] = TRule.StateCount > 0 ? s0.Value : arrays[2][i];
            arrays[3][i] = TRule.StateCount > 1 ? s1.Value : arrays[3][i];
            arrays[4][i] = TRule.StateCount > 2 ? s2.Value : arrays[4][i];
        }
    }

    private static void AreClose(double[] expected, Native actual, double tolerance, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Values.AreClose(expected[i], actual[i], tolerance * (1 + Math.Abs(expected[i])), $"{what}[{i}]");
        }
    }

    [TestMethod]
    public void NaNAndInfinitiesGoThrough()
    {
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-40, 0, -0.0, 1];
        var rule = new MomentumRule
        {
            LearningRate = 1,
            Gradient = new GradientScaling { Rescale = 1, Clip = -1 },
        };
        using Native weight = Native.Of(DType.Float32, new double[odd.Length]);
        using Native gradient = Native.Of(DType.Float32, odd);
        using Native state = Native.Of(DType.Float32, new double[odd.Length]);
        byte* w = weight.Pointer;
        Updates.Run(rule, DType.Float32, w, gradient.Pointer, state.Pointer, null, null, w, odd.Length);
        for (int i = 0; i < odd.Length; i++)
        {
            Values.AreClose(-(float)odd[i], weight[i], 0, $"gradient {odd[i]}");
        }
    }

    [TestMethod]
    public void IntegersAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Updates.Run(new SgdRule(), DType.Int32, null, null, null, null, null, null, 0)
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Updates.RunMixed(new SgdRule(), DType.UInt8, null, null, null, null, null, null, 0)
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Updates.RunMixed(new SgdRule(), DType.Float16, null, null, null, null, null, null, -1)
        );
    }
}
