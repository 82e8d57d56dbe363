using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Places along an axis, as places in the whole array.</summary>
public static unsafe class AxisIndex
{
    /// <summary>
    /// Turns an array (<paramref name="outer"/>, <paramref name="count"/>, <paramref name="inner"/>) of places along the
    /// middle axis of an array (outer, <paramref name="length"/>, inner) into places in that array.
    /// </summary>
    /// <param name="indices">The places along the axis.</param>
    /// <param name="flat">The places in the array; it may be <paramref name="indices"/>.</param>
    /// <param name="outer">Arrays before the axis.</param>
    /// <param name="count">Places named in each.</param>
    /// <param name="inner">Elements behind the axis.</param>
    /// <param name="length">Length of the axis.</param>
    /// <param name="clamp">Cuts places off to those that exist; otherwise all must exist.</param>
    public static void ToFlat(
        long* indices,
        long* flat,
        long outer,
        long count,
        long inner,
        long length,
        bool clamp = false
    )
    {
        var call = new Call
        {
            Indices = indices,
            Flat = flat,
            Count = count,
            Inner = inner,
            Length = length,
            Least = clamp ? 0 : long.MinValue,
            Most = clamp ? length - 1 : long.MaxValue,
        };
        KernelTeam.Default.For(outer * count, Math.Max(1, Elementwise.Grain / Math.Max(1, inner)), &Run, &call);
    }

    private static void Run(void* state, long start, long end)
    {
        var call = (Call*)state;
        (long outer, long within) = Math.DivRem(start, call->Count);
        while (start < end)
        {
            // Rows up to the end of the axis share the place where it begins.
            long past = Math.Min(end, start + call->Count - within);
            if (call->Inner == 1 && call->Count > 1)
                Shift(call, start, past, outer * call->Length);
            else if (call->Inner == 1)
                past = Pick(call, start, end);
            else
                Spread(call, start, past, outer * call->Length);
            outer += call->Count == 1 ? past - start : 1;
            start = past;
            within = 0;
        }
    }

    /// <summary>Places of one row that lie together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Shift(Call* call, long start, long end, long first)
    {
        long* indices = call->Indices;
        long* flat = call->Flat;
        (long least, long most) = (call->Least, call->Most);
        long i = start;
        for (; i + Vector256<long>.Count <= end; i += Vector256<long>.Count)
        {
            Vector256<long> places = Vector256.Min(Vector256.Load(indices + i), Vector256.Create(most));
            (Vector256.Max(places, Vector256.Create(least)) + Vector256.Create(first)).Store(flat + i);
        }

        for (; i < end; i++)
        {
            flat[i] = first + Math.Max(least, Math.Min(most, indices[i]));
        }
    }

    /// <summary>One place in each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Pick(Call* call, long start, long end)
    {
        long* indices = call->Indices;
        long* flat = call->Flat;
        (long least, long most) = (call->Least, call->Most);
        long length = call->Length;
        long first = start * length;
        for (long i = start; i < end; i++, first += length)
        {
            flat[i] = first + Math.Max(least, Math.Min(most, indices[i]));
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(Call* call, long start, long end, long first)
    {
        long inner = call->Inner;
        (long least, long most) = (call->Least, call->Most);
        for (long row = start; row < end; row++)
        {
            long* indices = call->Indices + (row * inner);
            long* flat = call->Flat + (row * inner);
            for (long i = 0; i < inner; i++)
            {
                flat[i] = ((first + Math.Max(least, Math.Min(most, indices[i]))) * inner) + i;
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
        internal long Least;
        internal long Most;
    }
}
