namespace CoreEngine.Kernels.Tests;

/// <summary>
/// Accuracy of the elementary functions: float32 in units in the last place against float64 functions over a sweep of all
/// bit patterns, float64 by relative error. The bounds are those that the functions' documentation states.
/// </summary>
[TestClass]
public sealed unsafe class SimdMathTests
{
    private const int Block = 4096;

    [TestMethod]
    public void Exp_IsAccurate() => Check<Exp>(Math.Exp, 1.1, 4e-16);

    [TestMethod]
    public void Exp2_IsAccurate() => Check<Exp2>(x => Math.Pow(2, x), 1.1, 4e-16);

    [TestMethod]
    public void Expm1_IsAccurate() => Check<Expm1>(ExpMinusOne, 1.6, 6e-16);

    [TestMethod]
    public void Log_IsAccurate() => Check<Log>(Math.Log, 0.9, 4e-16);

    [TestMethod]
    public void Log2_IsAccurate() => Check<Log2>(Math.Log2, 1.8, 5e-16);

    [TestMethod]
    public void Log10_IsAccurate() => Check<Log10>(Math.Log10, 1.8, 5e-16);

    [TestMethod]
    public void Log1p_IsAccurate() => Check<Log1p>(LogOnePlus, 1.5, 6e-16);

    [TestMethod]
    public void Tanh_IsAccurate() => Check<Tanh>(Math.Tanh, 2.3, 8e-16);

