using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// Depthwise windows of 3 x 3 taps with padding 1, read straight from the planes, in registers of 256 bits. Loads at the ends
/// of a row meet the neighbouring rows, which are masked away; the rows above and below a plane are a line of zeros.
/// </summary>
/// <remarks>
/// What these loops touch beside a plane: up to <see cref="Slack"/> elements are read before and behind it, and, when rows are
/// shorter than their registers, up to as many behind the plane of results are written.
/// </remarks>
internal static unsafe class NinePlanes<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>See the remarks.</summary>
    internal const int Slack = 24;

    /// <summary>Windows one element apart, over a number of planes behind one another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Steps1(in NineWork<T> work, T* x, T* y, long channel, long planes)
    {
        long height = work.Height;
        long width = work.Width;
        long tap = work.TapStep;
        bool clamps = work.Clamps;
        int lanes = Vector256<T>.Count;
        bool overlap = width >= lanes;
        Vector256<T> high = Vector256.Create(work.High);
        for (; planes != 0; planes--, channel++)
        {
            T* w = work.Weight + (channel * 9) + (tap < 0 ? 8 : 0);
            T* bias = work.Bias + (channel * work.BiasStep);
            Vector256<T> w0 = Vector256.Create(w[0]);
            Vector256<T> w1 = Vector256.Create(w[tap]);
            Vector256<T> w2 = Vector256.Create(w[2 * tap]);
            Vector256<T> w3 = Vector256.Create(w[3 * tap]);
            Vector256<T> w4 = Vector256.Create(w[4 * tap]);
            Vector256<T> w5 = Vector256.Create(w[5 * tap]);
            Vector256<T> w6 = Vector256.Create(w[6 * tap]);
            Vector256<T> w7 = Vector256.Create(w[7 * tap]);
            Vector256<T> w8 = Vector256.Create(w[8 * tap]);
            for (long row = 0; row < height; row += 4)
            {
                row = Math.Min(row, height - 4);
                T* middle = x + (row * width);
                T* above = row == 0 ? work.Zeros : middle - width;
                T* below = row + 4 == height ? work.Zeros : middle + (4 * width);
                T* third = middle + (2 * width);
                for (long j = 0; j < width; j += lanes)
                {
                    j = overlap ? Math.Min(j, width - lanes) : j;
                    Vector256<T> left = Vector256.Load(j == 0 ? work.First : work.All);
                    Vector256<T> right = Vector256.Load(j + lanes >= width ? work.Last : work.All);
                    Vector256<T> a = Vector256.Create(*bias);
                    Vector256<T> b = a;
                    Vector256<T> c = a;
                    Vector256<T> d = a;

                    T* p = below + width + j;
                    Sse.Prefetch0(p);
                    Sse.Prefetch0(p + width);
                    p += 2 * width;
                    Sse.Prefetch0(p);
                    Sse.Prefetch0(p + width);

                    p = above + j;
                    Vector256<T> v = Vector256.Load(p - 1) & left;
                    a = Fma(w0, v, a);
                    v = Vector256.Load(p);
                    a = Fma(w1, v, a);
                    v = Vector256.Load(p + 1) & right;
                    a = Fma(w2, v, a);

                    p = middle + j;
                    v = Vector256.Load(p - 1) & left;
                    a = Fma(w3, v, a);
                    b = Fma(w0, v, b);
                    v = Vector256.Load(p);
                    a = Fma(w4, v, a);
                    b = Fma(w1, v, b);
                    v = Vector256.Load(p + 1) & right;
                    a = Fma(w5, v, a);
                    b = Fma(w2, v, b);

                    p += width;
                    v = Vector256.Load(p - 1) & left;
                    a = Fma(w6, v, a);
                    b = Fma(w3, v, b);
                    c = Fma(w0, v, c);
                    v = Vector256.Load(p);
                    a = Fma(w7, v, a);
                    b = Fma(w4, v, b);
                    c = Fma(w1, v, c);
                    v = Vector256.Load(p + 1) & right;
                    a = Fma(w8, v, a);
                    b = Fma(w5, v, b);
                    c = Fma(w2, v, c);

                    p = third + j;
                    v = Vector256.Load(p - 1) & left;
                    b = Fma(w6, v, b);
                    c = Fma(w3, v, c);
                    d = Fma(w0, v, d);
                    v = Vector256.Load(p);
                    b = Fma(w7, v, b);
                    c = Fma(w4, v, c);
                    d = Fma(w1, v, d);
                    v = Vector256.Load(p + 1) & right;
                    b = Fma(w8, v, b);
                    c = Fma(w5, v, c);
                    d = Fma(w2, v, d);

                    p += width;
                    v = Vector256.Load(p - 1) & left;
                    c = Fma(w6, v, c);
                    d = Fma(w3, v, d);
                    v = Vector256.Load(p);
                    c = Fma(w7, v, c);
                    d = Fma(w4, v, d);
                    v = Vector256.Load(p + 1) & right;
                    c = Fma(w8, v, c);
                    d = Fma(w5, v, d);

                    p = below + j;
                    v = Vector256.Load(p - 1) & left;
                    d = Fma(w6, v, d);
                    v = Vector256.Load(p);
                    d = Fma(w7, v, d);
                    v = Vector256.Load(p + 1) & right;
                    d = Fma(w8, v, d);

                    if (clamps)
                    {
                        a = Epilogue<T>.Clamp(a, high);
                        b = Epilogue<T>.Clamp(b, high);
                        c = Epilogue<T>.Clamp(c, high);
                        d = Epilogue<T>.Clamp(d, high);
                    }

                    // In this order: a short row's last register reaches into the next row.
                    T* to = y + (row * width) + j;
                    a.Store(to);
                    b.Store(to + width);
                    to += 2 * width;
                    c.Store(to);
                    d.Store(to + width);
                }
            }

            x += height * width;
            y += height * width;
        }
    }

    /// <summary>Windows two elements apart, for planes of even height and width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Steps2(in NineWork<T> work, T* x, T* y, long channel, long planes)
    {
        long height = work.Height / 2;
        long width = work.Width / 2;
        long pitch = work.Width;
        bool clamps = work.Clamps;
        int lanes = Vector256<T>.Count;
        bool overlap = width >= lanes;
        Vector256<T> high = Vector256.Create(work.High);
        for (; planes != 0; planes--, channel++)
        {
            T* w = work.Weight + (channel * 9);
            T* bias = work.Bias + (channel * work.BiasStep);
            Vector256<T> w0 = Vector256.Create(w[0]);
            Vector256<T> w1 = Vector256.Create(w[1]);
            Vector256<T> w2 = Vector256.Create(w[2]);
            Vector256<T> w3 = Vector256.Create(w[3]);
            Vector256<T> w4 = Vector256.Create(w[4]);
            Vector256<T> w5 = Vector256.Create(w[5]);
            Vector256<T> w6 = Vector256.Create(w[6]);
            Vector256<T> w7 = Vector256.Create(w[7]);
            Vector256<T> w8 = Vector256.Create(w[8]);
            for (long row = 0; row < height; row += 2)
            {
                row = Math.Min(row, height - 2);
                T* middle = x + (2 * row * pitch);
                T* above = row == 0 ? work.Zeros : middle - pitch;
                for (long j = 0; j < width; j += lanes)
                {
                    j = overlap ? Math.Min(j, width - lanes) : j;
                    Vector256<T> left = Vector256.Load(j == 0 ? work.First : work.All);
                    Vector256<T> a = Vector256.Create(*bias);
                    Vector256<T> b = a;
                    T* p = above + (2 * j);
                    Vector256<T> v = OddsAt(p - 2) & left;
                    Vector256<T> low = Vector256.Load(p);
                    Vector256<T> next = Vector256.Load(p + lanes);
                    a = Fma(w0, v, a);
                    a = Fma(w1, Evens(low, next), a);
                    a = Fma(w2, Odds(low, next), a);

                    p = middle + (2 * j);
                    v = OddsAt(p - 2) & left;
                    low = Vector256.Load(p);
                    next = Vector256.Load(p + lanes);
                    a = Fma(w3, v, a);
                    a = Fma(w4, Evens(low, next), a);
                    a = Fma(w5, Odds(low, next), a);

                    p += pitch;
                    v = OddsAt(p - 2) & left;
                    low = Vector256.Load(p);
                    next = Vector256.Load(p + lanes);
                    a = Fma(w6, v, a);
                    b = Fma(w0, v, b);
                    v = Evens(low, next);
                    a = Fma(w7, v, a);
                    b = Fma(w1, v, b);
                    v = Odds(low, next);
                    a = Fma(w8, v, a);
                    b = Fma(w2, v, b);

                    p += pitch;
                    v = OddsAt(p - 2) & left;
                    low = Vector256.Load(p);
                    next = Vector256.Load(p + lanes);
                    b = Fma(w3, v, b);
                    b = Fma(w4, Evens(low, next), b);
                    b = Fma(w5, Odds(low, next), b);

                    p += pitch;
                    v = OddsAt(p - 2) & left;
                    low = Vector256.Load(p);
                    next = Vector256.Load(p + lanes);
                    b = Fma(w6, v, b);
                    b = Fma(w7, Evens(low, next), b);
                    b = Fma(w8, Odds(low, next), b);
                    if (clamps)
                    {
                        a = Epilogue<T>.Clamp(a, high);
                        b = Epilogue<T>.Clamp(b, high);
                    }

                    T* to = y + (row * width) + j;
                    Ordered(a).Store(to);
                    Ordered(b).Store(to + width);
                }
            }

            x += 4 * height * width;
            y += height * width;
        }
    }

    /// <summary>
    /// The data's gradient of <see cref="Steps2"/>. Elements at even places meet the middle tap only, those at odd places the
    /// two around it, along each axis.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void BackwardSteps2(in NineWork<T> work, T* dy, T* dx, long channel, long planes)
    {
        long height = work.Height / 2;
        long width = work.Width / 2;
        long pitch = work.Width;
        int lanes = Vector256<T>.Count;
        bool overlap = width >= lanes;
        for (; planes != 0; planes--, channel++)
        {
            T* w = work.Weight + (channel * 9);
            Vector256<T> w0 = Vector256.Create(w[0]);
            Vector256<T> w1 = Vector256.Create(w[1]);
            Vector256<T> w2 = Vector256.Create(w[2]);
            Vector256<T> w3 = Vector256.Create(w[3]);
            Vector256<T> w4 = Vector256.Create(w[4]);
            Vector256<T> w5 = Vector256.Create(w[5]);
            Vector256<T> w6 = Vector256.Create(w[6]);
            Vector256<T> w7 = Vector256.Create(w[7]);
            Vector256<T> w8 = Vector256.Create(w[8]);
            for (long row = 0; row < height; row++)
            {
                T* here = dy + (row * width);
                T* below = row + 1 == height ? work.Zeros : here + width;
                T* to = dx + (2 * row * pitch);
                for (long j = 0; j < width; j += lanes)
                {
                    j = overlap ? Math.Min(j, width - lanes) : j;
                    Vector256<T> right = Vector256.Load(j + lanes >= width ? work.Last : work.All);
                    Vector256<T> a = Vector256.Load(here + j);
                    Vector256<T> aRight = Vector256.Load(here + j + 1) & right;
                    Vector256<T> b = Vector256.Load(below + j);
                    Vector256<T> bRight = Vector256.Load(below + j + 1) & right;
                    Interleave(w4 * a, Fma(w5, a, w3 * aRight), to + (2 * j));
                    Interleave(
                        Fma(w7, a, w1 * b),
                        Fma(w8, a, Fma(w6, aRight, Fma(w2, b, w0 * bRight))),
                        to + pitch + (2 * j)
                    );
                }
            }

            dy += height * width;
            dx += 4 * height * width;
        }
    }

    /// <summary>
    /// Elements 0, 2, 4 ... of two registers, in the order in which one instruction gives them; <see cref="Ordered"/> sorts what
    /// was computed of them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<T> Evens(Vector256<T> a, Vector256<T> b) =>
        sizeof(T) == 4
            ? Avx.Shuffle(a.AsSingle(), b.AsSingle(), 0x88).As<float, T>()
            : Avx.UnpackLow(a.AsDouble(), b.AsDouble()).As<double, T>();

    /// <summary>Elements 1, 3, 5 ..., as <see cref="Evens"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<T> Odds(Vector256<T> a, Vector256<T> b) =>
        sizeof(T) == 4
            ? Avx.Shuffle(a.AsSingle(), b.AsSingle(), 0xDD).As<float, T>()
            : Avx.UnpackHigh(a.AsDouble(), b.AsDouble()).As<double, T>();

    /// <summary>The <see cref="Odds"/> of the registers that begin here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<T> OddsAt(T* from) =>
        Odds(Vector256.Load(from), Vector256.Load(from + Vector256<T>.Count));

    /// <summary>Exchanges the middle quarters: from the order of <see cref="Evens"/> to that of memory, and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<T> Ordered(Vector256<T> value) =>
        Avx2.Permute4x64(value.AsDouble(), 0xD8).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<T> Fma(Vector256<T> x, Vector256<T> y, Vector256<T> z) =>
        Register256<T>.MultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector256<T> even, Vector256<T> odd, T* to)
    {
        Vector256<double> low;
        Vector256<double> high;
        if (sizeof(T) == 4)
        {
            low = Avx.UnpackLow(even.AsSingle(), odd.AsSingle()).AsDouble();
            high = Avx.UnpackHigh(even.AsSingle(), odd.AsSingle()).AsDouble();
        }
        else
        {
            low = Avx.UnpackLow(even.AsDouble(), odd.AsDouble());
            high = Avx.UnpackHigh(even.AsDouble(), odd.AsDouble());
        }

        Avx.Permute2x128(low, high, 0x20).Store((double*)to);
        Avx.Permute2x128(low, high, 0x31).Store((double*)(to + Vector256<T>.Count));
    }
}
