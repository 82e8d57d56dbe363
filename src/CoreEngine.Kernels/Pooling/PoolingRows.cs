using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>How a window's values are put together.</summary>
internal interface IPoolingJoin
{
    /// <summary>True for sums, false for maxima.</summary>
    public static abstract bool IsSum { get; }

    /// <summary>The first value of a window.</summary>
    public static abstract V First<V>(V x)
        where V : struct, ISimd<V>;

    /// <summary>One more value.</summary>
    public static abstract V Join<V>(V x, V sofar)
        where V : struct, ISimd<V>;
}

/// <summary>The sum.</summary>
internal readonly struct PoolingSum : IPoolingJoin
{
    public static bool IsSum => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V First<V>(V x)
        where V : struct, ISimd<V> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<V>(V x, V sofar)
        where V : struct, ISimd<V> => sofar + x;
}

/// <summary>The largest value; what is no number is passed over, and a window of nothing else gives minus infinity.</summary>
internal readonly struct PoolingMaximum : IPoolingJoin
{
    public static bool IsSum => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V First<V>(V x)
        where V : struct, ISimd<V> => V.Max(x, V.Constant(double.NegativeInfinity));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<V>(V x, V sofar)
        where V : struct, ISimd<V> => V.Max(x, sofar);
}

