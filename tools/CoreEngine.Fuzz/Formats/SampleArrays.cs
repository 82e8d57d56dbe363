using System.Runtime.InteropServices;
using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>Arrays from which valid files are made.</summary>
internal static class SampleArrays
{
    private static readonly StoragePool s_pool = new(Device.Cpu());

    /// <summary>One dense array of each type, named.</summary>
    public static StoredArrayList Dense { get; } =
        new(
            [
                Array([2, 3], 1f, 2f, 3f, 4f, 5f, 6f),
                Array([2], 1.5, -2.5),
                Array([1], (Half)3),
                Array<byte>([3], 1, 2, 255),
                Array([2], int.MinValue, 7),
                Array<sbyte>([2, 1], -1, 1),
                Array([1, 1, 2], long.MaxValue, 0),
            ],
            ["arg:w", "b", "c", "d", "e", "naïve", "aux:g"]
        );

    /// <summary>Sparse arrays with 64-bit and 32-bit indices, with and without values; an empty one; one of a GPU.</summary>
    public static StoredArrayList Sparse { get; } =
        new(
            [
                StoredArray.RowSparse([5, 2], Block([2, 2], 1f, 2f, 3f, 4f), Block([2], 1L, 4L)),
                StoredArray.RowSparse([5, 2], Block<float>([0, 2]), Block<long>([0])),
                StoredArray.Csr([2, 3], Block([2], 1f, 2f), Block([3], 0L, 1L, 2L), Block([2], 2L, 0L)),
                StoredArray.Csr([2, 3], Block([3], 1.0, 2.0, 3.0), Block([3], 0, 1, 3), Block([3], 2, 0, 1)),
                StoredArray.Csr([2, 3], Block<float>([0]), Block<long>([0]), Block<long>([0])),
                new StoredArray(new StoredBlock(DType.Float32, default, default)),
                new StoredArray(Block([1], 9f), Device.Gpu(3)),
            ],
            []
        );

    private static StoredArray Array<T>(Shape shape, params T[] values)
        where T : unmanaged => new(Block(shape, values));

    private static StoredBlock Block<T>(Shape shape, params T[] values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
        var block = new StoredBlock(DTypes.Of<T>(), shape, bytes.IsEmpty ? default : s_pool.Lease(bytes.Length));
        bytes.CopyTo(block.Bytes);
        return block;
    }
}
