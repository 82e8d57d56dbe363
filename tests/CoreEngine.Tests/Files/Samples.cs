using System.Runtime.InteropServices;
using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Files;

/// <summary>Arrays to save.</summary>
internal static class Samples
{
    public static StoredBlock Block<T>(StoragePool pool, Shape shape, params T[] values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
        var block = new StoredBlock(DTypes.Of<T>(), shape, bytes.IsEmpty ? default : pool.Lease(bytes.Length));
        bytes.CopyTo(block.Bytes);
        return block;
    }

    public static StoredArray Array<T>(StoragePool pool, Shape shape, params T[] values)
        where T : unmanaged => new(Block(pool, shape, values));

    public static StoredArrayList Everything(StoragePool pool) =>
        new(
            [
                Array(pool, [2, 3], 1f, 2f, 3f, 4f, 5f, 6f),
                Array(pool, [2], 1.5, -2.5),
                Array(pool, [1], (Half)3),
                Array<byte>(pool, [3], 1, 2, 255),
                Array(pool, [2], int.MinValue, 7),
                Array<sbyte>(pool, [2, 1], -1, 1),
                Array(pool, [1, 1, 2], long.MaxValue, 0),
                StoredArray.RowSparse([5, 2], Block(pool, [2, 2], 1f, 2f, 3f, 4f), Block(pool, [2], 1L, 4L)),
                StoredArray.Csr(
                    [2, 3],
                    Block(pool, [2], 1f, 2f),
                    Block(pool, [3], 0L, 1L, 2L),
                    Block(pool, [2], 2L, 0L)
                ),
                new StoredArray(new StoredBlock(DType.Float32, default, default)),
                new StoredArray(Block(pool, [1], 9f), Device.Gpu(3)),
            ],
            ["arg:w", "b", "c", "", "e", "f", "naïve", "h", "i", "none", "gpu"]
        );

    public static byte[] Bytes(StoredArrayList list)
    {
        using var stream = new MemoryStream();
        NDArrayFile.Write(stream, list.Arrays, list.Names);
        return stream.ToArray();
    }
}
