using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>What one window says about the lines of one plane: the windows' places, their weights, and where sums go.</summary>
internal unsafe struct WindowPlane<T>
    where T : unmanaged
{
    /// <summary>The first line under the first row of windows.</summary>
    public T* Lines;

    /// <summary>Elements from the lines of one row of windows to those of the next.</summary>
    public long Step;

    /// <summary>Elements from a window's place to each of its taps.</summary>
    public long* Offsets;

    /// <summary>One for each tap.</summary>
    public T* Weights;

    /// <summary>Number of taps; none gives zeros.</summary>
    public int Taps;

    /// <summary>Added to each sum.</summary>
    public T Bias;

    /// <summary>The first sum.</summary>
    public T* Y;

    /// <summary>Where the plane of sums ends.</summary>
    public T* End;

    /// <summary>Rows of windows.</summary>
    public long Rows;

    /// <summary>Windows in a row; rows of sums lie behind one another.</summary>
    public long Width;

    /// <summary>Add to what is there.</summary>
    public bool Accumulate;

    /// <summary>Sums are bounded by 0 and <see cref="High"/>.</summary>
    public bool Clamps;

    /// <summary>See <see cref="Clamps"/>.</summary>
    public T High;

    /// <summary>Elements from one line to the next when the window has 3 x 3 adjacent taps and steps of 1 or 2 lines, else 0.</summary>
    public long NinePitch;
}

