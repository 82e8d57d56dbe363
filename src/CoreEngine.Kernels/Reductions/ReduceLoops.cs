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
        var t = (Vector256<float>*)totals;
        Vector256<float> x0 = t[0];
        Vector256<float> x1 = t[1];
        Vector256<float> x2 = t[2];
        Vector256<float> x3 = t[3];
        Vector256<float> x4 = t[4];
        Vector256<float> x5 = t[5];
        Vector256<float> x6 = t[6];
        Vector256<float> x7 = t[7];
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
