using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

public static partial class SimdMath
{
    /// <summary>x to the power y, as <see cref="Math.Pow"/>. Error 1.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Pow<V>(V x, V y)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Pow>(x, y);
        return PowSingle(x, y);
    }

    /// <summary><c>exp(y log|x|)</c> with the logarithm and the product in two parts each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowSingle<V>(V x, V y)
        where V : struct, ISimd<V>
    {
        V magnitude = V.Abs(x);
        V f = SplitExponent(magnitude, out V exponent);

        // s = f / (2 + f), high and low.
        V divisor = f + V.Constant(2);
        V divisorLow = f - (divisor - V.Constant(2));
        V s = f / divisor;
        V sLow = (V.FusedMultiplyAdd(-s, divisor, f) - (s * divisorLow)) / divisor;

        // log(1 + f) = 2 s + s³ R(s²).
        V z = s * s;
        V sum = V.MultiplyAdd(V.Constant(0.23330467216304), z, V.Constant(0.28550820815961));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.40000121839806));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.66666666554497));
        V high = s + s;
        V low = V.MultiplyAdd(s * z, sum, sLow + sLow);

        // Adding the exponent's share; what rounding takes from the sum goes to the low part.
        V share = exponent * V.Constant(0.693359375);
        V total = share + high;
        V taken = total - share;
        V lost = (share - (total - taken)) + (high - taken);
        low = V.MultiplyAdd(exponent, V.Constant(-2.12194440054690583e-4), low + lost);
        V logHigh = total + low;
        low = low - (logHigh - total);

        V product = y * logHigh;
        V productLow = V.MultiplyAdd(y, low, V.FusedMultiplyAdd(y, logHigh, -product));
        V shifted = ExpReduce(product, out V remainder);
        V result = V.AddBits(V.One + ExpMinusOne(remainder + productLow), ExponentBits(shifted));

        // A negative x takes whole powers only, whose oddness gives the sign.
        V negative = V.Less(x, V.Zero);
        V half = y * V.Constant(0.5);
        V whole = V.Equal(V.Round(y), y);
        V odd = V.NotEqual(V.Round(half), half);
        V signed = V.Select(whole, V.Select(odd, -result, result), V.Constant(double.NaN));
        result = V.Select(negative, signed, result);

        V simple = IsPositiveNormal(magnitude) & V.LessOrEqual(V.Abs(product), V.Constant(87));
        return V.All(simple) ? result : RepairBinary<V, ScalarFunctions.Pow>(simple, result, x, y);
    }

    /// <summary>The cube root. Error 0.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cbrt<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Cbrt>(x);
        V magnitude = V.Abs(x);
        V root = Exp(Log(magnitude) * V.Constant(1.0 / 3));

        // One step of Newton's method removes the error of exp and log.
        V correction = (root - (magnitude / (root * root))) * V.Constant(1.0 / 3);
        V result = V.CopySign(root - correction, x);
        V special = V.Equal(x, V.Zero) | V.Greater(magnitude, V.MaxValue);
        return V.Select(special, x, result);
    }

    /// <summary><c>1 / sqrt(x)</c>. Error 1.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Rsqrt<V>(V x)
        where V : struct, ISimd<V> => V.One / V.Sqrt(x);

    /// <summary><c>1 / cbrt(x)</c>. Error 1.8 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Rcbrt<V>(V x)
        where V : struct, ISimd<V> => V.One / Cbrt(x);

    /// <summary>The error function. Error 2.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Erf>(x);
        V z = x * x;
        V near = V.MultiplyAdd(V.Constant(-9.66704457148699642e-6), z, V.Constant(0.00011265959025606609));
        near = V.MultiplyAdd(near, z, V.Constant(-0.000848408040553510629));
        near = V.MultiplyAdd(near, z, V.Constant(0.0052210318078580228));
        near = V.MultiplyAdd(near, z, V.Constant(-0.0268654307276702429));
        near = V.MultiplyAdd(near, z, V.Constant(0.112837824952368445));
        near = V.MultiplyAdd(near, z, V.Constant(-0.376126384680287104));
        near = V.MultiplyAdd(near, z, V.Constant(1.12837916706154342));

        // 1 - exp(-P(|x|)); beyond 4 it rounds to 1.
        V a = V.Min(V.Constant(4), V.Abs(x));
        V far = V.MultiplyAdd(V.Constant(-1.6371514145936e-6), a, V.Constant(4.605804268919e-5));
        far = V.MultiplyAdd(far, a, V.Constant(-0.00059680562566078));
        far = V.MultiplyAdd(far, a, V.Constant(0.0047595962932663));
        far = V.MultiplyAdd(far, a, V.Constant(-0.026421136005664));
        far = V.MultiplyAdd(far, a, V.Constant(0.11008008294882));
        far = V.MultiplyAdd(far, a, V.Constant(0.63182605155916));
        far = V.MultiplyAdd(far, a, V.Constant(1.130233434842));
        far = V.MultiplyAdd(far, a, V.Constant(-0.0003201380496777));
        V tail = V.CopySign(-Expm1Simple(-far), x);
        return V.Select(V.Less(z, V.One), near * x, tail);
    }
}
