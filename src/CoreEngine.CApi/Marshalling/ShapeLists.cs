using System.Numerics;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Reads several shapes that C gives one after the other, with offsets that say where each begins.</summary>
internal static unsafe class ShapeLists
{
    /// <summary>The shapes; of an extent that is not known, 0 or negative, 0 is returned.</summary>
    /// <param name="extents">The extents of all shapes.</param>
    /// <param name="offsets">Where each shape begins, and where the last one ends: one more than there are shapes.</param>
    /// <param name="count">How many shapes there are.</param>
    /// <param name="argument">The name of the offsets, for errors.</param>
    /// <exception cref="EngineException">A pointer is missing, or the offsets do not ascend from 0.</exception>
    internal static Shape[] Read<T, TOffset>(T* extents, TOffset* offsets, long count, string argument)
        where T : unmanaged, IBinaryInteger<T>
        where TOffset : unmanaged, IBinaryInteger<TOffset>
    {
        if (count == 0)
            return [];
        ReadOnlySpan<TOffset> ends = Pointers.Span(offsets, count + 1, argument);
        long start = long.CreateSaturating(ends[0]);
        for (int i = 1; i < ends.Length; i++)
        {
            if (ends[i] < ends[i - 1])
                throw new EngineException($"'{argument}' must ascend, but '{argument}[{i}]' is {ends[i]}.");
        }

        if (start < 0)
            throw new EngineException($"'{argument}' must begin with 0, not with {start}.");
        ReadOnlySpan<T> all = Pointers.Span(extents, long.CreateSaturating(ends[^1]), $"extents up to {argument}");
        var shapes = new Shape[count];
        for (int i = 0; i < shapes.Length; i++)
        {
            shapes[i] = Read(all[int.CreateChecked(ends[i])..int.CreateChecked(ends[i + 1])]);
        }

        return shapes;
    }

    private static Shape Read<T>(ReadOnlySpan<T> extents)
        where T : unmanaged, IBinaryInteger<T>
    {
        long[] dims = new long[extents.Length];
        for (int i = 0; i < dims.Length; i++)
        {
            dims[i] = Math.Max(0, long.CreateChecked(extents[i]));
        }

        return new Shape(dims);
    }
}
