using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <content>The gamma function and its relatives (Abramowitz &amp; Stegun, chapter 6).</content>
public static partial class SimdMath
{
    /// <summary>Up to here arguments are brought near 2 by the recurrence; the products stay exact enough.</summary>
    private const double LargestProduct = 10.5;

    private const int LargestSteps = 8;

    /// <summary>Beyond it x log x leaves float32.</summary>
    private const double LargestStirling = 1e36;

    /// <summary>The gamma function; float32 to 6 units, by its value near 2 and a product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gamma<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Gamma>(x);
        V simple = IsPositiveNormal(x) & V.LessOrEqual(x, V.Constant(LargestProduct));
        V product = NearTwo(x, out V z, out V isSmall);
        V near = Exp(LogGammaAtTwo(z));
        V result = V.Select(isSmall, near / product, near * product);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Gamma>(simple, result, x);
    }

    /// <summary>The logarithm of the magnitude of the gamma function; float32 to 6 units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogGamma<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.LogGamma>(x);
        V simple = IsPositiveNormal(x) & V.LessOrEqual(x, V.Constant(LargestStirling));
        V product = NearTwo(x, out V z, out V isSmall);
        V isLarge = V.Greater(x, V.Constant(LargestProduct));
        V logarithm = Log(V.Select(isLarge, x, product));
        V near = LogGammaAtTwo(z);
        V result = V.Select(isSmall, near - logarithm, near + logarithm);
        // Stirling's series, so ordered that little cancels.
        V inverse = V.One / x;
        V square = inverse * inverse;
        V tail = V.MultiplyAdd(V.Constant(1 / 1260.0), square, V.Constant(-1 / 360.0));
        tail = V.MultiplyAdd(tail, square, V.Constant(1 / 12.0));
        tail = V.MultiplyAdd(tail, inverse, V.Constant(0.91893853320467274178 - 0.5));
        V large = V.MultiplyAdd(x - V.Constant(0.5), logarithm - V.One, tail);
        result = V.Select(isLarge, large, result);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.LogGamma>(simple, result, x);
    }

    /// <summary>
    /// The derivative of <see cref="LogGamma"/>; float32 to 6 units, near its zero at 1.46 to 5e-7: the recurrence up to 6,
    /// then the asymptotic series.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Digamma<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Digamma>(x);
        V simple = IsPositiveNormal(x);
        V six = V.Constant(6);
        // The largest term goes last: before it, roundings are small.
        V first = V.Less(x, six) & (V.One / x);
        V t = x + (V.Less(x, six) & V.One);
        V sum = V.Zero;
        for (int i = 1; i < 6; i++)
        {
            V isBelow = V.Less(t, six);
            sum -= isBelow & (V.One / t);
            t += isBelow & V.One;
        }

        V inverse = V.One / t;
        V square = inverse * inverse;
        V series = V.MultiplyAdd(V.Constant(-1 / 252.0), square, V.Constant(1 / 120.0));
        series = V.MultiplyAdd(series, square, V.Constant(-1 / 12.0));
        series = V.MultiplyAdd(series, square, V.Constant(-0.5) * inverse);
        V result = sum + (Log(t) + series) - first;
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Digamma>(simple, result, x);
    }

    /// <summary>
    /// Writes a positive argument, not above <see cref="LargestProduct"/>, as 2 + z and whole steps with |z| at most a half: gamma(x) is
    /// gamma(2 + z) times the product, or divided by it where the argument is small.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V NearTwo<V>(V x, out V z, out V isSmall)
        where V : struct, ISimd<V>
    {
        V half = V.Constant(2.5);
        V t = x;
        V product = V.One;
        for (int i = 0; i < LargestSteps; i++)
        {
            V isAbove = V.Greater(t, half);
            t -= isAbove & V.One;
            product *= V.Select(isAbove, t, V.One);
        }

        // Steps upwards are not taken but counted: near 1, where the result is 0, what is left must be exact.
        isSmall = V.Less(x, V.Constant(1.5));
        V isTiny = V.Less(x, V.Constant(0.5));
        product = V.Select(isSmall, V.Select(isTiny, x * (V.One + x), x), product);
        z = V.Select(isSmall, x - (V.One & ~isTiny), t - V.Constant(2));
        return product;
    }

    /// <summary>log(gamma(2 + z)) for |z| up to a half: its Taylor series, whose terms shrink to a quarter each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogGammaAtTwo<V>(V z)
        where V : struct, ISimd<V>
    {
        V sum = V.MultiplyAdd(V.Constant(0.000020507212775670691553), z, V.Constant(-0.0000449262367381331417));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.000099457512781808533715));
        sum = V.MultiplyAdd(sum, z, V.Constant(-0.00022315475845357937976));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.00050966952474304242234));
        sum = V.MultiplyAdd(sum, z, V.Constant(-0.0011927539127032609771));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.0028905103307415232858));
        sum = V.MultiplyAdd(sum, z, V.Constant(-0.0073855510286739852663));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.020580808427784547879));
        sum = V.MultiplyAdd(sum, z, V.Constant(-0.067352301053198095133));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.32246703342411321824));
        return z * V.MultiplyAdd(sum, z, V.Constant(0.42278433509846713939));
    }
}
