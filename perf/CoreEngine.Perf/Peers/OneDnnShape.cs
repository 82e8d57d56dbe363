using System.Runtime.CompilerServices;

namespace CoreEngine.Perf;

/// <summary>oneDNN's description of an array of float32: its extents and its layout (dnnl_memory_desc_t of version 2).</summary>
internal readonly unsafe struct OneDnnShape
{
    private const int Float32 = 3;
    private const int AnyLayout = 1;

    private readonly Blob _blob;

    private OneDnnShape(Blob blob) => _blob = blob;

    /// <summary>Bytes of the array, padding of blocked layouts included.</summary>
    public long Bytes
    {
        get
        {
            OneDnnShape copy = this;
            return (long)OneDnnNative.ShapeBytes(&copy);
        }
    }

    /// <summary>The layout is oneDNN's choice.</summary>
    public static OneDnnShape Any(params ReadOnlySpan<long> extents) => Tagged(AnyLayout, extents);

    /// <summary>Row-major and dense.</summary>
    public static OneDnnShape Plain(params ReadOnlySpan<long> extents)
    {
        Span<long> strides = stackalloc long[extents.Length];
        long stride = 1;
        for (int i = extents.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= extents[i];
        }

        return Strided(extents, strides);
    }

    /// <summary>Dense, but stored in another order of the axes.</summary>
    /// <param name="extents">Extents of the axes.</param>
    /// <param name="order">The axes as they are stored, the outermost first.</param>
    public static OneDnnShape Ordered(ReadOnlySpan<long> extents, ReadOnlySpan<int> order)
    {
        Span<long> strides = stackalloc long[extents.Length];
        long stride = 1;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            strides[order[i]] = stride;
            stride *= extents[order[i]];
        }

        return Strided(extents, strides);
    }

    /// <summary>With these distances, in elements, of neighbours along each axis.</summary>
    public static OneDnnShape Strided(ReadOnlySpan<long> extents, ReadOnlySpan<long> strides)
    {
        Blob blob = default;
        fixed (
            long* x = extents,
                y = strides
        )
        {
            OneDnnNative.Check(OneDnnNative.ShapeByStrides(&blob, extents.Length, x, Float32, y), "memory descriptor");
        }

        return new OneDnnShape(blob);
    }

    /// <summary>Images (N, C, one to three spatial axes) in a layout of choice.</summary>
    public static OneDnnShape Images(OneDnnLayout layout, params ReadOnlySpan<long> extents)
    {
        int rank = extents.Length;
        switch (layout)
        {
            case OneDnnLayout.Plain:
                return Plain(extents);
            case OneDnnLayout.ChannelsLast:
                Span<int> order = stackalloc int[rank];
                for (int i = 1; i < rank; i++)
                {
                    order[i] = i + 1;
                }

                order[rank - 1] = 1;
                return Ordered(extents, order);
            default:
                return Tagged(OneDnnNative.BlockedTag(rank), extents);
        }
    }

    /// <summary>An array that a primitive does not have.</summary>
    public static OneDnnShape None => default;

    private static OneDnnShape Tagged(int tag, ReadOnlySpan<long> extents)
    {
        Blob blob = default;
        fixed (long* x = extents)
        {
            OneDnnNative.Check(OneDnnNative.ShapeByTag(&blob, extents.Length, x, Float32, tag), "memory descriptor");
        }

        return new OneDnnShape(blob);
    }

    /// <summary>sizeof(dnnl_memory_desc_t) is 696.</summary>
    [InlineArray(87)]
    private struct Blob
    {
        private long _first;
    }
}
