using CoreEngine.Runtime;

namespace CoreEngine.Files;

/// <summary>Values of one type in native memory: a stored array's data, or one of its index arrays.</summary>
/// <remarks>The block does not own its memory; several blocks may lie in one lease.</remarks>
/// <param name="DType">The element type.</param>
/// <param name="Shape">The extents, row-major; rank 0 for no values. Unlike an array's, an extent of 0 means none.</param>
/// <param name="Lease">The memory; <c>default</c> when there are no bytes.</param>
/// <param name="Offset">Bytes from the start of the lease to the first value.</param>
public readonly unsafe record struct StoredBlock(DType DType, Shape Shape, MemoryLease Lease, long Offset = 0)
{
    /// <summary>How many bytes the values take.</summary>
    public long ByteLength => checked(Shape.Size * DType.ItemSize());

    /// <summary>The first value; null when there are none.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public byte* Pointer => ByteLength == 0 ? null : (byte*)Lease.Pointer + Offset;

    /// <summary>The values' bytes.</summary>
    /// <exception cref="OverflowException">There are 2 GiB or more; use <see cref="Pointer"/>.</exception>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public Span<byte> Bytes => new(Pointer, checked((int)ByteLength));

    /// <summary>The values.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the element type.</exception>
    public Span<T> Values<T>()
        where T : unmanaged =>
        DTypes.Of<T>() == DType
            ? System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(Bytes)
            : throw new InvalidOperationException($"The values are {DType.Name()}, not {typeof(T).Name}.");

    // The compiler would print the pointer, too, which the native compiler cannot.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append(DType.Name()).Append(' ').Append(Shape);
        return true;
    }
}