/// <summary>
/// Forward pooling, separably: the rows of a window are joined element by element into a scratch row, then the columns.
/// Scratch rows have what joins without effect in place of the padding, so that windows at the border are no special case.
/// </summary>
/// <remarks>
/// Whole registers are stored, too: what they write beyond a row is overwritten by the next one, and the last row of a
/// thread goes through a buffer.
/// </remarks>
internal static unsafe class PoolingRows<V, T>
    where V : struct, ISimd<V>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Joins the rows of the windows of <paramref name="count"/> result rows. Needs rows of a register or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Down<TJoin>(in PoolingBlock<T> block, long first, long count)
        where TJoin : struct, IPoolingJoin
    {
        long width = block.In.W;
        long height = block.In.H;
        long size = block.In.Product;
        long lastVector = width - V.Count;
        long rowsOfPlane = block.RowsOfPlane;
        long row = first % rowsOfPlane;
        T* plane = block.X + (first / rowsOfPlane * size);
        T* line = block.Lines + block.Shape.Pad.W;
        long pitch = block.Pitch;
        PoolingBlock<T>.Row* windows = block.Rows;
        for (long i = 0; i < count; i++)
        {
            PoolingWindow sd = windows[row].Slices;
            PoolingWindow sh = windows[row].Lines;
            long slices = sd.Last - sd.First;
            long rows = sh.Last - sh.First;
            T* x = plane + (((sd.First * height) + sh.First) * width);
            if (slices == 1 && rows == 2)
                Two<TJoin>(x, x + width, line, lastVector);
            else if (slices == 1 && rows == 3)
                Three<TJoin>(x, x + width, x + (2 * width), line, lastVector);
            else
                Many<TJoin>(x, width, rows, height * width, slices, line, lastVector);
            line += pitch;
            if (++row == rowsOfPlane)
            {
                row = 0;
                plane += size;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Two<TJoin>(T* a, T* b, T* line, long lastVector)
        where TJoin : struct, IPoolingJoin
    {
        for (long c = 0; c < lastVector; c += V.Count)
        {
            V.Store(TJoin.Join(V.Load(b + c), TJoin.First(V.Load(a + c))), line + c);
        }

        V.Store(TJoin.Join(V.Load(b + lastVector), TJoin.First(V.Load(a + lastVector))), line + lastVector);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Three<TJoin>(T* a, T* b, T* c, T* line, long lastVector)
        where TJoin : struct, IPoolingJoin
    {
        V joined;
        for (long i = 0; i < lastVector; i += V.Count)
        {
            joined = TJoin.Join(V.Load(b + i), TJoin.First(V.Load(a + i)));
            V.Store(TJoin.Join(V.Load(c + i), joined), line + i);
        }

        joined = TJoin.Join(V.Load(b + lastVector), TJoin.First(V.Load(a + lastVector)));
        V.Store(TJoin.Join(V.Load(c + lastVector), joined), line + lastVector);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Many<TJoin>(T* x, long width, long rows, long sliceStep, long slices, T* line, long lastVector)
        where TJoin : struct, IPoolingJoin
    {
        if (slices <= 0 || rows <= 0)
        {
            LongRuns.Fill(line, width, TJoin.IsSum ? T.Zero : T.CreateTruncating(double.NegativeInfinity));
            return;
        }

        for (long c = 0; ; c = Math.Min(c + V.Count, lastVector))
        {
            T* slice = x + c;
            V joined = TJoin.First(V.Load(slice));
            for (long s = 0; s < slices; s++)
            {
                for (long r = s == 0 ? 1 : 0; r < rows; r++)
                {
                    joined = TJoin.Join(V.Load(slice + (r * width)), joined);
                }

                slice += sliceStep;
            }

            V.Store(joined, line + c);
            if (c == lastVector)
                break;
        }
    }

    /// <summary>Joins the columns of the windows, in scratch rows that <see cref="Down"/> has filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Across<TJoin, TColumns>(in PoolingBlock<T> block, long first, long count, T* end)
        where TJoin : struct, IPoolingJoin
        where TColumns : struct, IPoolingColumns
    {
        long columns = block.Out.W;
        long rounded = (columns + V.Count - 1) / V.Count * V.Count;
        long taps = block.Shape.Kernel.W;
        long step = block.Shape.Stride.W;
        long rowsOfPlane = block.RowsOfPlane;
        long row = first % rowsOfPlane;
        long pitch = block.Pitch;
        T* line = block.Lines;
        T* y = block.Y + (first * columns);
        bool corrects = TJoin.IsSum && block.WholeColumns < columns;
        PoolingBlock<T>.Row* windows = block.Rows;
        V lowest = V.Constant(double.NegativeInfinity);
        for (long i = 0; i < count; i++)
        {
            bool direct = !block.Accumulate && end - y >= rounded;
            T* target = direct ? y : block.Buffer;
            V factor = TJoin.IsSum ? V.Broadcast(&windows[row].Factor) : V.Zero;
            V least = V.Zero;
            T* from = line;
            for (long j = 0; j < rounded; j += V.Count)
            {
                V joined = PoolingColumns<V, T, TColumns>.Join<TJoin, OneRow>(from, 0, taps, step);
                if (TJoin.IsSum)
                    joined *= factor;
                else
                    least = V.Min(joined, least);
                V.Store(joined, target + j);
                from += TColumns.Step > 0 ? TColumns.Step * V.Count : step * V.Count;
            }

            if (TJoin.IsSum)
            {
                if (corrects)
                    Correct(block, target);
            }
            else if (V.Any(V.Equal(least, lowest)))
            {
                Repair(block, first + i, target);
            }

            if (!direct)
                Finish(target, y, columns, block.Accumulate);
            y += columns;
            line += pitch;
            if (++row == rowsOfPlane)
                row = 0;
        }
    }

    /// <summary>Brings a scratch row to where it belongs: one to be added, or one that must not be written beyond.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Finish(T* buffer, T* target, long count, bool accumulate)
    {
        for (long i = 0; i < count; i++)
        {
            target[i] = accumulate ? target[i] + buffer[i] : buffer[i];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Correct(in PoolingBlock<T> block, T* target)
    {
        for (long j = block.WholeColumns; j < block.Out.W; j++)
        {
            target[j] *= T.CreateTruncating(block.ColumnCorrection(j));
        }
    }

    /// <summary>
    /// Windows that keep inside their rows, joined in registers without a scratch row; rows whose windows see as many rows
    /// of data as <typeparamref name="TRows"/> says. Reads whole registers, so <see cref="PoolingBlock{T}.Slack"/> must be left.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Direct<TJoin, TColumns, TRows>(in PoolingBlock<T> block, long first, long count, T* end)
        where TJoin : struct, IPoolingJoin
        where TColumns : struct, IPoolingColumns
        where TRows : struct, IPoolingReader
    {
        long columns = block.Out.W;
        long rounded = (columns + V.Count - 1) / V.Count * V.Count;
        long width = block.In.W;
        long size = block.In.Product;
        long rowsOfPlane = block.RowsOfPlane;
        long row = first % rowsOfPlane;
        T* plane = block.X + (first / rowsOfPlane * size);
        T* y = block.Y + (first * columns);
        PoolingBlock<T>.Row* windows = block.Rows;
        V lowest = V.Constant(double.NegativeInfinity);
        for (long i = 0; i < count; i++)
        {
            T* x = plane + (((windows[row].Slices.First * block.In.H) + windows[row].Lines.First) * width);
            bool direct = !block.Accumulate && end - y >= rounded;
            T* target = direct ? y : block.Buffer;
            V factor = TJoin.IsSum ? V.Broadcast(&windows[row].Factor) : V.Zero;
            V least = V.Zero;
            for (long j = 0; j < rounded; j += V.Count)
            {
                V joined = PoolingColumns<V, T, TColumns>.Join<TJoin, TRows>(x, width, TColumns.Taps, TColumns.Step);
                if (TJoin.IsSum)
                    joined *= factor;
                else
                    least = V.Min(joined, least);
                V.Store(joined, target + j);
                x += TColumns.Step * V.Count;
            }

            if (!TJoin.IsSum && V.Any(V.Equal(least, lowest)))
                Repair(block, first + i, target);
            if (!direct)
                Finish(target, y, columns, block.Accumulate);
            y += columns;
            if (++row == rowsOfPlane)
            {
                row = 0;
                plane += size;
            }
        }
    }

    /// <summary>One window over each whole plane; as many planes together as a register has lanes.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Whole<TJoin>(in PoolingBlock<T> block, T factor)
        where TJoin : struct, IPoolingJoin
    {
        int lanes = V.Count;
        int bytes = lanes * sizeof(T);
        byte* parts = stackalloc byte[16 * 64];
        T* results = stackalloc T[64 / sizeof(T)];
        long size = block.In.Product;
        V neutral = TJoin.IsSum ? V.Zero : V.Constant(double.NegativeInfinity);
        T* x = block.X;
        V rest = LastLanes(size % V.Count);
        for (long plane = 0; plane < block.Planes; plane += lanes)
        {
            long count = Math.Min(lanes, block.Planes - plane);
            for (long i = 0; i < count; i++)
            {
                V.Store(PlaneParts<TJoin>(x, size, neutral, rest), parts + (i * bytes));
                x += size;
            }

            for (long i = count; i < lanes; i++)
            {
                V.Store(neutral, parts + (i * bytes));
            }

            T* target = count == lanes && !block.Accumulate ? block.Y + plane : results;
            if (!JoinPlanes<TJoin>(parts, &factor, target) && target != results)
                continue;
            for (long i = 0; i < count; i++)
            {
                T value = target[i];
                if (!TJoin.IsSum && value == T.CreateTruncating(double.NegativeInfinity))
                {
                    T* start = block.X + ((plane + i) * size);
                    value = start[PoolingLoops<T, T>.PlaceOfLargest(start, size)];
                }

                block.Y[plane + i] = block.Accumulate ? block.Y[plane + i] + value : value;
            }
        }
    }

    /// <summary>
    /// Joins neighbours in the registers of as many planes as there are lanes, until each lane holds a plane. Tells whether
    /// some maximum is minus infinity. Its own method: in the caller's the compiler would no longer inline all of it.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool JoinPlanes<TJoin>(byte* parts, T* factor, T* target)
        where TJoin : struct, IPoolingJoin
    {
        int left = V.Count;
        if (V.Count >= 4)
        {
            left = V.Count / 4;
            for (int i = 0; i < left; i++)
            {
                V.Store(Four<TJoin>(parts, 4 * i), parts + (i * Unsafe.SizeOf<V>()));
            }
        }

        V result = left switch
        {
            1 => V.Load(parts),
            2 => Two<TJoin>(parts, 0),
            _ => Four<TJoin>(parts, 0),
        };
        V.Store(TJoin.IsSum ? result * V.Broadcast(factor) : result, target);
        return !TJoin.IsSum && V.Any(V.Equal(result, V.Constant(double.NegativeInfinity)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Four<TJoin>(byte* parts, int first)
        where TJoin : struct, IPoolingJoin => Neighbours<TJoin>(Two<TJoin>(parts, first), Two<TJoin>(parts, first + 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Two<TJoin>(byte* parts, int first)
        where TJoin : struct, IPoolingJoin
    {
        byte* part = parts + (first * Unsafe.SizeOf<V>());
        return Neighbours<TJoin>(V.Load(part), V.Load(part + Unsafe.SizeOf<V>()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Neighbours<TJoin>(V low, V high)
        where TJoin : struct, IPoolingJoin => TJoin.Join(Interleaving.Odds(low, high), Interleaving.Evens(low, high));

    /// <summary>The elements of a plane joined into as many as a register has lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PlaneParts<TJoin>(T* x, long size, V neutral, V rest)
        where TJoin : struct, IPoolingJoin
    {
        V joined = neutral;
        V second = neutral;
        long i = 0;
        for (; i + (2 * V.Count) <= size; i += 2 * V.Count)
        {
            joined = TJoin.Join(V.Load(x + i), joined);
            second = TJoin.Join(V.Load(x + i + V.Count), second);
        }

        if (i + V.Count <= size)
        {
            joined = TJoin.Join(V.Load(x + i), joined);
            i += V.Count;
        }

        if (i == size)
            return TJoin.Join(joined, second);

        // The last elements, and before them some that have been seen: no matter for a maximum, left out of a sum.
        if (size >= V.Count)
        {
            V last = V.Load(x + size - V.Count);
            second = TJoin.Join(TJoin.IsSum ? last & rest : last, second);
        }
        else
        {
            V last = Lanes.LoadPart<V>((byte*)x, (nint)size * sizeof(T));
            second = TJoin.Join(V.Select(Lanes.PartMask<V>((nint)size * sizeof(T)), last, neutral), second);
        }

        return TJoin.Join(joined, second);
    }

    /// <summary>The mask of the last lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LastLanes(long count) => ~Lanes.PartMask<V>((nint)(V.Count - count) * sizeof(T));

    /// <summary>Windows that hold minus infinity, NaN or nothing only: rare, so one by one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Repair(in PoolingBlock<T> block, long row, T* target)
    {
        T* x = block.X + (row / block.RowsOfPlane * block.In.Product);
        PoolingBlock<T>.Row windows = block.Rows[row % block.RowsOfPlane];
        PoolingShape shape = block.Shape;
        for (long j = 0; j < block.Out.W; j++)
        {
            if (target[j] == T.CreateTruncating(double.NegativeInfinity))
            {
                PoolingWindow sw = PoolingWindow.Of(j, shape.Kernel.W, shape.Stride.W, shape.Pad.W, block.In.W);
                target[j] = PoolingLoops<T, T>.Largest(x, block.In, windows.Slices, windows.Lines, sw);
            }
        }
    }
}
