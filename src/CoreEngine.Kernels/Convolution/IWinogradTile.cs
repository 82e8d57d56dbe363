using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// The one-dimensional transforms of F(m, 3): m results of a window of three from m + 2 multiplications. Each works on
/// vectors of eight independent problems; steps are in elements. Input and output may be the same memory.
/// </summary>
/// <remarks>Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016), section 4.</remarks>
internal unsafe interface IWinogradTile
{
    /// <summary>m: results along one axis.</summary>
    public static abstract int Results { get; }

    /// <summary>Transforms m + 2 neighbouring elements of the data.</summary>
    public static abstract void Data(float* from, long step, float* to, long toStep);

    /// <summary>Transforms three weights to m + 2 elements.</summary>
    public static abstract void Weight(float* from, long step, float* to, long toStep);

    /// <summary>Transforms m + 2 products back to m results.</summary>
    public static abstract void Result(float* from, long step, float* to, long toStep);
}

/// <summary>F(2, 3), interpolated at 0, 1, -1 and infinity: all its transforms but the weights' are additions.</summary>
internal readonly unsafe struct WinogradTile2 : IWinogradTile
{
    public static int Results => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Data(float* from, long step, float* to, long toStep)
    {
        Vector256<float> d0 = Vector256.Load(from);
        Vector256<float> d1 = Vector256.Load(from + step);
        Vector256<float> d2 = Vector256.Load(from + (2 * step));
        Vector256<float> d3 = Vector256.Load(from + (3 * step));
        (d0 - d2).Store(to);
        (d1 + d2).Store(to + toStep);
        (d2 - d1).Store(to + (2 * toStep));
        (d1 - d3).Store(to + (3 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight(float* from, long step, float* to, long toStep)
    {
        Vector256<float> half = Vector256.Create(0.5f);
        Vector256<float> g0 = Vector256.Load(from);
        Vector256<float> g1 = Vector256.Load(from + step) * half;
        Vector256<float> g2 = Vector256.Load(from + (2 * step));
        Vector256<float> outer = (g0 + g2) * half;
        g0.Store(to);
        (outer + g1).Store(to + toStep);
        (outer - g1).Store(to + (2 * toStep));
        g2.Store(to + (3 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Result(float* from, long step, float* to, long toStep)
    {
        Vector256<float> m0 = Vector256.Load(from);
        Vector256<float> m1 = Vector256.Load(from + step);
        Vector256<float> m2 = Vector256.Load(from + (2 * step));
        Vector256<float> m3 = Vector256.Load(from + (3 * step));
        (m0 + m1 + m2).Store(to);
        (m1 - m2 - m3).Store(to + toStep);
    }
}

/// <summary>
/// F(4, 3), interpolated at 0, +-11/16, +-3/2 and infinity: at 0, +-1, +-2, which the paper takes, rounding errors are five times
/// as large. All constants of the data's transform are exact.
/// </summary>
/// <remarks>On the choice of points: Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution" (2020).</remarks>
internal readonly unsafe struct WinogradTile4 : IWinogradTile
{
    private const float A = 0.6875f;
    private const float B = 1.5f;
    private const float A2 = A * A;
    private const float B2 = B * B;

    public static int Results => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Data(float* from, long step, float* to, long toStep)
    {
        Vector256<float> d1 = Vector256.Load(from + step);
        Vector256<float> d2 = Vector256.Load(from + (2 * step));
        Vector256<float> d3 = Vector256.Load(from + (3 * step));
        Vector256<float> d4 = Vector256.Load(from + (4 * step));
        Vector256<float> product = Vector256.Create(A2 * B2);
        Vector256<float> sum = Vector256.Create(-(A2 + B2));
        Vector256<float> first = MultiplyAdd(product, Vector256.Load(from), MultiplyAdd(sum, d2, d4));
        Vector256<float> last = MultiplyAdd(product, d1, MultiplyAdd(sum, d3, Vector256.Load(from + (5 * step))));
        Vector256<float> evenA = MultiplyAdd(Vector256.Create(-B2), d2, d4);
        Vector256<float> oddA = MultiplyAdd(Vector256.Create(-B2), d1, d3);
        Vector256<float> evenB = MultiplyAdd(Vector256.Create(-A2), d2, d4);
        Vector256<float> oddB = MultiplyAdd(Vector256.Create(-A2), d1, d3);
        first.Store(to);
        MultiplyAdd(Vector256.Create(A), oddA, evenA).Store(to + toStep);
        MultiplyAdd(Vector256.Create(-A), oddA, evenA).Store(to + (2 * toStep));
        MultiplyAdd(Vector256.Create(B), oddB, evenB).Store(to + (3 * toStep));
        MultiplyAdd(Vector256.Create(-B), oddB, evenB).Store(to + (4 * toStep));
        last.Store(to + (5 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weight(float* from, long step, float* to, long toStep)
    {
        Vector256<float> g0 = Vector256.Load(from);
        Vector256<float> g1 = Vector256.Load(from + step);
        Vector256<float> g2 = Vector256.Load(from + (2 * step));
        Vector256<float> evenA = MultiplyAdd(Vector256.Create(A2), g2, g0) * (1 / (2 * A2 * (A2 - B2)));
        Vector256<float> oddA = g1 * (1 / (2 * A * (A2 - B2)));
        Vector256<float> evenB = MultiplyAdd(Vector256.Create(B2), g2, g0) * (1 / (2 * B2 * (B2 - A2)));
        Vector256<float> oddB = g1 * (1 / (2 * B * (B2 - A2)));
        (g0 * (1 / (A2 * B2))).Store(to);
        (evenA + oddA).Store(to + toStep);
        (evenA - oddA).Store(to + (2 * toStep));
        (evenB + oddB).Store(to + (3 * toStep));
        (evenB - oddB).Store(to + (4 * toStep));
        g2.Store(to + (5 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Result(float* from, long step, float* to, long toStep)
    {
        Vector256<float> m1 = Vector256.Load(from + step);
        Vector256<float> m2 = Vector256.Load(from + (2 * step));
        Vector256<float> m3 = Vector256.Load(from + (3 * step));
        Vector256<float> m4 = Vector256.Load(from + (4 * step));
        Vector256<float> sumA = m1 + m2;
        Vector256<float> differenceA = m1 - m2;
        Vector256<float> sumB = m3 + m4;
        Vector256<float> differenceB = m3 - m4;
        Vector256<float> first = Vector256.Load(from) + (sumA + sumB);
        Vector256<float> last = MultiplyAdd(Vector256.Create(A2 * A), differenceA, Vector256.Load(from + (5 * step)));
        first.Store(to);
        MultiplyAdd(Vector256.Create(B), differenceB, differenceA * A).Store(to + toStep);
        MultiplyAdd(Vector256.Create(B2), sumB, sumA * A2).Store(to + (2 * toStep));
        MultiplyAdd(Vector256.Create(B2 * B), differenceB, last).Store(to + (3 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> MultiplyAdd(Vector256<float> x, Vector256<float> y, Vector256<float> z) =>
        Vector256.MultiplyAddEstimate(x, y, z);
}
