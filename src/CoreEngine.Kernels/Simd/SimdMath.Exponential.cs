using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

// Polynomials are Chebyshev interpolants over the reduced range, computed with 40 digits.
public static partial class SimdMath
{
    /// <summary>e to the power x. Error 1.1 ulp; 1e-16 relative in float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Exp>(x);

        // Where the result is a normal number, its exponent is simply added. NaN takes the other way, too.
        V simple = V.LessOrEqual(V.Abs(x), V.Constant(V.ElementSize == 8 ? 708.0 : 87.3));
        V power = ExpReduce(x, out V remainder);
        V result = V.AddBits(V.One + ExpMinusOne(remainder), ExponentBits(power));
        return V.All(simple) ? result : ExpSpecial(simple, result, x);
    }

    /// <summary>
    /// e to the power of an x that is not above 0: as <see cref="Exp"/>, but results below the normal numbers are 0. No call
    /// is left in a loop around it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V ExpOfNegative<V>(V x)
        where V : struct, ISimd<V>
    {
        V least = V.Constant(V.ElementSize == 8 ? -708.0 : -87.3);

        // The order of Max's arguments lets NaN through.
        V power = ExpReduce(V.Max(least, x), out V remainder);
        V result = V.AddBits(V.One + ExpMinusOne(remainder), ExponentBits(power));
        return result & ~V.Less(x, least);
    }

    /// <summary>Splits <c>x = n ln 2 + remainder</c>; returns n plus the magic number, in whose low bits n stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpReduce<V>(V x, out V remainder)
        where V : struct, ISimd<V>
    {
        V shifted = V.MultiplyAdd(x, V.Constant(1.4426950408889634), Magic<V>());
        V n = shifted - Magic<V>();
        if (V.ElementSize == 8)
        {
            remainder = V.MultiplyAdd(n, V.Constant(-0.693147180369123816490), x);
            remainder = V.MultiplyAdd(n, V.Constant(-1.90821492927058770002e-10), remainder);
        }
        else
        {
            remainder = V.MultiplyAdd(n, V.Constant(-0.693359375), x);
            remainder = V.MultiplyAdd(n, V.Constant(2.12194440054690583e-4), remainder);
        }

        return shifted;
    }

    /// <summary>1.5 times two to the number of mantissa bits: adding it rounds to an integer, which the low bits hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Magic<V>()
        where V : struct, ISimd<V> => V.Constant(V.ElementSize == 8 ? 6755399441055744.0 : 12582912.0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExponentBits<V>(V shifted)
        where V : struct, ISimd<V> => V.ShiftLeft(shifted, V.ElementSize == 8 ? 52 : 23);

    /// <summary>Two to the power n, for n that a normal number's exponent can hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwo<V>(V n)
        where V : struct, ISimd<V> => V.AddBits(V.One, ExponentBits(n + Magic<V>()));

    /// <summary><c>exp(r) - 1</c> for |r| up to half of ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpMinusOne<V>(V r)
        where V : struct, ISimd<V>
    {
        V sum;
        if (V.ElementSize == 8)
        {
            sum = V.MultiplyAdd(V.Constant(2.09146793765839351e-9), r, V.Constant(2.51052063739570111e-8));
            sum = V.MultiplyAdd(sum, r, V.Constant(2.75572736613486362e-7));
            sum = V.MultiplyAdd(sum, r, V.Constant(2.75572554257464343e-6));
            sum = V.MultiplyAdd(sum, r, V.Constant(2.48015873255333638e-5));
            sum = V.MultiplyAdd(sum, r, V.Constant(1.9841269874800492e-4));
            sum = V.MultiplyAdd(sum, r, V.Constant(1.38888888888837524e-3));
            sum = V.MultiplyAdd(sum, r, V.Constant(8.33333333332614088e-3));
            sum = V.MultiplyAdd(sum, r, V.Constant(4.16666666666666698e-2));
            sum = V.MultiplyAdd(sum, r, V.Constant(0.16666666666666671));
            sum = V.MultiplyAdd(sum, r, V.Constant(0.5));
        }
        else
        {
            sum = V.MultiplyAdd(V.Constant(0.00139261761199355789), r, V.Constant(0.0083631730745137109));
            sum = V.MultiplyAdd(sum, r, V.Constant(0.041666554662050534));
            sum = V.MultiplyAdd(sum, r, V.Constant(0.166665770255979882));
            sum = V.MultiplyAdd(sum, r, V.Constant(0.5));
        }

        return V.MultiplyAdd(r * r, sum, r);
    }

    /// <summary>Any x: overflow, results below the normal numbers, NaN. The power of two is applied in two halves.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V ExpSpecial<V>(V simple, V result, V x)
        where V : struct, ISimd<V>
    {
        V limited = V.Max(V.Constant(V.ElementSize == 8 ? -746.0 : -104.0), x);
        limited = V.Min(V.Constant(V.ElementSize == 8 ? 710.0 : 89.0), limited);
        V n = ExpReduce(limited, out V remainder) - Magic<V>();
        V half = V.Floor(n * V.Constant(0.5));
        V power = (V.One + ExpMinusOne(remainder)) * PowerOfTwo(half) * PowerOfTwo(n - half);
        return V.Select(simple, result, V.Select(V.IsNaN(x), x, power));
    }

    /// <summary>2 to the power x. Error 1.1 ulp; exact for whole x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp2<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Exp2>(x);
        V simple = V.LessOrEqual(V.Abs(x), V.Constant(V.ElementSize == 8 ? 1022.0 : 126.0));
        V shifted = x + Magic<V>();
        V remainder = (x - (shifted - Magic<V>())) * V.Constant(0.69314718055994531);
        V result = V.AddBits(V.One + ExpMinusOne(remainder), ExponentBits(shifted));
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Exp2>(simple, result, x);
    }

    /// <summary><c>exp(x) - 1</c>, accurate near 0. Error 1.6 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Expm1<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Expm1>(x);
        V simple = V.LessOrEqual(V.Abs(x), V.Constant(V.ElementSize == 8 ? 708.0 : 87.3));
        V result = V.Select(V.Equal(x, V.Zero), x, Expm1Simple(x));
        return V.All(simple) ? result : V.Select(simple, result, ExpSpecial(V.Zero, result, x) - V.One);
    }

    /// <summary><c>2^n exp(r) - 1 = 2^n (exp(r) - 1) + (2^n - 1)</c>, for x that does not overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Expm1Simple<V>(V x)
        where V : struct, ISimd<V>
    {
        V shifted = ExpReduce(x, out V remainder);
        V scale = V.AddBits(V.One, ExponentBits(shifted));
        return V.MultiplyAdd(scale, ExpMinusOne(remainder), scale - V.One);
    }

    /// <summary>The hyperbolic tangent. Error 2.3 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Tanh>(x);

        // Beyond the limit the result rounds to 1. The order of Min's arguments lets NaN through.
        V twice = V.Min(V.Constant(V.ElementSize == 8 ? 44.0 : 20.0), V.Abs(x + x));
        V minusOne = Expm1Simple(twice);
        return V.CopySign(minusOne / (minusOne + V.Constant(2)), x);
    }

    /// <summary>The logistic function <c>1 / (1 + exp(-x))</c>. Error 2.3 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x)
        where V : struct, ISimd<V>
    {
        // exp of a negative number never overflows, and small results keep their precision.
        V power = Exp(-V.Abs(x));
        return V.Select(V.Less(x, V.Zero), power, V.One) / (V.One + power);
    }

    /// <summary><c>log(1 + exp(x))</c>, without overflow. Error 2 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V>(V x)
        where V : struct, ISimd<V> => V.Max(V.Zero, x) + Log1p(Exp(-V.Abs(x)));

    /// <summary>The hyperbolic sine. Error 2.1 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sinh<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Sinh>(x);
        V magnitude = V.Abs(x);
        V simple = V.LessOrEqual(magnitude, V.Constant(V.ElementSize == 8 ? 708.0 : 87.3));
        V minusOne = Expm1Simple(magnitude);
        V result = V.CopySign(V.Constant(0.5) * (minusOne + (minusOne / (minusOne + V.One))), x);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Sinh>(simple, result, x);
    }

    /// <summary>The hyperbolic cosine. Error 1.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cosh<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Cosh>(x);
        V magnitude = V.Abs(x);
        V simple = V.LessOrEqual(magnitude, V.Constant(V.ElementSize == 8 ? 708.0 : 87.3));
        V power = ExpReduce(magnitude, out V remainder);
        power = V.AddBits(V.One + ExpMinusOne(remainder), ExponentBits(power));
        V result = V.MultiplyAdd(V.Constant(0.5), power, V.Constant(0.5) / power);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Cosh>(simple, result, x);
    }
}
