using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

public static partial class SimdMath
{
    /// <summary>The natural logarithm. Error 0.9 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Log>(x);
        V simple = IsPositiveNormal(x);
        V mantissa = SplitExponent(x, out V exponent);
        V result = LogOf(mantissa, exponent);
        return V.All(simple) ? result : LogSpecial(simple, result, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V IsPositiveNormal<V>(V x)
        where V : struct, ISimd<V> =>
        V.GreaterOrEqual(x, V.Constant(V.ElementSize == 8 ? 2.2250738585072014e-308 : 1.17549435e-38))
        & V.LessOrEqual(x, V.MaxValue);

    /// <summary>Splits a positive normal number into a power of two and a factor m between √½ and √2; returns m - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V SplitExponent<V>(V x, out V exponent)
        where V : struct, ISimd<V> => SplitExponent(x, out exponent, out _);

    /// <summary>As the other, and gives the inverse of the power of two as well, for all but the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V SplitExponent<V>(V x, out V exponent, out V inverse)
        where V : struct, ISimd<V>
    {
        // Moves the borders of binades from powers of two to √½ times them.
        V lowest = V.FromBits(V.ElementSize == 8 ? 0x3FE6A09E667F3BCD : 0x3F3504F3);
        V moved = V.AddBits(x, V.SubtractBits(V.One, lowest));
        V exponentBits = V.FromBits(V.ElementSize == 8 ? 0x7FF0000000000000 : 0x7F800000);
        V twiceTheBias = V.FromBits(V.ElementSize == 8 ? 0x7FE0000000000000 : 0x7F000000);
        inverse = V.SubtractBits(twiceTheBias, moved & exponentBits);
        V mantissaBits = V.FromBits(V.ElementSize == 8 ? 0x000FFFFFFFFFFFFF : 0x007FFFFF);

        // The biased exponent in the low mantissa bits of a large power of two, whose value and the bias then go.
        V biased =
            V.ShiftRight(moved, V.ElementSize == 8 ? 52 : 23)
            | V.Constant(V.ElementSize == 8 ? 4503599627370496.0 : 8388608.0);
        exponent = biased - V.Constant(V.ElementSize == 8 ? 4503599627370496.0 + 1023 : 8388608.0 + 127);
        return V.AddBits(moved & mantissaBits, lowest) - V.One;
    }

    /// <summary><c>log(1 + f) - (f - f²/2)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogTail<V>(V f, V halfSquare)
        where V : struct, ISimd<V>
    {
        V sum;
        if (V.ElementSize == 8)
        {
            // In s = f / (2 + f), as FDLIBM does.
            V s = f / (V.Constant(2) + f);
            V z = s * s;
            sum = V.MultiplyAdd(V.Constant(0.130866261478401021), z, V.Constant(0.132687731386568852));
            sum = V.MultiplyAdd(sum, z, V.Constant(0.153862397028146582));
            sum = V.MultiplyAdd(sum, z, V.Constant(0.181817956401329063));
            sum = V.MultiplyAdd(sum, z, V.Constant(0.222222223917139174));
            sum = V.MultiplyAdd(sum, z, V.Constant(0.285714285708036118));
            sum = V.MultiplyAdd(sum, z, V.Constant(0.40000000000000877));
            sum = V.MultiplyAdd(sum, z, V.Constant(0.666666666666666665));
            return s * V.MultiplyAdd(sum, z, halfSquare);
        }

        // Pairs first (Estrin's scheme): the chain of dependent operations is what limits this function.
        V square = f * f;
        V p01 = V.MultiplyAdd(V.Constant(-0.250003064225697946), f, V.Constant(0.333333307281906765));
        V p23 = V.MultiplyAdd(V.Constant(-0.16641281463106393), f, V.Constant(0.200010450941606803));
        V p45 = V.MultiplyAdd(V.Constant(-0.129981837636515291), f, V.Constant(0.142144959239479628));
        V p67 = V.MultiplyAdd(V.Constant(-0.0790274377239344096), f, V.Constant(0.126223198492283764));
        sum = V.MultiplyAdd(p67, square, p45);
        sum = V.MultiplyAdd(sum, square * square, V.MultiplyAdd(p23, square, p01));
        return sum * (f * square);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogOf<V>(V f, V exponent)
        where V : struct, ISimd<V>
    {
        V high = V.Constant(V.ElementSize == 8 ? 0.693147180369123816490 : 0.693359375);
        V low = V.Constant(V.ElementSize == 8 ? 1.90821492927058770002e-10 : -2.12194440054690583e-4);
        V square = f * f;
        V tail = V.MultiplyAdd(exponent, low, LogTail(f, V.Constant(0.5) * square));
        return V.MultiplyAdd(exponent, high, f + V.MultiplyAdd(square, V.Constant(-0.5), tail));
    }

    /// <summary>Any x: 0, below the normal numbers, negative, infinite, NaN.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V LogSpecial<V>(V simple, V result, V x)
        where V : struct, ISimd<V>
    {
        V scaled = x * V.Constant(V.ElementSize == 8 ? 18014398509481984.0 : 33554432.0);
        V mantissa = SplitExponent(scaled, out V exponent);
        V log = LogOf(mantissa, exponent - V.Constant(V.ElementSize == 8 ? 54 : 25));
        log = V.Select(V.Equal(x, V.Zero), V.Constant(double.NegativeInfinity), log);
        log = V.Select(V.Less(x, V.Zero), V.Constant(double.NaN), log);
        log = V.Select(V.IsNaN(x) | V.Greater(x, V.MaxValue), x, log);
        return V.Select(simple, result, log);
    }

    /// <summary>The logarithm to base 2. Error 1.8 ulp; exact for powers of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log2<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Log2>(x);
        V simple = IsPositiveNormal(x);
        V f = SplitExponent(x, out V exponent);
        V halfSquare = V.Constant(0.5) * (f * f);
        V fraction = f - (halfSquare - LogTail(f, halfSquare));
        V result = V.MultiplyAdd(fraction, V.Constant(1.4426950408889634), exponent);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Log2>(simple, result, x);
    }

    /// <summary>The logarithm to base 10. Error 1.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log10<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Log10>(x);
        V simple = IsPositiveNormal(x);
        V f = SplitExponent(x, out V exponent);
        V halfSquare = V.Constant(0.5) * (f * f);
        V fraction = f - (halfSquare - LogTail(f, halfSquare));

        // log10(2) in two parts, the first with few bits, so that its products with exponents are exact.
        V high = V.Constant(V.ElementSize == 8 ? 3.01029995663611771306e-01 : 0.30078125);
        V low = V.Constant(V.ElementSize == 8 ? 3.69423907715893078616e-13 : 0.000248745663981195213739);
        V tail = V.MultiplyAdd(fraction, V.Constant(0.43429448190325183), exponent * low);
        V result = V.MultiplyAdd(exponent, high, tail);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Log10>(simple, result, x);
    }

