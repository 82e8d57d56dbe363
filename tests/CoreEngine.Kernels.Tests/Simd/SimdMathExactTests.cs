using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels.Tests;

/// <summary>The functions whose results are exact: rounding, sign, and the remainders of a division.</summary>
[TestClass]
public sealed unsafe class SimdMathExactTests
{
    [TestMethod]
    public void RoundingAndSign_FollowMxnet()
    {
        (double X, double Away, double Down, double Sign)[] cases =
        [
            (-0.5, -1, -1, -1),
            (0.5, 1, 0, 1),
            (1.5, 2, 1, 1),
            (-1.5, -2, -2, -1),
            (2.5, 3, 2, 1),
            (0.49999997, 0, 0, 1),
            (8388609, 8388609, 8388609, 1),
            (0, 0, 0, 0),
            (2.6, 3, 3, 1),
            (-2.6, -3, -3, -1),
        ];
        foreach ((double x, double away, double down, double sign) in cases)
        {
            Assert.AreEqual(away, Apply<RoundAway>(x), $"round({x})");
            Assert.AreEqual(down, Apply<RoundHalfDown>(x), $"rint({x})");
            Assert.AreEqual(sign, Apply<Sign>(x), $"sign({x})");
        }

        Assert.AreEqual(0, Apply<Sign>(double.NaN));
    }

    [TestMethod]
    public void Fmod_IsExact()
    {
        double[] special =
        [
            0.0,
            -0.0,
            1,
            -1,
            0.5,
            3,
            1e-45,
            -1e-40,
            1.1754944e-38,
            1e-30,
            2e-30,
            3.4e38,
            -3.4e38,
            double.PositiveInfinity,
            double.NegativeInfinity,
            double.NaN,
            4194304,
            2097151.5,
            0.1,
            16777216,
        ];
        var random = new Random(1);
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            var xs = new List<double>();
            var ys = new List<double>();
            foreach (double x in special)
            {
                foreach (double y in special)
                {
                    xs.Add(x);
                    ys.Add(y);
                }
            }

            for (int i = 0; i < 20_000; i++)
            {
                double y = Values.Round(dtype, (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 7)));
                // Any quotient, and such that are nearly whole.
                double quotient = random.Next(3) == 0 ? random.Next(-3_000_000, 3_000_000) : random.NextDouble() * 1000;
                ys.Add(y);
                xs.Add(y * quotient);
            }

            using Native a = Native.Of(dtype, xs.ToArray());
            using Native b = Native.Of(dtype, ys.ToArray());
            using var z = new Native(dtype, xs.Count);
            Elementwise.Binary<Remainder>(dtype, a.Pointer, b.Pointer, z.Pointer, xs.Count);
            for (int i = 0; i < xs.Count; i++)
            {
                double exact = a[i] % b[i];
                bool same = exact.Equals(z[i]) && double.IsNegative(exact) == double.IsNegative(z[i]);
                Assert.IsTrue(
                    same || double.IsNaN(exact) && double.IsNaN(z[i]),
                    $"{dtype} {a[i]:R} % {b[i]:R}: {z[i]:R}"
                );
            }
        }
    }

    [TestMethod]
    [DataRow(7.0, 3.0, 1.0)]
    [DataRow(-7.0, 3.0, 2.0)]
    [DataRow(7.0, -3.0, -2.0)]
    [DataRow(-7.0, -3.0, -1.0)]
    [DataRow(6.0, 3.0, 0.0)]
    [DataRow(-6.0, 3.0, 0.0)]
    [DataRow(5.0, 0.0, 0.0)]
    public void Modulo_TakesTheDivisorsSign(double x, double y, double expected)
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float64, DType.Int32 })
        {
            using Native a = Native.Of(dtype, [x]);
            using Native b = Native.Of(dtype, [y]);
            using var z = new Native(dtype, 1);
            Elementwise.Binary<Modulo>(dtype, a.Pointer, b.Pointer, z.Pointer, 1);
            Assert.AreEqual(expected, z[0]);
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

    private readonly struct RoundAway : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.RoundAway(x);
    }

    private readonly struct RoundHalfDown : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.RoundHalfDown(x);
    }

    private readonly struct Sign : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => SimdMath.Sign(x);
    }

    private readonly struct Remainder : IBinaryOp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => SimdMath.Fmod(x, y);
    }

    private readonly struct Modulo : IBinaryOp
    {
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => SimdMath.Modulo(x, y);
    }
}
