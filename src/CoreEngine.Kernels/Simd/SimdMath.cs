using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Elementary functions of vectors, for operators' bodies. The stated errors are units in the last place of float32.
/// </summary>
public static partial class SimdMath
{
    /// <summary>e to the power x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Exp>(x);

    /// <summary>2 to the power x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp2<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Exp2>(x);

    /// <summary>The natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Log>(x);

    /// <summary>The logarithm to base 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log2<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Log2>(x);

    /// <summary>The logarithm to base 10.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log10<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Log10>(x);

    /// <summary>The hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Tanh>(x);

    /// <summary>The sine of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sin<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Sin>(x);

    /// <summary>The cosine of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cos<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Cos>(x);

    /// <summary>The tangent of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tan<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Tan>(x);

    /// <summary>The angle whose sine is x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Asin<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Asin>(x);

    /// <summary>The angle whose cosine is x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Acos<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Acos>(x);

    /// <summary>The angle whose tangent is x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atan<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Atan>(x);

    /// <summary>The hyperbolic sine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sinh<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Sinh>(x);

    /// <summary>The hyperbolic cosine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cosh<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Cosh>(x);

    /// <summary>The inverse of the hyperbolic sine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Asinh<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Asinh>(x);

    /// <summary>The inverse of the hyperbolic cosine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Acosh<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Acosh>(x);

    /// <summary>The inverse of the hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atanh<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Atanh>(x);

    /// <summary>The cube root.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cbrt<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Cbrt>(x);

    /// <summary><c>exp(x) - 1</c>, accurate near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Expm1<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Expm1>(x);

    /// <summary><c>log(1 + x)</c>, accurate near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1p<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Log1p>(x);

    /// <summary>The error function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Erf>(x);

    /// <summary>The complement of the error function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erfc<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Erfc>(x);

    /// <summary>The gamma function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gamma<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Gamma>(x);

    /// <summary>The logarithm of the magnitude of the gamma function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogGamma<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.LogGamma>(x);

    /// <summary>The derivative of <see cref="LogGamma"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Digamma<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Digamma>(x);

    /// <summary>The derivative of <see cref="Digamma"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Trigamma<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Trigamma>(x);

    /// <summary>x to the power y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Pow<V>(V x, V y)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Pow>(x, y);

    /// <summary>The angle of the point (x, y), as <see cref="Math.Atan2"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atan2<V>(V y, V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Atan2>(y, x);

    /// <summary>The remainder with the sign of the dividend, exact; by 0 it is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Fmod<V>(V x, V y)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Fmod>(x, y);

    /// <summary>
    /// The remainder with the sign of the divisor, as Python's and MXNet's <c>mod</c>; by 0 it is 0, and so it is for
    /// integers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Modulo<V>(V x, V y)
        where V : struct, ISimd<V>
    {
        V remainder = Fmod(x, y);
        V wrongSide = V.NotEqual(remainder, V.Zero) & (V.Less(remainder, V.Zero) ^ V.Less(y, V.Zero));
        return V.Select(V.Equal(y, V.Zero), V.Zero, V.Select(wrongSide, remainder + y, remainder));
    }

    /// <summary>The logistic function <c>1 / (1 + exp(-x))</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x)
        where V : struct, ISimd<V> => V.One / (V.One + Exp(-x));

    /// <summary><c>log(1 + exp(x))</c>, without overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V>(V x)
        where V : struct, ISimd<V> => V.Max(V.Zero, x) + Log1p(Exp(-V.Abs(x)));

    /// <summary><c>1 / sqrt(x)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Rsqrt<V>(V x)
        where V : struct, ISimd<V> => V.One / V.Sqrt(x);

    /// <summary><c>1 / cbrt(x)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Rcbrt<V>(V x)
        where V : struct, ISimd<V> => V.One / Cbrt(x);

    /// <summary><c>sqrt(x² + y²)</c> without overflow or underflow on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Hypot<V>(V x, V y)
        where V : struct, ISimd<V>
    {
        V a = V.Abs(x);
        V b = V.Abs(y);
        V large = V.Max(a, b);
        V small = V.Min(a, b);
        V ratio = small / large;
        V length = large * V.Sqrt(V.MultiplyAdd(ratio, ratio, V.One));
        V special = V.Equal(large, V.Zero) | V.Equal(large, V.Constant(double.PositiveInfinity));
        V anyInfinite =
            V.Equal(a, V.Constant(double.PositiveInfinity)) | V.Equal(b, V.Constant(double.PositiveInfinity));
        length = V.Select(special, large, length);
        length = V.Select(V.IsNaN(x) | V.IsNaN(y), V.Constant(double.NaN), length);
        return V.Select(anyInfinite, V.Constant(double.PositiveInfinity), length);
    }

    /// <summary>-1, 0 or 1; NaN gives 0, as in MXNet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sign<V>(V x)
        where V : struct, ISimd<V> => (V.Greater(x, V.Zero) & V.One) | (V.Less(x, V.Zero) & (V.Zero - V.One));

    /// <summary>Rounds half away from zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V RoundAway<V>(V x)
        where V : struct, ISimd<V>
    {
        // Truncate(|x| + 0.5) would round 0.49999997 up; comparing the fraction does not.
        V magnitude = V.Abs(x);
        V whole = V.Truncate(magnitude);
        V up = V.GreaterOrEqual(magnitude - whole, V.Constant(0.5)) & V.One;
        return V.CopySign(whole + up, x);
    }

    /// <summary>Rounds to nearest; halves go to the smaller integer, as MXNet's <c>rint</c>: -0.5 to -1, 1.5 to 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V RoundHalfDown<V>(V x)
        where V : struct, ISimd<V>
    {
        V floor = V.Floor(x);
        V up = V.Greater(x - floor, V.Constant(0.5)) & V.One;
        return floor + up;
    }
}
