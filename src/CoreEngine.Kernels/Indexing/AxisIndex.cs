namespace CoreEngine.Kernels;

/// <summary>Places along an axis, as places in the whole array.</summary>
public static unsafe class AxisIndex
{
    /// <summary>
    /// Turns an array (<paramref name="outer"/>, <paramref name="count"/>, <paramref name="inner"/>) of places along the
    /// middle axis of an array (outer, <paramref name="length"/>, inner) into places in that array, in place.
    /// </summary>
    public static void ToFlat(long* indices, long outer, long count, long inner, long length)
    {
        var call = new Call
        {
            Indices = indices,
            Count = count,
            Inner = inner,
            Length = length,
        };
        KernelTeam.Default.For(outer * count, Math.Max(1, Elementwise.Grain / Math.Max(1, inner)), &Run, &call);
    }

    private static void Run(void* state, long start, long end)
    {
        var call = (Call*)state;
        for (long row = start; row < end; row++)
        {
            long* indices = call->Indices + (row * call->Inner);
            long first = row / call->Count * call->Length;
            for (long i = 0; i < call->Inner; i++)
            {
                indices[i] = ((first + indices[i]) * call->Inner) + i;
            }
        }
    }

    private struct Call
    {
        internal long* Indices;
        internal long Count;
        internal long Inner;
        internal long Length;
    }
}
