using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>A window along one dimension: the positions inside the plane, and how many it counts with padding.</summary>
internal readonly struct PoolingWindow
{
    public readonly long First;
    public readonly long Last;
    public readonly long Count;

    private PoolingWindow(long first, long last, long count)
    {
        First = first;
        Last = last;
        Count = count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PoolingWindow Of(long index, long kernel, long stride, long pad, long size)
    {
        long start = (index * stride) - pad;
        long end = Math.Min(start + kernel, size + pad);

        // "Full" can put a last window wholly behind the plane: it counts one position and sees nothing.
        return new PoolingWindow(Math.Max(start, 0), Math.Min(end, size), Math.Max(end - start, 1));
    }
}