    [TestMethod]
    public void Sigmoid_IsAccurate() =>
        Check<Sigmoid>(x => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x)), 2.3, 8e-16);

    [TestMethod]
    public void Softplus_IsAccurate() =>
        Check<Softplus>(x => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x))), 2, 8e-16);

    [TestMethod]
    public void Sinh_IsAccurate() => Check<Sinh>(Math.Sinh, 2.1, 8e-16);

    [TestMethod]
    public void Cosh_IsAccurate() => Check<Cosh>(Math.Cosh, 1.5, 8e-16);

    [TestMethod]
    public void Asinh_IsAccurate() => Check<Asinh>(Math.Asinh, 2.2, 8e-16);

    [TestMethod]
    public void Acosh_IsAccurate() => Check<Acosh>(Math.Acosh, 2.5, 8e-16);

    [TestMethod]
    public void Atanh_IsAccurate() => Check<Atanh>(Math.Atanh, 2.2, 8e-16);

    [TestMethod]
    public void Sin_IsAccurate() => Check<Sin>(Math.Sin, 1.9, 0);

    [TestMethod]
    public void Cos_IsAccurate() => Check<Cos>(Math.Cos, 1.9, 0);

    [TestMethod]
    public void Tan_IsAccurate() => Check<Tan>(Math.Tan, 3.1, 0);

    [TestMethod]
    public void Asin_IsAccurate() => Check<Asin>(Math.Asin, 2.3, 0);

    [TestMethod]
    public void Acos_IsAccurate() => Check<Acos>(Math.Acos, 1.5, 0);

    [TestMethod]
    public void Atan_IsAccurate() => Check<Atan>(Math.Atan, 2.5, 0);

    [TestMethod]
    public void Cbrt_IsAccurate() => Check<Cbrt>(Math.Cbrt, 0.8, 0);

    [TestMethod]
    public void Rsqrt_IsAccurate() => Check<Rsqrt>(x => 1 / Math.Sqrt(x), 1.5, 0);

    [TestMethod]
    public void Rcbrt_IsAccurate() => Check<Rcbrt>(x => 1 / Math.Cbrt(x), 1.8, 0);

    [TestMethod]
    public void Erf_IsAccurate() => Check<Erf>(SpecialMath.Erf, 2.5, 0);

    [TestMethod]
    public void Gamma_IsAccurate() => Check<Gamma>(SpecialMath.Gamma, 6, 0);

    [TestMethod]
    public void LogGamma_IsAccurate() => Check<LogGamma>(SpecialMath.LogGamma, 6, 0);

    [TestMethod]
    public void Digamma_IsAccurate() => Check<Digamma>(SpecialMath.Digamma, 6, 0, absolute: 5e-7);

    private static double ExpMinusOne(double x) =>
        Math.Abs(x) < 1e-3 ? x + (x * x / 2) + (x * x * x / 6) + (x * x * x * x / 24) + (x * x * x * x * x / 120)
        : Math.Abs(x) < 0.5 ? 2 * Math.Sinh(x / 2) * Math.Exp(x / 2)
        : Math.Exp(x) - 1;

    // 2 atanh(x / (2 + x)), whose series needs no 1 + x.
    private static double LogOnePlus(double x)
    {
        if (Math.Abs(x) > 0.1)
            return Math.Log(1 + x);
        double s = x / (2 + x);
        double sum = 0;
        for (int k = 21; k >= 1; k -= 2)
        {
            sum = (sum * s * s) + (1.0 / k);
        }

        return x == 0 ? x : 2 * s * sum;
    }

    private static void Check<TOp>(Func<double, double> function, double ulps, double relative, double absolute = 0)
        where TOp : struct, IUnaryOp
    {
        double worst = 0;
        string where = "";
        using var x = new Native(DType.Float32, Block, misalignment: 1);
        using var y = new Native(DType.Float32, Block, misalignment: 3);
        int filled = 0;
        foreach (float value in Inputs())
        {
            x[filled++] = value;
            if (filled < Block)
                continue;
            Elementwise.Unary<TOp>(DType.Float32, x.Pointer, y.Pointer, filled);
            for (int i = 0; i < filled; i++)
            {
                double error = UlpError(y[i], function(x[i]));
                if (!(error <= worst) && !(Math.Abs(y[i] - function(x[i])) <= absolute))
                {
                    worst = error;
                    where = $"f({x[i]:R}) = {y[i]:R}, not {function(x[i]):R}";
                }
            }

            filled = 0;
        }

        Assert.IsLessThanOrEqualTo(ulps, worst, where);
        CheckDoubles<TOp>(function, relative);
    }

    private static void CheckDoubles<TOp>(Func<double, double> function, double relative)
        where TOp : struct, IUnaryOp
    {
        var random = new Random(5);
        using var x = new Native(DType.Float64, Block + 3);
        using var y = new Native(DType.Float64, Block + 3);
        for (int i = 0; i < x.Count; i++)
        {
            x[i] = ((random.NextDouble() * 2) - 1) * Math.Pow(10, random.Next(-9, 3));
        }

        double[] special = [0, 1, -1, 708.5, -745.2, 1e308, -1e308, 5e-324, double.NaN, 1 / 0.0, -1 / 0.0];
        for (int i = 0; i < special.Length; i++)
        {
            x[i * 7] = special[i];
        }

        Elementwise.Unary<TOp>(DType.Float64, x.Pointer, y.Pointer, x.Count);
        for (int i = 0; i < x.Count; i++)
        {
            double expected = function(x[i]);
            double tolerance = (relative * Math.Abs(expected)) + (relative > 0 ? 1e-323 : 0);
            Values.AreClose(expected, y[i], tolerance, $"f({x[i]:R})");
        }
    }

    /// <summary>Distance in units of the last place of the exact result as a float32.</summary>
    private static double UlpError(double actual, double exact)
    {
        if (double.IsNaN(exact) || double.IsNaN(actual))
            return double.IsNaN(exact) && double.IsNaN(actual) ? 0 : double.PositiveInfinity;
        if (float.IsInfinity((float)exact) || double.IsInfinity(actual))
        {
            // At the edge of the range, the largest number is as good as infinity.
            return actual == (float)exact || Math.Abs(actual) >= float.MaxValue && Math.Abs(exact) > 3.4028233e38
                ? 0
                : double.PositiveInfinity;
        }

        double unit = exact == 0 ? 0 : Math.Pow(2, Math.Floor(Math.Log2(Math.Abs(exact))) - 23);
        return Math.Abs(actual - exact) / Math.Max(unit, float.Epsilon);
    }

    /// <summary>A sweep of all bit patterns, what is special, and places where reductions of range change.</summary>
    private static IEnumerable<float> Inputs()
    {
        const uint Step = 30_011;
        for (ulong bits = 0; bits <= uint.MaxValue; bits += Step)
        {
            yield return BitConverter.UInt32BitsToSingle((uint)bits);
        }

        float[] special =
        [
            0,
            -0f,
            1,
            -1,
            0.5f,
            float.NaN,
            float.PositiveInfinity,
            float.NegativeInfinity,
            float.MaxValue,
            float.MinValue,
            float.Epsilon,
            -float.Epsilon,
            1.17549435e-38f,
            88.72283f,
            88.72284f,
            -87.33655f,
            -103.97f,
            -104f,
        ];
        foreach (float value in special)
        {
            yield return value;
        }

        for (int i = -8000; i < 8000; i++)
        {
            yield return i * 0.0013f;
            yield return 1 + (i * 1e-6f);
            yield return (float)(i * Math.PI / 2);
        }

        for (int i = 0; i < Block; i++)
        {
            yield return i * 0.025f;
        }
    }

    [TestMethod]
    public void Pow_IsAccurate()
    {
        var random = new Random(2);
        using var x = new Native(DType.Float32, Block);
        using var y = new Native(DType.Float32, Block);
        using var z = new Native(DType.Float32, Block);
        double[] special = [0, -0.0, 1, -1, 2, -2, 0.5, 3, -3, 1e30, 1e-40, double.NaN, 1 / 0.0, -1 / 0.0];
        for (int round = 0; round < 24; round++)
        {
            for (int i = 0; i < Block; i++)
            {
                x[i] = (round % 4) switch
                {
                    0 => BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32)),
                    1 => Math.Exp((random.NextDouble() * 20) - 10),
                    2 => 1 + ((random.NextDouble() - 0.5) * 0.01),
                    _ => random.Next(-10, 11),
                };
                y[i] = round % 8 < 4 ? (random.NextDouble() * 20) - 10 : random.Next(-9, 10);
                if (round % 8 == 6)
                    y[i] = (random.NextDouble() * 20000) - 10000;
                if (round == 23)
                {
                    x[i] = special[i % special.Length];
                    y[i] = special[i / special.Length % special.Length];
                }
            }

            Elementwise.Binary<Pow>(DType.Float32, x.Pointer, y.Pointer, z.Pointer, Block);
            for (int i = 0; i < Block; i++)
            {
                double exact = Math.Pow(x[i], y[i]);
                Assert.IsLessThanOrEqualTo(1.5, UlpError(z[i], exact), $"{x[i]:R}^{y[i]:R} = {z[i]:R}, not {exact:R}");
            }
        }
    }

    [TestMethod]
    public void Atan2_IsAccurate_InAllDirections()
    {
        var random = new Random(4);
        double[] special = [0, -0.0, 1, -1, 3e38, -3e38, 1e-40, -1e-44, 1e-37, double.NaN, 1 / 0.0, -1 / 0.0];
        using var y = new Native(DType.Float32, 16 * Block);
        using var x = new Native(DType.Float32, 16 * Block);
        using var z = new Native(DType.Float32, 16 * Block);
        for (int i = 0; i < x.Count; i++)
        {
            bool isSpecial = i < special.Length * special.Length;
            int exponent = i % 2 == 0 ? random.Next(-44, 39) : 0;
            x[i] = isSpecial ? special[i % special.Length] : random.NextDouble() - 0.5;
            y[i] = isSpecial ? special[i / special.Length] : (random.NextDouble() - 0.5) * Math.Pow(10, exponent);
        }

        Elementwise.Binary<Atan2>(DType.Float32, y.Pointer, x.Pointer, z.Pointer, x.Count);
        for (int i = 0; i < x.Count; i++)
        {
            double exact = Math.Atan2(y[i], x[i]);
            string what = $"atan2({y[i]:R}, {x[i]:R}) = {z[i]:R}, not {exact:R}";
            Assert.IsLessThanOrEqualTo(3, UlpError(z[i], exact), what);
            if (!double.IsNaN(exact)) // Whose sign means nothing and differs between processors.
            {
                Assert.AreEqual(double.IsNegative(exact), double.IsNegative(z[i]), what);
            }
        }
    }

    [TestMethod]
    public void SignOfZero_IsKeptByOddFunctions()
    {
        Assert.IsTrue(double.IsNegative(Apply<Sin>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Tan>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Tanh>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Sinh>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Asinh>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Atanh>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Asin>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Atan>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Cbrt>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Expm1>(-0.0)));
        Assert.IsTrue(double.IsNegative(Apply<Log1p>(-0.0)));
    }

    [TestMethod]
    public void Hypot_NeitherOverflowsNorUnderflows()
    {
        double[] x = [3, 3e38 / 2, 1e-44, 0, double.PositiveInfinity, double.NaN, -5];
        double[] y = [4, 3e38 / 2, 1e-44, 0, double.NaN, 1, 12];
        using Native a = Native.Of(DType.Float32, x);
        using Native b = Native.Of(DType.Float32, y);
        using var z = new Native(DType.Float32, x.Length);
        Elementwise.Binary<Hypot>(DType.Float32, a.Pointer, b.Pointer, z.Pointer, x.Length);
        for (int i = 0; i < x.Length; i++)
        {
            Assert.IsLessThanOrEqualTo(1.5, UlpError(z[i], double.Hypot(a[i], b[i])), $"{x[i]}, {y[i]}");
        }
    }

    private static double Apply<TOp>(double value)
        where TOp : struct, IUnaryOp
    {
        using Native x = Native.Of(DType.Float32, [value]);
        using var y = new Native(DType.Float32, 1);
        Elementwise.Unary<TOp>(DType.Float32, x.Pointer, y.Pointer, 1);
        return y[0];
    }

    private readonly struct Exp : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Exp(x);
    }

    private readonly struct Exp2 : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Exp2(x);
    }

    private readonly struct Expm1 : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Expm1(x);
    }

    private readonly struct Log : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Log(x);
    }

    private readonly struct Log2 : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Log2(x);
    }

    private readonly struct Log10 : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Log10(x);
    }

    private readonly struct Log1p : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Log1p(x);
    }

    private readonly struct Tanh : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Tanh(x);
    }

    private readonly struct Sigmoid : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Sigmoid(x);
    }

    private readonly struct Softplus : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Softplus(x);
    }

    private readonly struct Sinh : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Sinh(x);
    }

    private readonly struct Cosh : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Cosh(x);
    }

    private readonly struct Asinh : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Asinh(x);
    }

    private readonly struct Acosh : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Acosh(x);
    }

    private readonly struct Atanh : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Atanh(x);
    }

    private readonly struct Sin : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Sin(x);
    }

    private readonly struct Cos : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Cos(x);
    }

    private readonly struct Tan : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Tan(x);
    }

    private readonly struct Asin : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Asin(x);
    }

    private readonly struct Acos : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Acos(x);
    }

    private readonly struct Atan : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Atan(x);
    }

    private readonly struct Cbrt : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Cbrt(x);
    }

    private readonly struct Rsqrt : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Rsqrt(x);
    }

    private readonly struct Rcbrt : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Rcbrt(x);
    }

    private readonly struct Erf : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Erf(x);
    }

    private readonly struct Gamma : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Gamma(x);
    }

    private readonly struct LogGamma : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.LogGamma(x);
    }

    private readonly struct Digamma : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Digamma(x);
    }

    private readonly struct Pow : IBinaryOp
    {
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => SimdMath.Pow(x, y);
    }

    private readonly struct Atan2 : IBinaryOp
    {
        public static V Invoke<V>(V y, V x)
            where V : struct, ISimd<V> => SimdMath.Atan2(y, x);
    }

    private readonly struct Hypot : IBinaryOp
    {
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => SimdMath.Hypot(x, y);
    }
}
