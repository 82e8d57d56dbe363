using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Sizes that the reduction's loops share.</summary>
internal static class ReduceLoops
{
    /// <summary>Columns that are reduced together: their totals stay in the first-level cache.</summary>
    internal const int Tile = 1024;

    /// <summary>Elements of a run that are reduced before the result joins a tree of partial results.</summary>
    internal const int Block = 2048;

    /// <summary>
    /// Elements from which a run is read in four places at once: one processor gets about one and a half times as much from
    /// memory that way.
    /// </summary>
    internal const int LongRun = 4096;
}

/// <summary>The innermost loops of reductions for one reducer, vector type and element type.</summary>
[SkipLocalsInit]
internal static unsafe class ReduceLoops<TReducer, V, T>
    where TReducer : struct, IReducer
    where V : struct, ISimd<V>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Reduces a contiguous run into the lanes of one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static V Run(byte* x, nint count)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint i = 0;
        V total = TReducer.Start<V>();
        if (bytes >= 8 * width)
        {
            // Eight independent totals hide the latency of the additions.
            V t1 = total;
            V t2 = total;
            V t3 = total;
            V t4 = total;
            V t5 = total;
            V t6 = total;
            V t7 = total;
            for (; i <= bytes - (8 * width); i += 8 * width)
            {
                byte* p = x + i;
                total = TReducer.Add(total, V.Load(p));
                t1 = TReducer.Add(t1, V.Load(p + width));
                t2 = TReducer.Add(t2, V.Load(p + (2 * width)));
                t3 = TReducer.Add(t3, V.Load(p + (3 * width)));
                t4 = TReducer.Add(t4, V.Load(p + (4 * width)));
                t5 = TReducer.Add(t5, V.Load(p + (5 * width)));
                t6 = TReducer.Add(t6, V.Load(p + (6 * width)));
                t7 = TReducer.Add(t7, V.Load(p + (7 * width)));
            }

            total = TReducer.Merge(
                TReducer.Merge(TReducer.Merge(total, t1), TReducer.Merge(t2, t3)),
                TReducer.Merge(TReducer.Merge(t4, t5), TReducer.Merge(t6, t7))
            );
        }

        for (; i <= bytes - width; i += width)
        {
            total = TReducer.Add(total, V.Load(x + i));
        }

        if (i < bytes)
        {
            // The lanes that have no element keep what they have.
            V added = TReducer.Add(total, Lanes.LoadPart<V>(x + i, bytes - i));
            total = V.Select(Lanes.PartMask<V>(bytes - i), added, total);
        }

        return total;
    }

    /// <summary>Reduces four runs of one length, a multiple of two registers, into the lanes of one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static V RunFour(byte* x, nint stride, nint count)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        V t0 = TReducer.Start<V>();
        V t1 = t0;
        V t2 = t0;
        V t3 = t0;
        V t4 = t0;
        V t5 = t0;
        V t6 = t0;
        V t7 = t0;
        byte* x1 = x + stride;
        byte* x2 = x1 + stride;
        byte* x3 = x2 + stride;
        for (nint i = 0; i < bytes; i += 2 * width)
        {
            t0 = TReducer.Add(t0, V.Load(x + i));
            t1 = TReducer.Add(t1, V.Load(x + i + width));
            t2 = TReducer.Add(t2, V.Load(x1 + i));
            t3 = TReducer.Add(t3, V.Load(x1 + i + width));
            t4 = TReducer.Add(t4, V.Load(x2 + i));
            t5 = TReducer.Add(t5, V.Load(x2 + i + width));
            t6 = TReducer.Add(t6, V.Load(x3 + i));
            t7 = TReducer.Add(t7, V.Load(x3 + i + width));
        }

        return TReducer.Merge(
            TReducer.Merge(TReducer.Merge(t0, t1), TReducer.Merge(t2, t3)),
            TReducer.Merge(TReducer.Merge(t4, t5), TReducer.Merge(t6, t7))
        );
    }

    /// <summary>The place of the first element of a run that equals a number which is in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static nint IndexOf(byte* x, nint count, T value)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        V wanted = V.Broadcast((byte*)&value);
        nint i = 0;
        while (i <= bytes - width && !V.Any(V.Equal(V.Load(x + i), wanted)))
        {
            i += width;
        }

        nint index = i / V.ElementSize;
        while (((T*)x)[index] != value)
        {
            index++;
        }

        return index;
    }

    /// <summary>Joins the lanes of a register, halves first.</summary>
    internal static T Lane(V total)
    {
        T* lanes = stackalloc T[Lanes.MaxBytes / sizeof(T)];
        V.Store(total, lanes);
        for (int half = V.Count / 2; half >= 1; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                lanes[i] = TReducer.Merge<SimdScalar<T>>(lanes[i], lanes[i + half]).Value;
            }
        }

        return lanes[0];
    }

    /// <summary>
    /// Joins the lanes of eight registers, each as <see cref="Lane"/> does, where the vector type allows it
    /// (<see cref="Lanes.CanTurn"/>).
    /// </summary>
    /// <param name="totals">Eight registers in memory.</param>
    /// <param name="results">Eight elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void EightLanes(byte* totals, T* results)
    {
        int size = Unsafe.SizeOf<V>();
        Join(
            V.Load(totals),
            V.Load(totals + size),
            V.Load(totals + (2 * size)),
            V.Load(totals + (3 * size)),
            V.Load(totals + (4 * size)),
            V.Load(totals + (5 * size)),
            V.Load(totals + (6 * size)),
            V.Load(totals + (7 * size)),
            results
        );
    }

    /// <summary>Whether runs are so short that <see cref="Run"/> takes one register after the other.</summary>
    internal static bool IsShort(long count) => count < 8 * V.Count;

    /// <summary>
    /// Reduces eight short runs side by side, each as <see cref="Run"/> and <see cref="Lane"/> do, under the conditions of
    /// <see cref="EightLanes"/> and <see cref="IsShort"/>.
    /// </summary>
    /// <param name="x">The first run.</param>
    /// <param name="stride">Bytes from one run to the next.</param>
    /// <param name="count">Elements of a run.</param>
    /// <param name="results">Eight elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void EightRuns(byte* x, nint stride, nint count, T* results)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        V t0 = TReducer.Start<V>();
        V t1 = t0;
        V t2 = t0;
        V t3 = t0;
        V t4 = t0;
        V t5 = t0;
        V t6 = t0;
        V t7 = t0;
        byte* y = x + (4 * stride);
        nint i = 0;
        for (; i <= bytes - width; i += width)
        {
            t0 = TReducer.Add(t0, V.Load(x + i));
            t1 = TReducer.Add(t1, V.Load(x + stride + i));
            t2 = TReducer.Add(t2, V.Load(x + (2 * stride) + i));
            t3 = TReducer.Add(t3, V.Load(x + (3 * stride) + i));
            t4 = TReducer.Add(t4, V.Load(y + i));
            t5 = TReducer.Add(t5, V.Load(y + stride + i));
            t6 = TReducer.Add(t6, V.Load(y + (2 * stride) + i));
            t7 = TReducer.Add(t7, V.Load(y + (3 * stride) + i));
        }

        if (i < bytes)
        {
            nint rest = bytes - i;
            V mask = Lanes.PartMask<V>(rest);
            t0 = V.Select(mask, TReducer.Add(t0, Lanes.LoadPart<V>(x + i, rest)), t0);
            t1 = V.Select(mask, TReducer.Add(t1, Lanes.LoadPart<V>(x + stride + i, rest)), t1);
            t2 = V.Select(mask, TReducer.Add(t2, Lanes.LoadPart<V>(x + (2 * stride) + i, rest)), t2);
            t3 = V.Select(mask, TReducer.Add(t3, Lanes.LoadPart<V>(x + (3 * stride) + i, rest)), t3);
            t4 = V.Select(mask, TReducer.Add(t4, Lanes.LoadPart<V>(y + i, rest)), t4);
            t5 = V.Select(mask, TReducer.Add(t5, Lanes.LoadPart<V>(y + stride + i, rest)), t5);
            t6 = V.Select(mask, TReducer.Add(t6, Lanes.LoadPart<V>(y + (2 * stride) + i, rest)), t6);
            t7 = V.Select(mask, TReducer.Add(t7, Lanes.LoadPart<V>(y + (3 * stride) + i, rest)), t7);
        }

        Join(t0, t1, t2, t3, t4, t5, t6, t7, results);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(V t0, V t1, V t2, V t3, V t4, V t5, V t6, V t7, T* results)
    {
        Vector256<float> x0 = Unsafe.BitCast<V, Vector256<float>>(t0);
        Vector256<float> x1 = Unsafe.BitCast<V, Vector256<float>>(t1);
        Vector256<float> x2 = Unsafe.BitCast<V, Vector256<float>>(t2);
        Vector256<float> x3 = Unsafe.BitCast<V, Vector256<float>>(t3);
        Vector256<float> x4 = Unsafe.BitCast<V, Vector256<float>>(t4);
        Vector256<float> x5 = Unsafe.BitCast<V, Vector256<float>>(t5);
        Vector256<float> x6 = Unsafe.BitCast<V, Vector256<float>>(t6);
        Vector256<float> x7 = Unsafe.BitCast<V, Vector256<float>>(t7);
        Lanes.Turn(ref x0, ref x1, ref x2, ref x3, ref x4, ref x5, ref x6, ref x7);
        V even = TReducer.Merge(Join(x0, x4), Join(x2, x6));
        V odd = TReducer.Merge(Join(x1, x5), Join(x3, x7));
        V.Store(TReducer.Merge(even, odd), results);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Join(Vector256<float> left, Vector256<float> right) =>
        TReducer.Merge(Unsafe.BitCast<Vector256<float>, V>(left), Unsafe.BitCast<Vector256<float>, V>(right));

    /// <summary>Takes one row into totals that are padded to whole registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddRow(byte* totals, byte* row, nint count)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint i = 0;
        for (; i <= bytes - width; i += width)
        {
            V.Store(TReducer.Add(V.Load(totals + i), V.Load(row + i)), totals + i);
        }

        if (i < bytes)
        {
            V.Store(TReducer.Add(V.Load(totals + i), Lanes.LoadPart<V>(row + i, bytes - i)), totals + i);
        }
    }

    /// <summary>Takes four rows, in order, into totals that are padded to whole registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddRows(byte* totals, byte* row0, byte* row1, byte* row2, byte* row3, nint count)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint i = 0;
        for (; i <= bytes - width; i += width)
        {
            V total = TReducer.Add(TReducer.Add(V.Load(totals + i), V.Load(row0 + i)), V.Load(row1 + i));
            V.Store(TReducer.Add(TReducer.Add(total, V.Load(row2 + i)), V.Load(row3 + i)), totals + i);
        }

        if (i < bytes)
        {
            V total = TReducer.Add(V.Load(totals + i), Lanes.LoadPart<V>(row0 + i, bytes - i));
            total = TReducer.Add(total, Lanes.LoadPart<V>(row1 + i, bytes - i));
            total = TReducer.Add(total, Lanes.LoadPart<V>(row2 + i, bytes - i));
            V.Store(TReducer.Add(total, Lanes.LoadPart<V>(row3 + i, bytes - i)), totals + i);
        }
    }

    /// <summary>
    /// Reduces rows, given by their places in bytes, into totals; what stands behind the last column's total is
    /// overwritten up to the end of a register.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddNarrow(byte* totals, byte* x, nint* rows, int count, nint columns)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = columns * V.ElementSize;
        nint i = 0;
        for (; i <= bytes - width; i += width)
        {
            V total = TReducer.Start<V>();
            for (int row = 0; row < count; row++)
            {
                total = TReducer.Add(total, V.Load(x + rows[row] + i));
            }

            V.Store(total, totals + i);
        }

        if (i < bytes)
        {
            V total = TReducer.Start<V>();
            for (int row = 0; row < count; row++)
            {
                total = TReducer.Add(total, Lanes.LoadPart<V>(x + rows[row] + i, bytes - i));
            }

            V.Store(total, totals + i);
        }
    }

    /// <summary>Columns whose totals fill the registers that <see cref="AddNarrowRows"/> keeps them in.</summary>
    internal static nint NarrowRow => 8 * V.Count;

    /// <summary>Takes rows of <see cref="NarrowRow"/> columns, in order, into totals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddNarrowRows(byte* totals, byte* x, nint rows)
    {
        nint width = V.Count * V.ElementSize;
        V t0 = V.Load(totals);
        V t1 = V.Load(totals + width);
        V t2 = V.Load(totals + (2 * width));
        V t3 = V.Load(totals + (3 * width));
        V t4 = V.Load(totals + (4 * width));
        V t5 = V.Load(totals + (5 * width));
        V t6 = V.Load(totals + (6 * width));
        V t7 = V.Load(totals + (7 * width));
        for (byte* end = x + (rows * 8 * width); x < end; x += 8 * width)
        {
            t0 = TReducer.Add(t0, V.Load(x));
            t1 = TReducer.Add(t1, V.Load(x + width));
            t2 = TReducer.Add(t2, V.Load(x + (2 * width)));
            t3 = TReducer.Add(t3, V.Load(x + (3 * width)));
            t4 = TReducer.Add(t4, V.Load(x + (4 * width)));
            t5 = TReducer.Add(t5, V.Load(x + (5 * width)));
            t6 = TReducer.Add(t6, V.Load(x + (6 * width)));
            t7 = TReducer.Add(t7, V.Load(x + (7 * width)));
        }

        V.Store(t0, totals);
        V.Store(t1, totals + width);
        V.Store(t2, totals + (2 * width));
        V.Store(t3, totals + (3 * width));
        V.Store(t4, totals + (4 * width));
        V.Store(t5, totals + (5 * width));
        V.Store(t6, totals + (6 * width));
        V.Store(t7, totals + (7 * width));
    }

    /// <summary><c>left = merge(left, right)</c> over totals that are padded to whole registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Merge(byte* left, byte* right, nint count)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        for (nint i = 0; i < bytes; i += width)
        {
            V.Store(TReducer.Merge(V.Load(left + i), V.Load(right + i)), left + i);
        }
    }

    /// <summary>Sets totals, padded to whole registers, to what has taken in nothing.</summary>
    internal static void Start(byte* totals, nint count)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        V start = TReducer.Start<V>();
        for (nint i = 0; i < bytes; i += width)
        {
            V.Store(start, totals + i);
        }
    }

    /// <summary>Makes results of totals that are padded to whole registers.</summary>
    internal static void Finish(byte* totals, nint count, long reduced)
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        V number = V.Constant(reduced);
        for (nint i = 0; i < bytes; i += width)
        {
            V.Store(TReducer.Finish(V.Load(totals + i), number), totals + i);
        }
    }
}
