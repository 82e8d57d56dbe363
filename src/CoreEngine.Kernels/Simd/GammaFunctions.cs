using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>A function of vectors of float64.</summary>
internal interface IWideFunction
{
    /// <summary>The function's value in each lane.</summary>
    public static abstract V Invoke<V>(V x)
        where V : struct, ISimd<V>;
}

/// <summary>
/// The gamma function and its relatives of positive float32, computed in float64 lanes: exact enough without the care that
/// float64 results need near zeros. Lanes outside the range of a function are computed one by one.
/// </summary>
internal static unsafe class GammaFunctions
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>From here on few terms of Stirling's series suffice.</summary>
    private const int Large = 8;

    /// <summary>The function of each lane: in float64 lanes above 0 and up to a limit, one by one elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Map<V, TWide, TScalar>(V x, double limit)
        where V : struct, ISimd<V>
        where TWide : struct, IWideFunction
        where TScalar : struct, IScalarFunction
    {
        if (!V.IsFloat || V.ElementSize != sizeof(float))
            return V.Map<TScalar>(x);
        V isWide = V.Greater(x, V.Zero) & V.LessOrEqual(x, V.Constant(limit));
        if (V.All(isWide))
            return InFloat64<V, TWide>(x);
        // What a lane gets must not depend on its neighbours.
        V others = V.Map<TScalar>(x);
        return V.Any(isWide) ? V.Select(isWide, InFloat64<V, TWide>(V.Select(isWide, x, V.One)), others) : others;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V InFloat64<V, TWide>(V x)
        where V : struct, ISimd<V>
        where TWide : struct, IWideFunction
    {
        float* lanes = stackalloc float[16];
        Vector128<float>.One.Store(lanes);
        V.Store(x, lanes);
        for (int i = 0; i < V.Count; i += 4)
        {
            (Vector128<double> low, Vector128<double> high) = Vector128.Widen(Vector128.Load(lanes + i));
            if (Vector256.IsHardwareAccelerated)
            {
                Vector256<double> both = TWide.Invoke<Simd256<double>>(Vector256.Create(low, high)).Value;
                (low, high) = (both.GetLower(), both.GetUpper());
            }
            else
            {
                low = TWide.Invoke<Simd128<double>>(low).Value;
                high = TWide.Invoke<Simd128<double>>(high).Value;
            }

            Vector128.Narrow(low, high).Store(lanes + i);
        }

        return V.Load(lanes);
    }

    /// <summary>
    /// Steps x up to where Stirling's series holds. With <paramref name="product"/> = x (x + 1) ... of the steps,
    /// gamma(x) = gamma(stepped x) / product.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Raise<V>(V x, out V product)
        where V : struct, ISimd<V>
    {
        product = V.One;
        V large = V.Constant(Large);
        for (int step = 0; step < Large; step++)
        {
            V isSmall = V.Less(x, large);
            product *= V.Select(isSmall, x, V.One);
            x += isSmall & V.One;
        }

        return x;
    }

    /// <summary>The logarithm of gamma of a large x (Abramowitz &amp; Stegun 6.1.41).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Stirling<V>(V x)
        where V : struct, ISimd<V>
    {
        V inverse = V.One / x;
        V square = inverse * inverse;
        V series = V.MultiplyAdd(V.Constant(-1.0 / 1680), square, V.Constant(1.0 / 1260));
        series = V.MultiplyAdd(series, square, V.Constant(-1.0 / 360));
        series = V.MultiplyAdd(series, square, V.Constant(1.0 / 12));
        V main = V.MultiplyAdd(x - V.Constant(0.5), SimdMath.Log(x), V.Constant(HalfLogTwoPi) - x);
        return V.MultiplyAdd(series, inverse, main);
    }

    internal readonly struct Gamma : IWideFunction
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V>
        {
            V large = Raise(x, out V product);
            return SimdMath.Exp(Stirling(large)) / product;
        }
    }

    internal readonly struct LogGamma : IWideFunction
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V>
        {
            V large = Raise(x, out V product);
            return Stirling(large) - SimdMath.Log(product);
        }
    }

    internal readonly struct Digamma : IWideFunction
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V>
        {
            // The sum of 1 / x over the steps, as one fraction.
            V numerator = V.Zero;
            V denominator = V.One;
            V large = V.Constant(Large);
            for (int step = 0; step < Large; step++)
            {
                V isSmall = V.Less(x, large);
                numerator = V.Select(isSmall, V.MultiplyAdd(numerator, x, denominator), numerator);
                denominator *= V.Select(isSmall, x, V.One);
                x += isSmall & V.One;
            }

            // Abramowitz & Stegun 6.3.18.
            V inverse = V.One / x;
            V square = inverse * inverse;
            V series = V.MultiplyAdd(V.Constant(1.0 / 240), square, V.Constant(-1.0 / 252));
            series = V.MultiplyAdd(series, square, V.Constant(1.0 / 120));
            series = V.MultiplyAdd(series, square, V.Constant(-1.0 / 12));
            V rest = V.MultiplyAdd(series, square, V.Constant(-0.5) * inverse);
            return SimdMath.Log(x) + rest - (numerator / denominator);
        }
    }
}
