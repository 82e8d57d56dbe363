using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Places along an axis, as places in the whole array.</summary>
public static unsafe class AxisIndex
{
    /// <summary>
    /// Turns an array (<paramref name="outer"/>, <paramref name="count"/>, <paramref name="inner"/>) of places along the
    /// middle axis of an array (outer, <paramref name="length"/>, inner) into places in that array.
    /// </summary>
    /// <param name="indices">The places along the axis; all must exist.</param>
    /// <param name="flat">The places in the array; it may be <paramref name="indices"/>.</param>
    /// <param name="outer">Arrays before the axis.</param>
    /// <param name="count">Places named in each.</param>
    /// <param name="inner">Elements behind the axis.</param>
    /// <param name="length">Length of the axis.</param>
    public static void ToFlat(long* indices, long* flat, long outer, long count, long inner, long length)
    {
        var call = new Call
        {
            Indices = indices,
            Flat = flat,
            Count = count,
            Inner = inner,
            Length = length,
        };
        KernelTeam.Default.For(outer * count, Math.Max(1, Elementwise.Grain / Math.Max(1, inner)), &Run, &call);
    }

    private static void Run(void* state, long start, long end)
    {
        var call = (Call*)state;
        (long outer, long within) = Math.DivRem(start, call->Count);
        for (; start < end; outer++, within = 0)
        {
            // Rows of one part share the place where its lines begin.
            long past = Math.Min(end, start + call->Count - within);
            if (call->Inner == 1)
                Shift(call->Indices + start, call->Flat + start, past - start, outer * call->Length);
            else
                Spread(call, start, past, outer * call->Length);
            start = past;
        }
    }

    private static void Shift(long* indices, long* flat, long count, long first)
    {
        long i = 0;
        for (; i + Vector256<long>.Count <= count; i += Vector256<long>.Count)
        {
            (Vector256.Load(indices + i) + Vector256.Create(first)).Store(flat + i);
        }

        for (; i < count; i++)
        {
            flat[i] = first + indices[i];
        }
    }

    private static void Spread(Call* call, long start, long end, long first)
    {
        long inner = call->Inner;
        for (long row = start; row < end; row++)
        {
            long* indices = call->Indices + (row * inner);
            long* flat = call->Flat + (row * inner);
            for (long i = 0; i < inner; i++)
            {
                flat[i] = ((first + indices[i]) * inner) + i;
            }
        }
    }

    private struct Call
    {
        internal long* Indices;
        internal long* Flat;
        internal long Count;
        internal long Inner;
        internal long Length;
    }
}
