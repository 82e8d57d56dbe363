using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Perf;

/// <summary>
/// Fused multiply-adds on registers alone: twelve independent chains, more than the processor needs to hide the latency of
/// four or five cycles of two units.
/// </summary>
internal static class MultiplyAddLoop
{
    private const int Chains = 12;

    /// <summary>Operations of one iteration: a multiplication and an addition per lane and chain.</summary>
    public static int OperationsPerIteration =>
        2 * Chains * (Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count);

    /// <summary>Runs; the result keeps the compiler from leaving work out.</summary>
    public static float Run(long iterations, float factor, float addend) =>
        Vector512.IsHardwareAccelerated
            ? Run512(iterations, Vector512.Create(factor), Vector512.Create(addend))
            : Run256(iterations, Vector256.Create(factor), Vector256.Create(addend));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run256(long iterations, Vector256<float> x, Vector256<float> y)
    {
        Vector256<float> a = x;
        Vector256<float> b = x;
        Vector256<float> c = x;
        Vector256<float> d = x;
        Vector256<float> e = x;
        Vector256<float> f = x;
        Vector256<float> g = x;
        Vector256<float> h = x;
        Vector256<float> k = x;
        Vector256<float> l = x;
        Vector256<float> m = x;
        Vector256<float> n = x;
        for (long i = 0; i < iterations; i++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, y);
            b = Vector256.MultiplyAddEstimate(b, x, y);
            c = Vector256.MultiplyAddEstimate(c, x, y);
            d = Vector256.MultiplyAddEstimate(d, x, y);
            e = Vector256.MultiplyAddEstimate(e, x, y);
            f = Vector256.MultiplyAddEstimate(f, x, y);
            g = Vector256.MultiplyAddEstimate(g, x, y);
            h = Vector256.MultiplyAddEstimate(h, x, y);
            k = Vector256.MultiplyAddEstimate(k, x, y);
            l = Vector256.MultiplyAddEstimate(l, x, y);
            m = Vector256.MultiplyAddEstimate(m, x, y);
            n = Vector256.MultiplyAddEstimate(n, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + k + l + m + n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run512(long iterations, Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> a = x;
        Vector512<float> b = x;
        Vector512<float> c = x;
        Vector512<float> d = x;
        Vector512<float> e = x;
        Vector512<float> f = x;
        Vector512<float> g = x;
        Vector512<float> h = x;
        Vector512<float> k = x;
        Vector512<float> l = x;
        Vector512<float> m = x;
        Vector512<float> n = x;
        for (long i = 0; i < iterations; i++)
        {
            a = Vector512.MultiplyAddEstimate(a, x, y);
            b = Vector512.MultiplyAddEstimate(b, x, y);
            c = Vector512.MultiplyAddEstimate(c, x, y);
            d = Vector512.MultiplyAddEstimate(d, x, y);
            e = Vector512.MultiplyAddEstimate(e, x, y);
            f = Vector512.MultiplyAddEstimate(f, x, y);
            g = Vector512.MultiplyAddEstimate(g, x, y);
            h = Vector512.MultiplyAddEstimate(h, x, y);
            k = Vector512.MultiplyAddEstimate(k, x, y);
            l = Vector512.MultiplyAddEstimate(l, x, y);
            m = Vector512.MultiplyAddEstimate(m, x, y);
            n = Vector512.MultiplyAddEstimate(n, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + k + l + m + n);
    }
}
