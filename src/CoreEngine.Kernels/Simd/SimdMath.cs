using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Elementary functions of vectors, for operators' bodies. The stated errors are the largest of float32, in units in the
/// last place. In float64 relative errors stay below 8e-16; what has no vector form there is <see cref="Math"/>'s own.
/// </summary>
public static partial class SimdMath
{
    // The rare ways out of a function are calls that take all they need and give the whole result: whatever lived across
    // the call would be kept in memory by the common way, too.

    /// <summary>Replaces lanes outside of the mask by a float64 function's values.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Repair<V, TFunction>(V simple, V result, V x)
        where V : struct, ISimd<V>
        where TFunction : struct, IScalarFunction => V.Select(simple, result, V.Map<TFunction>(x));

    /// <summary>Replaces lanes outside of the mask by a float64 function's values.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V RepairBinary<V, TFunction>(V simple, V result, V x, V y)
        where V : struct, ISimd<V>
        where TFunction : struct, IScalarBinaryFunction => V.Select(simple, result, V.Map<TFunction>(x, y));

    /// <summary>The complement of the error function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erfc<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Erfc>(x);

    /// <summary>The derivative of <see cref="Digamma"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Trigamma<V>(V x)
        where V : struct, ISimd<V> => V.Map<ScalarFunctions.Trigamma>(x);

    /// <summary>The remainder with the sign of the dividend, exact; by 0 it is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Fmod<V>(V x, V y)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return V.Map<ScalarFunctions.Fmod>(x, y);

        // While the quotient is a number of few bits, truncating it is wrong by at most one, and what is left after it is
        // exact in a fused operation.
        V divisor = V.Abs(y);
        V dividend = V.Abs(x);
        V quotient = dividend / divisor;
        V rest = V.FusedMultiplyAdd(-V.Truncate(quotient), divisor, dividend);
        rest = V.Select(V.Less(rest, V.Zero), rest + divisor, rest);
        V limit = V.Constant(V.ElementSize == 8 ? 1125899906842624.0 : 2097152.0);
        V smallest = V.Constant(V.ElementSize == 8 ? 1e-290 : 1e-30);
        V simple = V.Less(quotient, limit) & V.Greater(divisor, smallest) & V.LessOrEqual(divisor, V.MaxValue);
        V result = V.CopySign(rest, x);
        return V.All(simple) ? result : RepairBinary<V, ScalarFunctions.Fmod>(simple, result, x, y);
    }

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

    /// <summary><c>sqrt(x² + y²)</c> without overflow or underflow on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Hypot<V>(V x, V y)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat)
            return ScaledHypot(x, y);
        // Where the squares neither overflow nor vanish, their sum is all it takes.
        bool isSingle = V.ElementSize == sizeof(float);
        V sum = V.MultiplyAdd(x, x, y * y);
        V simple =
            V.Greater(sum, V.Constant(isSingle ? 1e-30 : 1e-280)) & V.Less(sum, V.Constant(isSingle ? 1e38 : 1e300));
        V root = V.Sqrt(sum);
        return V.All(simple) ? root : V.Select(simple, root, ScaledHypot(x, y));
    }

    // Kept out of line: it is rare.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V ScaledHypot<V>(V x, V y)
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
