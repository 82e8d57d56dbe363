using System.Numerics;
using System.Runtime.CompilerServices;

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
    /// <summary>The gradient of sums and averages: the sum of the gradients of the windows that reach an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Spread<TColumns>(in PoolingBlock<T> block, T* end)
        where TColumns : struct, IPoolingColumns
    {
        long width = block.In.W;
        long columns = block.Out.W;
        long taps = block.Shape.Kernel.W;
        T* line = block.Lines + taps;
        T* dx = block.Dx;
        long step = TColumns.Step * V.Count;
        long rounded = (width + step - 1) / step * step;
        PoolingHalves halves = block.Halves;
        T* shifted = line + block.Shape.Pad.W - (taps - 1);
        for (long plane = 0; plane < block.Planes; plane++)
        {
            T* dy = block.Y + (plane * block.Out.Product);
            long alone = -1;
            for (long row = 0; row < block.In.D * block.In.H; row++)
            {
                // Where windows do not overlap, rows under the same windows get the same sums.
                PoolingLinks<T>.Link* links = block.Links.Reaches + (row * block.Links.ReachesPerRow);
                long count = block.Links.Counted[row].Links;
                if (count != 1 || alone != links->Offset)
                {
                    SumRows(links, count, dy, line, columns);
                    for (long j = block.WholeColumns; j < columns; j++)
                    {
                        line[j] *= T.CreateTruncating(block.ColumnCorrection(j));
                    }
                }

                alone = count == 1 ? links->Offset : -1;
                bool direct = !block.Accumulate && end - dx >= rounded;
                T* target = direct ? dx : block.Buffer;
                for (long c = 0; c < rounded; c += step)
                {
                    if (TColumns.Step == 1)
                    {
                        V.Store(
                            PoolingColumns<V, T, TColumns>.Join<PoolingSum, OneRow>(shifted + c, 0, taps, 1),
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
            }
        }
    }

    /// <summary>
    /// Finds where in each window of a row its first largest value lies: <paramref name="places"/> gets the number of the
    /// tap, -1 for a window that sees nothing. <paramref name="x"/> holds the rows of data, the first element of which
    /// stands at column -Pad.W.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void FindLargest<TColumns>(in PoolingBlock<T> block, long row, T* x, T* plane, T* places)
        where TColumns : struct, IPoolingColumns
    {
        long taps = block.Shape.Kernel.W;
        long columns = block.Out.W;
        PoolingLinks<T>.Link* links = block.Links.Looks + (row * block.Links.RowsPerWindow);
        PoolingWindow slices = block.Rows[row].Slices;
        PoolingWindow lines = block.Rows[row].Lines;
        long count = Math.Max(slices.Last - slices.First, 0) * Math.Max(lines.Last - lines.First, 0);
        V none = V.Constant(-1);
        V start = V.Constant(double.NegativeInfinity);
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
            V.Store(place, places + j);
        }

        T outside = T.CreateTruncating(-2);
        for (long j = columns; j % V.Count != 0; j++)
        {
            places[j] = outside;
        }

        if (V.Any(missing))
            Repair(block, plane, row, places);
    }

    /// <summary>Brings the gradients of windows to a row of data; places and gradients are scratch rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Collect<TColumns>(in PoolingBlock<T> block, long row, T* places, T* gradients, T* dx, T* end)
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
                    for (long k = 0; k < taps; k++)
                    {
                        evens += V.Equal(V.Load(place - k), number) & V.Load(value - k);
                        number += V.One;
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
                new Span<T>(dx, (int)width).Clear();
        }
    }

    /// <summary>The gradient of maxima over whole planes, from what <see cref="PoolingRows{V, T}.Whole"/> gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Whole(in PoolingBlock<T> block, T* largest)
    {
        long size = block.In.Product;
        T* x = block.X;
        T* dx = block.Dx;
        for (long plane = 0; plane < block.Planes; plane++)
        {
            if (!block.Accumulate)
                new Span<T>(dx, (int)size).Clear();
            V best = V.Broadcast(largest + plane);
            long i = 0;
            while (i + V.Count <= size && !V.Any(V.Equal(V.Load(x + i), best)))
            {
                i += V.Count;
            }

            // A plane of NaN alone has no place that equals its maximum: its last one is taken.
            while (i < size - 1 && x[i] != largest[plane])
            {
                i++;
            }

            dx[i] += block.Y[plane];
            x += size;
            dx += size;
        }
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