/// <summary>
/// One window moved over one plane: sums of up to four rows at a time, a register of neighbouring windows each.
/// </summary>
/// <remarks>
/// The sums are locals, as only locals stay in registers. A row that is no multiple of the register ends in a register that
/// overlaps the one before it, or, when a row is shorter than a register, in one that reaches into the next row, which is
/// written later.
/// </remarks>
internal static unsafe class WindowRows<V, R, T>
    where V : struct, IRegister<R, T>
    where R : struct
    where T : unmanaged, INumber<T>
{
    /// <summary>All rows of a plane.</summary>
    internal static void Run(in WindowPlane<T> plane)
    {
        int height =
            plane.NinePitch == 0 ? 4
            : plane.Step == plane.NinePitch ? 4
            : 2;
        long row = 0;
        while (row < plane.Rows)
        {
            // The last rows overlap those before, unless that would add them twice.
            if (row + height > plane.Rows && plane.Rows >= height && !plane.Accumulate)
            {
                row = plane.Rows - height;
            }

            if (row + height > plane.Rows)
            {
                Taps<One>(plane, row);
                row++;
                continue;
            }

            if (plane.NinePitch == 0)
            {
                Taps<Four>(plane, row);
            }
            else if (height == 4)
            {
                NineByFour(plane, row);
            }
            else
            {
                NineByTwo(plane, row);
            }

            row += height;
        }
    }

    /// <summary>Any window, one or four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Taps<TRows>(in WindowPlane<T> plane, long row)
        where TRows : struct, ITileSize
    {
        T* lines = plane.Lines + (row * plane.Step);
        T* y = plane.Y + (row * plane.Width);
        T* weights = plane.Weights;
        long* offsets = plane.Offsets;
        int taps = plane.Taps;
        long step = plane.Step;
        long width = plane.Width;
        bool overlap = width >= V.Count && !plane.Accumulate;
        T biasValue = plane.Bias;
        R bias = V.Broadcast(&biasValue);
        for (long j = 0; j < width; j += V.Count)
        {
            j = overlap ? Math.Min(j, width - V.Count) : j;
            R a = bias,
                b = bias,
                c = bias,
                d = bias;
            for (int tap = 0; tap < taps; tap++)
            {
                T* x = lines + j + offsets[tap];
                R w = V.Broadcast(weights + tap);
                a = V.MultiplyAdd(w, V.Load(x), a);
                if (TRows.Count > 1)
                {
                    b = V.MultiplyAdd(w, V.Load(x + step), b);
                    c = V.MultiplyAdd(w, V.Load(x + (2 * step)), c);
                    d = V.MultiplyAdd(w, V.Load(x + (3 * step)), d);
                }
            }

            T* to = y + j;
            Put(plane, a, to, j);
            if (TRows.Count > 1)
            {
                Put(plane, b, to + width, j);
                Put(plane, c, to + (2 * width), j);
                Put(plane, d, to + (3 * width), j);
            }
        }
    }

    /// <summary>3 x 3 taps, four rows, one line apart: a line that is loaded meets up to three rows of the window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NineByFour(in WindowPlane<T> plane, long row)
    {
        long pitch = plane.NinePitch;
        T* lines = plane.Lines + (row * plane.Step);
        T* y = plane.Y + (row * plane.Width);
        long width = plane.Width;
        bool overlap = width >= V.Count && !plane.Accumulate;
        T* w = plane.Weights;
        R w0 = V.Broadcast(w);
        R w1 = V.Broadcast(w + 1);
        R w2 = V.Broadcast(w + 2);
        R w3 = V.Broadcast(w + 3);
        R w4 = V.Broadcast(w + 4);
        R w5 = V.Broadcast(w + 5);
        R w6 = V.Broadcast(w + 6);
        R w7 = V.Broadcast(w + 7);
        R w8 = V.Broadcast(w + 8);
        T bias = plane.Bias;
        for (long j = 0; j < width; j += V.Count)
        {
            j = overlap ? Math.Min(j, width - V.Count) : j;
            T* x = lines + j;
            R a = V.Broadcast(&bias),
                b = a,
                c = a,
                d = a;
            R v = V.Load(x);
            a = V.MultiplyAdd(w0, v, a);
            v = V.Load(x + 1);
            a = V.MultiplyAdd(w1, v, a);
            v = V.Load(x + 2);
            a = V.MultiplyAdd(w2, v, a);

            x += pitch;
            v = V.Load(x);
            a = V.MultiplyAdd(w3, v, a);
            b = V.MultiplyAdd(w0, v, b);
            v = V.Load(x + 1);
            a = V.MultiplyAdd(w4, v, a);
            b = V.MultiplyAdd(w1, v, b);
            v = V.Load(x + 2);
            a = V.MultiplyAdd(w5, v, a);
            b = V.MultiplyAdd(w2, v, b);

            x += pitch;
            v = V.Load(x);
            a = V.MultiplyAdd(w6, v, a);
            b = V.MultiplyAdd(w3, v, b);
            c = V.MultiplyAdd(w0, v, c);
            v = V.Load(x + 1);
            a = V.MultiplyAdd(w7, v, a);
            b = V.MultiplyAdd(w4, v, b);
            c = V.MultiplyAdd(w1, v, c);
            v = V.Load(x + 2);
            a = V.MultiplyAdd(w8, v, a);
            b = V.MultiplyAdd(w5, v, b);
            c = V.MultiplyAdd(w2, v, c);

            x += pitch;
            v = V.Load(x);
            b = V.MultiplyAdd(w6, v, b);
            c = V.MultiplyAdd(w3, v, c);
            d = V.MultiplyAdd(w0, v, d);
            v = V.Load(x + 1);
            b = V.MultiplyAdd(w7, v, b);
            c = V.MultiplyAdd(w4, v, c);
            d = V.MultiplyAdd(w1, v, d);
            v = V.Load(x + 2);
            b = V.MultiplyAdd(w8, v, b);
            c = V.MultiplyAdd(w5, v, c);
            d = V.MultiplyAdd(w2, v, d);

            x += pitch;
            v = V.Load(x);
            c = V.MultiplyAdd(w6, v, c);
            d = V.MultiplyAdd(w3, v, d);
            v = V.Load(x + 1);
            c = V.MultiplyAdd(w7, v, c);
            d = V.MultiplyAdd(w4, v, d);
            v = V.Load(x + 2);
            c = V.MultiplyAdd(w8, v, c);
            d = V.MultiplyAdd(w5, v, d);

            x += pitch;
            v = V.Load(x);
            d = V.MultiplyAdd(w6, v, d);
            v = V.Load(x + 1);
            d = V.MultiplyAdd(w7, v, d);
            v = V.Load(x + 2);
            d = V.MultiplyAdd(w8, v, d);

            T* to = y + j;
            Put(plane, a, to, j);
            Put(plane, b, to + width, j);
            Put(plane, c, to + (2 * width), j);
            Put(plane, d, to + (3 * width), j);
        }
    }

    /// <summary>3 x 3 taps, two rows, two lines apart: the line between them meets both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NineByTwo(in WindowPlane<T> plane, long row)
    {
        long pitch = plane.NinePitch;
        T* lines = plane.Lines + (row * plane.Step);
        T* y = plane.Y + (row * plane.Width);
        long width = plane.Width;
        bool overlap = width >= V.Count && !plane.Accumulate;
        long second = plane.Offsets[1];
        long third = plane.Offsets[2];
        T* w = plane.Weights;
        R w0 = V.Broadcast(w);
        R w1 = V.Broadcast(w + 1);
        R w2 = V.Broadcast(w + 2);
        R w3 = V.Broadcast(w + 3);
        R w4 = V.Broadcast(w + 4);
        R w5 = V.Broadcast(w + 5);
        R w6 = V.Broadcast(w + 6);
        R w7 = V.Broadcast(w + 7);
        R w8 = V.Broadcast(w + 8);
        T bias = plane.Bias;
        for (long j = 0; j < width; j += V.Count)
        {
            j = overlap ? Math.Min(j, width - V.Count) : j;
            T* x = lines + j;
            R a = V.Broadcast(&bias),
                b = a;
            a = V.MultiplyAdd(w0, V.Load(x), a);
            a = V.MultiplyAdd(w1, V.Load(x + second), a);
            a = V.MultiplyAdd(w2, V.Load(x + third), a);
            x += pitch;
            a = V.MultiplyAdd(w3, V.Load(x), a);
            a = V.MultiplyAdd(w4, V.Load(x + second), a);
            a = V.MultiplyAdd(w5, V.Load(x + third), a);
            x += pitch;
            R v = V.Load(x);
            a = V.MultiplyAdd(w6, v, a);
            b = V.MultiplyAdd(w0, v, b);
            v = V.Load(x + second);
            a = V.MultiplyAdd(w7, v, a);
            b = V.MultiplyAdd(w1, v, b);
            v = V.Load(x + third);
            a = V.MultiplyAdd(w8, v, a);
            b = V.MultiplyAdd(w2, v, b);
            x += pitch;
            b = V.MultiplyAdd(w3, V.Load(x), b);
            b = V.MultiplyAdd(w4, V.Load(x + second), b);
            b = V.MultiplyAdd(w5, V.Load(x + third), b);
            x += pitch;
            b = V.MultiplyAdd(w6, V.Load(x), b);
            b = V.MultiplyAdd(w7, V.Load(x + second), b);
            b = V.MultiplyAdd(w8, V.Load(x + third), b);
            Put(plane, a, y + j, j);
            Put(plane, b, y + j + width, j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(in WindowPlane<T> plane, R sums, T* to, long column)
    {
        bool whole = column + V.Count <= plane.Width;
        if (plane.Accumulate)
        {
            sums = V.Add(whole ? V.Load(to) : LoadSome(to, (int)(plane.Width - column)), sums);
        }

        if (plane.Clamps)
        {
            T high = plane.High;
            sums = V.Clamp(sums, V.Broadcast(&high));
        }

        if (whole || (!plane.Accumulate && to + V.Count <= plane.End))
        {
            V.Store(sums, to);
        }
        else
        {
            StoreSome(sums, to, (int)(plane.Width - column));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static R LoadSome(T* from, int count)
    {
        byte* memory = stackalloc byte[Lanes.MaxBytes];
        T* values = (T*)memory;
        for (int i = 0; i < count; i++)
        {
            values[i] = from[i];
        }

        return V.Load(values);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreSome(R sums, T* to, int count)
    {
        byte* memory = stackalloc byte[Lanes.MaxBytes];
        T* values = (T*)memory;
        V.Store(sums, values);
        for (int i = 0; i < count; i++)
        {
            to[i] = values[i];
        }
    }

    private readonly struct One : ITileSize
    {
        public static int Count => 1;
    }

    private readonly struct Four : ITileSize
    {
        public static int Count => 4;
    }
}
