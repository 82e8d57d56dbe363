using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// The weights' gradient of the windows of <see cref="NinePlanes{T}"/>: nine sums of products of dy with the data around it,
/// down one column of registers after the other.
/// </summary>
internal static unsafe class NineWeights<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Adds one channel's sums to its nine weights, windows one element apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Steps1(in NineWork<T> work, T* x, T* dy, long images, long imageStride, T* dw)
    {
        long height = work.Height;
        long width = work.Width;
        int lanes = Vector256<T>.Count;
        Vector256<T> s0 = default;
        Vector256<T> s1 = default;
        Vector256<T> s2 = default;
        Vector256<T> s3 = default;
        Vector256<T> s4 = default;
        Vector256<T> s5 = default;
        Vector256<T> s6 = default;
        Vector256<T> s7 = default;
        Vector256<T> s8 = default;
        for (; images != 0; images--)
        {
            // Down columns the processor does not see what comes next: the next plane.
            T* nextX = x + (images > 1 ? imageStride : height * width);
            T* nextDy = dy + (nextX - x);
            for (long j = 0; j < width; j += lanes)
            {
                long at = Math.Max(0, Math.Min(j, width - lanes));
                Vector256<T> left = Vector256.Load(at == 0 ? work.First : work.All);
                Vector256<T> right = Vector256.Load(at + lanes >= width ? work.Last : work.All);

                // Lanes beyond a short row count for nothing, nor do those that the register before has counted.
                Vector256<T> inside = Vector256.Load(work.Inside);
                Vector256<T> fresh = Vector256.Load(j + lanes > width ? work.Fresh : work.All);
                left &= inside;
                right &= inside;
                T* p = x + at;
                T* g = dy + at;
                Vector256<T> above = default;
                Vector256<T> here = Vector256.Load(g) & fresh;
                for (long row = 1; row <= height; row++)
                {
                    g = row == height ? work.Zeros : g + width;
                    Vector256<T> below = Vector256.Load(g) & fresh;
                    Vector256<T> v = Vector256.Load(p - 1) & left;
                    s0 = NinePlanes<T>.Fma(below, v, s0);
                    s3 = NinePlanes<T>.Fma(here, v, s3);
                    s6 = NinePlanes<T>.Fma(above, v, s6);
                    v = Vector256.Load(p) & inside;
                    s1 = NinePlanes<T>.Fma(below, v, s1);
                    s4 = NinePlanes<T>.Fma(here, v, s4);
                    s7 = NinePlanes<T>.Fma(above, v, s7);
                    v = Vector256.Load(p + 1) & right;
                    s2 = NinePlanes<T>.Fma(below, v, s2);
                    s5 = NinePlanes<T>.Fma(here, v, s5);
                    s8 = NinePlanes<T>.Fma(above, v, s8);
                    above = here;
                    here = below;
                    p += width;
                    Sse.Prefetch0(nextX);
                    Sse.Prefetch0(nextDy);
                    nextX += lanes;
                    nextDy += lanes;
                }
            }

            x += imageStride;
            dy += imageStride;
        }

        Add(s0, s1, s2, s3, dw);
        Add(s4, s5, s6, s7, dw + 4);
        dw[8] += Vector256.Sum(s8);
    }

    /// <summary>Windows two elements apart, for planes of even height and width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Steps2(in NineWork<T> work, T* x, T* dy, long images, long imageStride, T* dw)
    {
        long height = work.Height / 2;
        long width = work.Width / 2;
        long pitch = work.Width;
        int lanes = Vector256<T>.Count;
        Vector256<T> inside = NinePlanes<T>.Ordered(Vector256.Load(work.Inside));
        Vector256<T> s0 = default;
        Vector256<T> s1 = default;
        Vector256<T> s2 = default;
        Vector256<T> s3 = default;
        Vector256<T> s4 = default;
        Vector256<T> s5 = default;
        Vector256<T> s6 = default;
        Vector256<T> s7 = default;
        Vector256<T> s8 = default;
        for (; images != 0; images--)
        {
            T* nextX = x + (4 * (images > 1 ? imageStride : height * width));
            T* nextDy = dy + (images > 1 ? imageStride : height * width);
            for (long j = 0; j < width; j += lanes)
            {
                long at = Math.Max(0, Math.Min(j, width - lanes));
                Vector256<T> left = Vector256.Load(at == 0 ? work.First : work.All) & inside;
                Vector256<T> fresh = Vector256.Load(j + lanes > width ? work.Fresh : work.All);
                T* p = x + (2 * at);
                T* g = dy + at;

                // The line below one row of windows is the one above the next.
                Vector256<T> l = default;
                Vector256<T> e = default;
                Vector256<T> o = default;
                for (long row = 0; row < height; row++)
                {
                    Vector256<T> d = NinePlanes<T>.Ordered(Vector256.Load(g) & fresh);
                    s0 = NinePlanes<T>.Fma(d, l, s0);
                    s1 = NinePlanes<T>.Fma(d, e, s1);
                    s2 = NinePlanes<T>.Fma(d, o, s2);
                    l = NinePlanes<T>.OddsAt(p - 2) & left;
                    e = Vector256.Load(p);
                    o = Vector256.Load(p + lanes);
                    s3 = NinePlanes<T>.Fma(d, l, s3);
                    s4 = NinePlanes<T>.Fma(d, NinePlanes<T>.Evens(e, o) & inside, s4);
                    s5 = NinePlanes<T>.Fma(d, NinePlanes<T>.Odds(e, o) & inside, s5);
                    p += pitch;
                    l = NinePlanes<T>.OddsAt(p - 2) & left;
                    e = Vector256.Load(p);
                    Vector256<T> next = Vector256.Load(p + lanes);
                    o = NinePlanes<T>.Odds(e, next) & inside;
                    e = NinePlanes<T>.Evens(e, next) & inside;
                    s6 = NinePlanes<T>.Fma(d, l, s6);
                    s7 = NinePlanes<T>.Fma(d, e, s7);
                    s8 = NinePlanes<T>.Fma(d, o, s8);
                    p += pitch;
                    g += width;
                    Sse.Prefetch0(nextX);
                    Sse.Prefetch0(nextX + (2 * lanes));
                    Sse.Prefetch0(nextDy);
                    nextX += 4 * lanes;
                    nextDy += lanes;
                }
            }

            x += 4 * imageStride;
            dy += imageStride;
        }

        Add(s0, s1, s2, s3, dw);
        Add(s4, s5, s6, s7, dw + 4);
        dw[8] += Vector256.Sum(s8);
    }

    /// <summary>Adds the sums of four registers to four adjacent elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<T> a, Vector256<T> b, Vector256<T> c, Vector256<T> d, T* to)
    {
        if (sizeof(T) == 4)
        {
            Vector256<float> ab = Avx.HorizontalAdd(a.AsSingle(), b.AsSingle());
            Vector256<float> cd = Avx.HorizontalAdd(c.AsSingle(), d.AsSingle());
            Vector256<float> all = Avx.HorizontalAdd(ab, cd);
            (all.GetLower() + all.GetUpper() + Vector128.Load((float*)to)).Store((float*)to);
        }
        else
        {
            Vector256<double> ab = Avx.HorizontalAdd(a.AsDouble(), b.AsDouble());
            Vector256<double> cd = Avx.HorizontalAdd(c.AsDouble(), d.AsDouble());
            Vector256<double> low = Avx.Permute2x128(ab, cd, 0x20);
            Vector256<double> high = Avx.Permute2x128(ab, cd, 0x31);
            (low + high + Vector256.Load((double*)to)).Store((double*)to);
        }
    }
}