    /// <summary><c>log(1 + x)</c>, accurate near 0. Error 1.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1p<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Log1p>(x);

        // What rounding took from 1 + x is put back where its exponent has been taken away.
        V sum = V.One + x;
        V simple = V.Greater(sum, V.Zero) & V.LessOrEqual(sum, V.Constant(V.ElementSize == 8 ? 1e300 : 1e38));
        V rounded = SplitExponent(sum, out V exponent, out V inverse);
        V f = V.MultiplyAdd(x - (sum - V.One), inverse, rounded);
        V result = V.CopySign(LogOf(f, exponent), x);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Log1p>(simple, result, x);
    }

    /// <summary>The inverse of the hyperbolic sine. Error 2.2 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Asinh<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Asinh>(x);
        V magnitude = V.Abs(x);
        V square = magnitude * magnitude;
        V root = V.Sqrt(square + V.One);
        V result = V.CopySign(Log1p(magnitude + (square / (root + V.One))), x);
        V large = V.Greater(magnitude, V.Constant(1e18));
        return V.Any(large) ? Repair<V, ScalarFunctions.Asinh>(~large, result, x) : result;
    }

    /// <summary>The inverse of the hyperbolic cosine. Error 2.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Acosh<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Acosh>(x);
        V above = x - V.One;
        V result = Log1p(above + V.Sqrt(V.MultiplyAdd(above, above, above + above)));
        result = V.Select(V.Less(x, V.One), V.Constant(double.NaN), result);
        V large = V.Greater(x, V.Constant(1e18));
        return V.Any(large) ? Repair<V, ScalarFunctions.Acosh>(~large, result, x) : result;
    }

    /// <summary>The inverse of the hyperbolic tangent. Error 2.2 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atanh<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Atanh>(x);
        V magnitude = V.Abs(x);
        V ratio = (magnitude + magnitude) / (V.One - magnitude);
        return V.CopySign(V.Constant(0.5) * Log1p(ratio), x);
    }
}
