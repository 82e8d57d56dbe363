using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// Backward pooling by gathering: each row of the data's gradient is computed once, from the windows that reach it, and
/// written once. No element is added to twice, so registers need not wait for memory.
/// </summary>
/// <remarks>
/// With a step of 2 along a row, elements at even and at odd places hear from different columns of the windows; both kinds
/// are computed apart and then zipped.
/// </remarks>
internal static unsafe class PoolingGradientRows<V, T>
    where V : struct, ISimd<V>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Rows that are summed before the first of them is read: what is read at once after it was written waits.</summary>
    internal const long RowsTogether = 8;

    /// <summary>The gradient of sums and averages: the sum of the gradients of the windows that reach an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Spread<TColumns>(in PoolingBlock<T> block, T* end)
        where TColumns : struct, IPoolingColumns
    {
        long width = block.In.W;
        long columns = block.Out.W;
        long taps = block.Shape.Kernel.W;
        T* lines = block.Lines + taps;
        long pitch = block.Pitch;
        T* dx = block.Dx;
        long step = TColumns.Step * V.Count;
        long rounded = (width + step - 1) / step * step;
        PoolingHalves halves = block.Halves;
        long shift = block.Shape.Pad.W - (taps - 1);
        long rows = block.In.D * block.In.H;
        for (long plane = 0; plane < block.Planes; plane++)
        {
            T* dy = block.Y + (plane * block.Out.Product);
            for (long first = 0; first < rows; first += RowsTogether)
            {
                long last = Math.Min(first + RowsTogether, rows);
                T* line = lines;
                for (long row = first; row < last; row++)
                {
                    PoolingLinks<T>.Link* links = block.Links.Reaches + (row * block.Links.ReachesPerRow);
                    SumRows(links, block.Links.Counted[row].Links, dy, line, columns);
                    for (long j = block.WholeColumns; j < columns; j++)
                    {
                        line[j] *= T.CreateTruncating(block.ColumnCorrection(j));
                    }

                    line += pitch;
                }

                line = lines;
                for (long row = first; row < last; row++)
                {
                    bool direct = !block.Accumulate && end - dx >= rounded;
                    T* target = direct ? dx : block.Buffer;
                    for (long c = 0; c < rounded; c += step)
                    {
                        if (TColumns.Step == 1)
                        {
                            V.Store(
                                PoolingColumns<V, T, TColumns>.Join<PoolingSum, OneRow>(line + shift + c, 0, taps, 1),
                                target + c
                            );
                        }
                        else
                        {
                            V evens = Window(line + (c / 2) + halves.EvenShift, halves.EvenTaps);
                            V odds = Window(line + (c / 2) + halves.OddShift, halves.OddTaps);
                            V.Store(Interleaving.ZipLow(evens, odds), target + c);
                            V.Store(Interleaving.ZipHigh(evens, odds), target + c + V.Count);
                        }
                    }

                    if (!direct)
                        PoolingRows<V, T>.Finish(target, dx, width, block.Accumulate);
                    dx += width;
                    line += pitch;
                }
            }
        }
    }

    /// <summary>
    /// Finds where in each window of some rows its first largest value lies: the scratch rows of places get the number of
    /// the tap, -1 for a window that sees nothing. <paramref name="x"/> holds the rows of data, the first element of which
    /// stands at column -Pad.W; <paramref name="plane"/> is the same without padding.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void FindLargest<TColumns>(
        in PoolingBlock<T> block,
        long first,
        long last,
        T* x,
        T* plane,
        T* places,
        long ring
    )
        where TColumns : struct, IPoolingColumns
    {
        long taps = block.Shape.Kernel.W;
        long columns = block.Out.W;
        long pitch = block.Pitch;
        V none = V.Constant(-1);
        V start = V.Constant(double.NegativeInfinity);
        T outside = T.CreateTruncating(-2);
        long slot = first % ring;
        for (long row = first; row < last; row++)
        {
            PoolingLinks<T>.Link* links = block.Links.Looks + (row * block.Links.RowsPerWindow);
            PoolingWindow slices = block.Rows[row].Slices;
            PoolingWindow lines = block.Rows[row].Lines;
            long count = Math.Max(slices.Last - slices.First, 0) * Math.Max(lines.Last - lines.First, 0);
            T* target = places + (slot * pitch);
            V missing = V.Zero;
            for (long j = 0; j < columns; j += V.Count)
            {
                V best = start;
                V place = none;
                for (long i = 0; i < count; i++)
                {
                    T* from = x + links[i].Offset + (j * TColumns.Step);
                    V number = V.Broadcast(&links[i].Number);
                    PoolingColumns<V, T, TColumns>.Take(from, taps, number, ref best, ref place);
                }

                missing |= V.Equal(place, none);
                V.Store(place, target + j);
            }

            for (long j = columns; j % V.Count != 0; j++)
            {
                target[j] = outside;
            }

            if (V.Any(missing))
                Repair(block, plane, row, target);
            slot = slot + 1 == ring ? 0 : slot + 1;
        }
    }

    /// <summary>Brings the gradients of windows to some rows of data; places and gradients are scratch rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Collect<TColumns>(
        in PoolingBlock<T> block,
        long first,
        long last,
        T* places,
        T* gradients,
        T* dx,
        T* end
    )
        where TColumns : struct, IPoolingColumns
    {
        long width = block.In.W;
        long taps = TColumns.Taps > 0 ? TColumns.Taps : block.Shape.Kernel.W;
        long pad = block.Shape.Pad.W;
        long step = TColumns.Step * V.Count;
        long rounded = (width + step - 1) / step * step;
        PoolingHalves halves = block.Halves;
        V evenFirst = V.Constant(halves.EvenFirst);
        V oddFirst = V.Constant(halves.OddFirst);
        dx += first * width;
        for (long row = first; row < last; row++)
        {
            PoolingLinks<T>.Link* links = block.Links.Reaches + (row * block.Links.ReachesPerRow);
            long count = block.Links.Counted[row].Links;
            bool direct = !block.Accumulate && end - dx >= rounded;
            T* target = direct ? dx : block.Buffer;
            for (long c = 0; c < rounded; c += step)
            {
                V evens = V.Zero;
                V odds = V.Zero;
                for (long i = 0; i < count; i++)
                {
                    V number = V.Broadcast(&links[i].Number);
                    T* place = places + links[i].Offset;
                    T* value = gradients + links[i].Offset;
                    if (TColumns.Step == 1)
                    {
                        place += c + pad;
                        value += c + pad;
                        evens += V.Equal(V.Load(place), number) & V.Load(value);
                        if (TColumns.Taps == 3)
                        {
                            number += V.One;
                            evens += V.Equal(V.Load(place - 1), number) & V.Load(value - 1);
                            number += V.One;
                            evens += V.Equal(V.Load(place - 2), number) & V.Load(value - 2);
                            continue;
                        }

                        for (long k = 1; k < taps; k++)
                        {
                            number += V.One;
                            evens += V.Equal(V.Load(place - k), number) & V.Load(value - k);
                        }
                    }
                    else
                    {
                        long even = (c / 2) + halves.EvenShift;
                        long odd = (c / 2) + halves.OddShift;
                        evens += Hits<TColumns>(place + even, value + even, number + evenFirst, halves.EvenTaps);
                        odds += Hits<TColumns>(place + odd, value + odd, number + oddFirst, halves.OddTaps);
                    }
                }

                if (TColumns.Step == 1)
                {
                    V.Store(evens, target + c);
                }
                else
                {
                    V.Store(Interleaving.ZipLow(evens, odds), target + c);
                    V.Store(Interleaving.ZipHigh(evens, odds), target + c + V.Count);
                }
            }

            if (!direct)
                PoolingRows<V, T>.Finish(target, dx, width, block.Accumulate);
            dx += width;
        }
    }

    /// <summary>Copies adjacent rows into scratch rows, which take turns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CopyRows(T* from, long first, long last, long width, T* to, long pitch, long ring)
    {
        long slot = first % ring;
        long lastVector = width - V.Count;
        T* source = from + (first * width);
        long ahead = (last - first) * width;
        for (long row = first; row < last; row++)
        {
            T* target = to + (slot * pitch);
            if (lastVector < 0)
            {
                for (long j = 0; j < width; j++)
                {
                    target[j] = source[j];
                }
            }
            else
            {
                for (long j = 0; j < lastVector; j += V.Count)
                {
                    // Fetches the rows of the next call.
                    if (Sse.IsSupported)
                        Sse.Prefetch0(source + j + ahead);
                    V.Store(V.Load(source + j), target + j);
                }

                V.Store(V.Load(source + lastVector), target + lastVector);
            }

            source += width;
            slot = slot + 1 == ring ? 0 : slot + 1;
        }
    }

    /// <summary>
    /// The maximum's gradient for windows of two rows and two columns that share nothing and leave no row out: all of a
    /// window is written at once. Needs a register of windows in a row or more.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Apart(in PoolingBlock<T> block)
    {
        long width = block.In.W;
        long columns = block.Out.W;
        long rows = block.Out.H;
        long lastVector = columns - V.Count;
        T* dy = block.Y;
        V lowest = V.Constant(double.NegativeInfinity);
        for (long plane = 0; plane < block.Planes * block.In.D; plane++)
        {
            T* x = block.X + (plane * block.In.H * width);
            T* dx = block.Dx + (plane * block.In.H * width);
            for (long row = 0; row < rows; row++)
            {
                for (long j = 0; ; j = Math.Min(j + V.Count, lastVector))
                {
                    V low = V.Load(x + (2 * j));
                    V high = V.Load(x + (2 * j) + V.Count);
                    V first = Interleaving.Evens(low, high);
                    V second = Interleaving.Odds(low, high);
                    low = V.Load(x + width + (2 * j));
                    high = V.Load(x + width + (2 * j) + V.Count);
                    V third = Interleaving.Evens(low, high);
                    V fourth = Interleaving.Odds(low, high);
                    V best = V.Max(fourth, V.Max(third, V.Max(second, V.Max(first, lowest))));

                    // The first that equals the maximum; a window of NaN alone has none, and gives to its last.
                    V one = V.Equal(first, best);
                    V two = V.Equal(second, best) & ~one;
                    V three = V.Equal(third, best) & ~(one | two);
                    V four = ~(one | two | three);
                    V gradient = V.Load(dy + j);
                    one &= gradient;
                    two &= gradient;
                    V.Store(Interleaving.ZipLow(one, two), dx + (2 * j));
                    V.Store(Interleaving.ZipHigh(one, two), dx + (2 * j) + V.Count);
                    three &= gradient;
                    four &= gradient;
                    V.Store(Interleaving.ZipLow(three, four), dx + width + (2 * j));
                    V.Store(Interleaving.ZipHigh(three, four), dx + width + (2 * j) + V.Count);
                    if (j == lastVector)
                        break;
                }

                if (width > 2 * columns)
                {
                    dx[width - 1] = T.Zero;
                    dx[(2 * width) - 1] = T.Zero;
                }

                dy += columns;
                x += 2 * width;
                dx += 2 * width;
            }

            if (block.In.H > 2 * rows)
                LongRuns.Clear(dx, width);
        }
    }

    /// <summary>
    /// The gradient of sums for windows of two rows and two columns that share nothing and leave no row out: all of a
    /// window gets the same. Needs a register of windows in a row or more.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ApartSums(in PoolingBlock<T> block)
    {
        long width = block.In.W;
        long columns = block.Out.W;
        long rows = block.Out.H;
        long lastVector = columns - V.Count;
        T* dy = block.Y;
        T* dx = block.Dx;
        V factor = V.Broadcast(&block.Rows->Factor);
        for (long plane = 0; plane < block.Planes * block.In.D; plane++)
        {
            for (long row = 0; row < rows; row++)
            {
                T* below = dx + width;
                for (long j = 0; ; j = Math.Min(j + V.Count, lastVector))
                {
                    V gradient = V.Load(dy + j) * factor;
                    V low = Interleaving.ZipLow(gradient, gradient);
                    V high = Interleaving.ZipHigh(gradient, gradient);
                    V.Store(low, dx + (2 * j));
                    V.Store(high, dx + (2 * j) + V.Count);
                    V.Store(low, below + (2 * j));
                    V.Store(high, below + (2 * j) + V.Count);
                    if (j == lastVector)
                        break;
                }

                if (width > 2 * columns)
                {
                    dx[width - 1] = T.Zero;
                    below[width - 1] = T.Zero;
                }

                dy += columns;
                dx += 2 * width;
            }

            if (block.In.H > 2 * rows)
            {
                LongRuns.Clear(dx, width);
                dx += width;
            }
        }
    }

    /// <summary>
    /// The gradient of maxima over some whole planes, from what <see cref="PoolingRows{V, T}.Whole"/> gave. All places are
    /// looked up before anything is written: loads wait for stores whose addresses end in the same digits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Whole(in PoolingBlock<T> block, T* largest, long* places)
    {
        long size = block.In.Product;
        long planes = block.Planes;
        long lastVector = size - V.Count;
        T* x = block.X;
        for (long plane = 0; plane < planes; plane++)
        {
            // A plane of NaN alone has no place that equals its maximum: its last one is taken.
            long at = size - 1;
            if (lastVector < 0)
            {
                at = 0;
                while (at < size - 1 && x[at] != largest[plane])
                {
                    at++;
                }
            }
            else
            {
                V best = V.Broadcast(largest + plane);
                for (long i = 0; ; i = Math.Min(i + V.Count, lastVector))
                {
                    V equal = V.Equal(V.Load(x + i), best);
                    if (V.Any(equal))
                    {
                        at = i + FirstLane(equal);
                        break;
                    }

                    if (i == lastVector)
                        break;
                }
            }

            places[plane] = at;
            x += size;
        }

        T* dx = block.Dx;
        if (!block.Accumulate)
            LongRuns.Clear(dx, planes * size);
        for (long plane = 0; plane < planes; plane++)
        {
            dx[places[plane]] += block.Y[plane];
            dx += size;
        }
    }

    /// <summary>The first lane that a mask takes; one is taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long FirstLane(V mask)
    {
        if (Unsafe.SizeOf<V>() == 64)
        {
            Vector512<byte> bits = Unsafe.BitCast<V, Vector512<byte>>(mask);
            return BitOperations.TrailingZeroCount(bits.ExtractMostSignificantBits()) / sizeof(T);
        }

        if (Unsafe.SizeOf<V>() == 32)
        {
            Vector256<byte> bits = Unsafe.BitCast<V, Vector256<byte>>(mask);
            return BitOperations.TrailingZeroCount(bits.ExtractMostSignificantBits()) / sizeof(T);
        }

        if (Unsafe.SizeOf<V>() == 16)
        {
            Vector128<byte> bits = Unsafe.BitCast<V, Vector128<byte>>(mask);
            return BitOperations.TrailingZeroCount(bits.ExtractMostSignificantBits()) / sizeof(T);
        }

        return 0;
    }

    /// <summary>The gradients of a window and of those before it, whose places are a number, the next but one, ...</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Hits<TColumns>(T* place, T* value, V number, long taps)
        where TColumns : struct, IPoolingColumns
    {
        if (TColumns.Taps == 0 && taps == 0)
            return V.Zero;
        V hits = V.Equal(V.Load(place), number) & V.Load(value);
        V two = V.One + V.One;
        if (TColumns.Taps is 2 or 3)
        {
            if (taps > 1)
                hits += V.Equal(V.Load(place - 1), number + two) & V.Load(value - 1);
            return hits;
        }

        for (long q = 1; q < taps; q++)
        {
            number += two;
            hits += V.Equal(V.Load(place - q), number) & V.Load(value - q);
        }

        return hits;
    }

    /// <summary>The sum of elements at 0, -1, ...</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Window(T* line, long taps)
    {
        if (taps == 0)
            return V.Zero;
        V sum = V.Load(line);
        for (long q = 1; q < taps; q++)
        {
            sum += V.Load(line - q);
        }

        return sum;
    }

    /// <summary>The scaled sum of rows of windows' gradients, into a scratch row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumRows(PoolingLinks<T>.Link* links, long count, T* dy, T* line, long columns)
    {
        if (columns < V.Count || count == 0)
        {
            for (long j = 0; j < columns; j++)
            {
                T sum = T.Zero;
                for (long i = 0; i < count; i++)
                {
                    sum += dy[links[i].Offset + j] * links[i].Number;
                }

                line[j] = sum;
            }

            return;
        }

        long lastVector = columns - V.Count;
        for (long j = 0; ; j = Math.Min(j + V.Count, lastVector))
        {
            V sum = V.Load(dy + links[0].Offset + j) * V.Broadcast(&links[0].Number);
            for (long i = 1; i < count; i++)
            {
                sum += V.Load(dy + links[i].Offset + j) * V.Broadcast(&links[i].Number);
            }

            V.Store(sum, line + j);
            if (j == lastVector)
                break;
        }
    }

    /// <summary>Windows that hold minus infinity, NaN or nothing only.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Repair(in PoolingBlock<T> block, T* plane, long row, T* places)
    {
        PoolingShape shape = block.Shape;
        long d = row / block.Out.H;
        long h = row % block.Out.H;
        PoolingBlock<T>.Row windows = block.Rows[row];
        for (long j = 0; j < block.Out.W; j++)
        {
            PoolingWindow sw = PoolingWindow.Of(j, shape.Kernel.W, shape.Stride.W, shape.Pad.W, block.In.W);
            long at = PoolingLoops<T, T>.FirstLargest(plane, block.In, windows.Slices, windows.Lines, sw);
            if (places[j] == T.CreateTruncating(-1) && at >= 0)
            {
                long z = (at / (block.In.H * block.In.W)) - ((d * shape.Stride.D) - shape.Pad.D);
                long y = (at / block.In.W % block.In.H) - ((h * shape.Stride.H) - shape.Pad.H);
                long w = (at % block.In.W) - ((j * shape.Stride.W) - shape.Pad.W);
                places[j] = T.CreateTruncating((((z * shape.Kernel.H) + y) * shape.Kernel.W) + w);
            }
        }
    }
}
