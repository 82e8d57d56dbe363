using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Reads one element of each line along an axis.</summary>
public static unsafe class Pick
{
    /// <summary>
    /// y[o, i] = x[o, indices[o, i], i] for x of (<paramref name="outer"/>, <paramref name="length"/>,
    /// <paramref name="inner"/>); indices are cut off to what exists.
    /// </summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The input.</param>
    /// <param name="indices">Places along the axis, (outer, inner).</param>
    /// <param name="outer">Arrays before the axis.</param>
    /// <param name="length">Length of the axis, at least 1.</param>
    /// <param name="inner">Elements behind the axis.</param>
    /// <param name="y">The output, (outer, inner); it must not overlap the input.</param>
    public static void Elements(DType dtype, void* x, long* indices, long outer, long length, long inner, void* y)
    {
        var call = new Call
        {
            Size = dtype.ItemSize(),
            X = (byte*)x,
            Y = (byte*)y,
            Indices = indices,
            Length = length,
            Inner = inner,
        };
        KernelTeam.Default.For(outer, Math.Max(1, Elementwise.Grain / Math.Max(1, inner)), &Run, &call);
    }

    private static void Run(void* state, long start, long end)
    {
        var call = (Call*)state;
        switch (call->Size)
        {
            case 1:
                Lines<byte>(call, start, end);
                break;
            case 2:
                Lines<short>(call, start, end);
                break;
            case 4:
                Lines<int>(call, start, end);
                break;
            default:
                Lines<long>(call, start, end);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Lines<T>(Call* call, long start, long end)
        where T : unmanaged
    {
        (long inner, long last) = (call->Inner, call->Length - 1);
        long block = inner * call->Length;
        long* indices = call->Indices + (start * inner);
        T* x = (T*)call->X + (start * block);
        T* y = (T*)call->Y + (start * inner);
        if (inner == 1)
        {
            for (long i = 0; i < end - start; i++, x += block)
            {
                y[i] = x[Math.Max(0, Math.Min(last, indices[i]))];
            }

            return;
        }

        for (long o = start; o < end; o++, x += block, y += inner, indices += inner)
        {
            for (long i = 0; i < inner; i++)
            {
                y[i] = x[(Math.Max(0, Math.Min(last, indices[i])) * inner) + i];
            }
        }
    }

    private struct Call
    {
        internal int Size;
        internal byte* X;
        internal byte* Y;
        internal long* Indices;
        internal long Length;
        internal long Inner;
    }
}
