using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// Adjacent windows of one output row, a vector of them at a time: those that lie wholly inside the row and step by one
/// element or two. Sums and comparisons go in the order of the scalar loops, so that results are the same to the bit.
/// </summary>
/// <remarks>
/// Short vectors on purpose: the last maps of a net have rows of four or eight elements, and 128 bits are deinterleaved
/// by one shuffle.
/// </remarks>
internal static unsafe class PoolingColumns<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Whether windows of these steps have vector loops here.</summary>
    internal static bool Handles(long stride, long count) =>
        Vector128.IsHardwareAccelerated
        && (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        && stride is 1 or 2
        && count >= Vector128<T>.Count;

    /// <summary>Whether offsets inside a window are exact as numbers of type T, as <see cref="MaxGradient"/> needs.</summary>
    internal static bool CountsExactly(long elements) => elements < (typeof(T) == typeof(float) ? 1L << 24 : 1L << 53);

    /// <summary>y = largest value of each window. Returns the number of windows done: all, or whole vectors when adding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long Max(in Run run, T* y, bool accumulate)
    {
        long done = 0;
        while (Next(run.Count, accumulate, ref done, out long j))
        {
            T* x = run.X + (j * run.Stride);
            bool two = run.Stride == 2;
            Vector128<T> best = Load(x, two);
            for (long d = 0; d < run.Depth; d++)
            {
                T* row = x + (d * run.PlaneStep);
                for (long h = 0; h < run.Height; h++)
                {
                    for (long k = 0; k < run.Kernel; k++)
                    {
                        Vector128<T> value = Load(row + k, two);
                        best = Vector128.ConditionalSelect(Beats(value, best), value, best);
                    }

                    row += run.RowStep;
                }
            }

            Put(best, y + j, accumulate);
        }

        return done;
    }

    /// <summary>y = sum of each window over a divisor. Returns the number of windows done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long Sum(in Run run, T divisor, T* y, bool accumulate)
    {
        Vector128<T> count = Vector128.Create(divisor);
        long done = 0;
        while (Next(run.Count, accumulate, ref done, out long j))
        {
            T* x = run.X + (j * run.Stride);
            bool two = run.Stride == 2;
            Vector128<T> sum = Vector128<T>.Zero;
            for (long d = 0; d < run.Depth; d++)
            {
                T* row = x + (d * run.PlaneStep);
                for (long h = 0; h < run.Height; h++)
                {
                    for (long k = 0; k < run.Kernel; k++)
                    {
                        sum += Load(row + k, two);
                    }

                    row += run.RowStep;
                }
            }

            Put(sum / count, y + j, accumulate);
        }

        return done;
    }

    /// <summary>
    /// Brings each window's gradient to its first largest value. With <paramref name="apart"/>, windows of two columns
    /// that share nothing, all of a window is written, zeros too (or added); else the one element is added to.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long MaxGradient(in Run run, T* dy, T* dx, bool apart, bool accumulate)
    {
        int lanes = Vector128<T>.Count;
        T* places = stackalloc T[lanes];
        bool two = run.Stride == 2;
        long done = 0;
        while (Next(run.Count, accumulate || !apart, ref done, out long j))
        {
            T* x = run.X + (j * run.Stride);
            T* target = dx + (j * run.Stride);
            Vector128<T> best = Load(x, two);
            Vector128<T> at = Vector128<T>.Zero;
            for (long d = 0; d < run.Depth; d++)
            {
                long offset = d * run.PlaneStep;
                for (long h = 0; h < run.Height; h++)
                {
                    for (long k = 0; k < run.Kernel; k++)
                    {
                        Vector128<T> value = Load(x + offset + k, two);
                        Vector128<T> better = Beats(value, best);
                        best = Vector128.ConditionalSelect(better, value, best);
                        Vector128<T> place = Vector128.Create(T.CreateTruncating(offset + k));
                        at = Vector128.ConditionalSelect(better, place, at);
                    }

                    offset += run.RowStep;
                }
            }

            if (apart)
            {
                Vector128<T> gradient = Vector128.Load(dy + j);
                for (long d = 0; d < run.Depth; d++)
                {
                    long offset = d * run.PlaneStep;
                    for (long h = 0; h < run.Height; h++)
                    {
                        Vector128<T> left = Vector128.Create(T.CreateTruncating(offset));
                        Vector128<T> right = Vector128.Create(T.CreateTruncating(offset + 1));
                        left = Vector128.Equals(at, left) & gradient;
                        right = Vector128.Equals(at, right) & gradient;
                        PutPairs(left, right, target + offset, accumulate);
                        offset += run.RowStep;
                    }
                }
            }
            else
            {
                at.Store(places);
                for (int lane = 0; lane < lanes; lane++)
                {
                    target[(lane * run.Stride) + long.CreateTruncating(places[lane])] += dy[j + lane];
                }
            }
        }

        return done;
    }

    /// <summary>Adds dy over a divisor to all of each window; steps of 1, or of 2 with windows of two columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static long Spread(in Run run, T divisor, T* dy, T* dx)
    {
        int lanes = Vector128<T>.Count;
        long whole = run.Count / lanes * lanes;
        Vector128<T> count = Vector128.Create(divisor);
        for (long d = 0; d < run.Depth; d++)
        {
            T* row = dx + (d * run.PlaneStep);
            for (long h = 0; h < run.Height; h++)
            {
                if (run.Stride == 2)
                {
                    for (long j = 0; j < whole; j += lanes)
                    {
                        Vector128<T> value = Vector128.Load(dy + j) / count;
                        PutPairs(value, value, row + (2 * j), true);
                    }
                }
                else
                {
                    // From the last tap to the first: an element's gradients are added in the order of their windows.
                    for (long k = run.Kernel - 1; k >= 0; k--)
                    {
                        for (long j = 0; j < whole; j += lanes)
                        {
                            Put(Vector128.Load(dy + j) / count, row + k + j, true);
                        }
                    }
                }

                row += run.RowStep;
            }
        }

        return whole;
    }

    /// <summary>
    /// The next vector's first window. Where results are overwritten the last vector overlaps the one before it; where
    /// they are added to it would add twice.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Next(long count, bool accumulate, ref long done, out long j)
    {
        int lanes = Vector128<T>.Count;
        j = done;
        if (done + lanes > count)
        {
            if (accumulate || done == count)
            {
                return false;
            }

            j = count - lanes;
        }

        done = j + lanes;
        return true;
    }

    /// <summary>Where a value takes the lead: it is larger, or what leads so far is no number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Beats(Vector128<T> value, Vector128<T> best) =>
        Vector128.GreaterThan(value, best) | ~Vector128.Equals(best, best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector128<T> value, T* y, bool accumulate) =>
        (accumulate ? Vector128.Load(y) + value : value).Store(y);

    /// <summary>A vector of adjacent elements, or of every other one; reads nothing behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Load(T* x, bool two)
    {
        if (!two)
        {
            return Vector128.Load(x);
        }

        if (typeof(T) == typeof(float))
        {
            return Sse.IsSupported
                ? Sse.Shuffle(Vector128.Load((float*)x), Vector128.Load((float*)x + 3), 0b11_01_10_00).As<float, T>()
                : Vector128.Create(((float*)x)[0], ((float*)x)[2], ((float*)x)[4], ((float*)x)[6]).As<float, T>();
        }

        return Vector128.Create(((double*)x)[0], ((double*)x)[2]).As<double, T>();
    }

    /// <summary>Writes, or adds, two vectors so that their elements take turns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PutPairs(Vector128<T> even, Vector128<T> odd, T* y, bool accumulate)
    {
        Vector128<T> low;
        Vector128<T> high;
        if (typeof(T) == typeof(float))
        {
            Vector128<float> a = even.As<T, float>();
            Vector128<float> b = odd.As<T, float>();
            low = Sse.IsSupported
                ? Sse.UnpackLow(a, b).As<float, T>()
                : Vector128.Create(a[0], b[0], a[1], b[1]).As<float, T>();
            high = Sse.IsSupported
                ? Sse.UnpackHigh(a, b).As<float, T>()
                : Vector128.Create(a[2], b[2], a[3], b[3]).As<float, T>();
        }
        else
        {
            low = Vector128.Create(even.GetLower(), odd.GetLower());
            high = Vector128.Create(even.GetUpper(), odd.GetUpper());
        }

        Put(low, y, accumulate);
        Put(high, y + Vector128<T>.Count, accumulate);
    }

    /// <summary>Adjacent windows in one output row.</summary>
    internal struct Run
    {
        /// <summary>First element of the first window.</summary>
        public T* X;

        /// <summary>Elements between rows and between planes of the data.</summary>
        public long RowStep;

        /// <inheritdoc cref="RowStep"/>
        public long PlaneStep;

        /// <summary>Planes of a window that lie inside the data.</summary>
        public long Depth;

        /// <summary>Rows of a window that lie inside the data.</summary>
        public long Height;

        /// <summary>Columns of a window.</summary>
        public long Kernel;

        /// <summary>Elements from one window to the next.</summary>
        public long Stride;

        /// <summary>Number of windows.</summary>
        public long Count;
    }
}
