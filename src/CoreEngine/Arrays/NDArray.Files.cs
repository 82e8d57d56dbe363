using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine;

public sealed partial class NDArray
{
    /// <summary>A file names the rows of a matrix that was never written to, but holds nothing for them.</summary>
    private const long MaxRowsWithoutStarts = 1 << 24;

    /// <summary>Saves arrays without names as MXNet does (<c>.nd</c>, <c>.params</c>), after waiting for their values.</summary>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="OperationException">A value could not be computed; the previous file is unchanged.</exception>
    public static void Save(string path, IReadOnlyList<NDArray> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        NDArrayFile.Save(path, [.. arrays.Select(array => array.ToStored())], []);
        GC.KeepAlive(arrays);
    }

    /// <summary>Saves arrays with names as MXNet does (<c>.params</c>), in the dictionary's order.</summary>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="OperationException">A value could not be computed; the previous file is unchanged.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, NDArray> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        NDArrayFile.Save(path, [.. arrays.Values.Select(array => array.ToStored())], [.. arrays.Keys]);
        GC.KeepAlive(arrays);
    }

    /// <summary>Writes arrays without names to a stream, as <see cref="Save(string, IReadOnlyList{NDArray})"/> does to a file.</summary>
    /// <exception cref="OperationException">A value could not be computed; nothing was written.</exception>
    public static void Save(Stream stream, IReadOnlyList<NDArray> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        NDArrayFile.Write(stream, [.. arrays.Select(array => array.ToStored())], []);
        GC.KeepAlive(arrays);
    }

    /// <summary>Writes arrays with names to a stream, in the dictionary's order.</summary>
    /// <exception cref="OperationException">A value could not be computed; nothing was written.</exception>
    public static void Save(Stream stream, IReadOnlyDictionary<string, NDArray> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        NDArrayFile.Write(stream, [.. arrays.Values.Select(array => array.ToStored())], [.. arrays.Keys]);
        GC.KeepAlive(arrays);
    }

    /// <summary>Loads the arrays of an MXNet file in their order, onto <c>cpu(0)</c>; names are left out.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no array file, or damaged.</exception>
    public static IReadOnlyList<NDArray> LoadList(string path) => FromStored(NDArrayFile.Load(path), path);

    /// <summary>Loads the named arrays of an MXNet file onto <c>cpu(0)</c>, in the file's order.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no array file, is damaged, or its arrays have no or equal names.</exception>
    public static IReadOnlyDictionary<string, NDArray> LoadDictionary(string path) =>
        ToDictionary(NDArrayFile.Load(path), path);

    /// <summary>Reads the arrays of an MXNet file from a stream, in their order, onto <c>cpu(0)</c>; names are left out.</summary>
    /// <param name="stream">Where from; bytes behind the list are left unread.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <exception cref="FileFormatException">The bytes are no array file, or damaged.</exception>
    public static IReadOnlyList<NDArray> LoadList(Stream stream, string name = "the stream") =>
        FromStored(NDArrayFile.Read(stream, name), name);

    /// <summary>Reads the named arrays of an MXNet file from a stream onto <c>cpu(0)</c>, in the file's order.</summary>
    /// <param name="stream">Where from; bytes behind the list are left unread.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <exception cref="FileFormatException">The bytes are no array file, are damaged, or the arrays have no or equal names.</exception>
    public static IReadOnlyDictionary<string, NDArray> LoadDictionary(Stream stream, string name = "the stream") =>
        ToDictionary(NDArrayFile.Read(stream, name), name);

    /// <summary>This array in the bytes of MXNet's files, without a list around it; waits for its values.</summary>
    /// <exception cref="OperationException">A value could not be computed.</exception>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        NDArrayFile.WriteOne(stream, ToStored());
        GC.KeepAlive(this);
        return stream.ToArray();
    }

    /// <summary>An array on <c>cpu(0)</c> from what <see cref="ToBytes"/> gave.</summary>
    /// <exception cref="FileFormatException">The bytes are no array, or damaged.</exception>
    public static NDArray FromBytes(byte[] bytes)
    {
        const string Name = "the bytes";
        using var stream = new MemoryStream(bytes, writable: false);
        return FromStored(new StoredArrayList([NDArrayFile.ReadOne(stream, Name)], []), Name)[0];
    }

    private static OrderedDictionary<string, NDArray> ToDictionary(StoredArrayList stored, string file)
    {
        string? problem =
            !stored.HasNames && stored.Arrays.Count > 0 ? "its arrays have no names; load them with LoadList"
            : stored.Names.Distinct().Count() < stored.Names.Count ? "two of its arrays have the same name"
            : null;
        if (problem is not null)
        {
            stored.Dispose();
            throw new FileFormatException(file, -1, problem);
        }

        IReadOnlyList<NDArray> arrays = FromStored(stored, file);
        var named = new OrderedDictionary<string, NDArray>(arrays.Count);
        for (int i = 0; i < arrays.Count; i++)
        {
            named.Add(stored.Names[i], arrays[i]);
        }

        return named;
    }

    /// <summary>This array as files hold it. It lends its memory: keep the array, and do not dispose of the result.</summary>
    internal StoredArray ToStored()
    {
        if (Device.Type == DeviceType.Gpu)
        {
            throw new EngineException($"Save: the array is on {Device}; copy it to the CPU first.");
        }

        WaitToRead();
        if (StorageType == StorageType.Default)
            return new StoredArray(ToBlock(), Device);
        // Copies, whose memory the collector takes back after the last block that lies in it.
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        StoredBlock values = StoredValues().ToBlock();
        StoredBlock indices = StoredIndices().ToBlock();
        return StorageType == StorageType.RowSparse
            ? StoredArray.RowSparse(Shape, values, indices, Device)
            : StoredArray.Csr(Shape, values, StoredRowPointers().ToBlock(), indices, Device);
    }

    /// <summary>Arrays on the memory of stored ones, which they take over.</summary>
    internal static IReadOnlyList<NDArray> FromStored(StoredArrayList stored, string file)
    {
        for (int i = 0; i < stored.Arrays.Count; i++)
        {
            StoredArray array = stored.Arrays[i];
            string? problem =
                !array.Shape.IsKnown
                    ? $"array {i} has the shape {array.Shape}, and arrays without values cannot be loaded"
                : array.Storage == StorageType.Csr
                && array.Indices[0].ByteLength == 0
                && array.Shape[0] > MaxRowsWithoutStarts
                    ? $"array {i}, of shape {array.Shape}, has no row starts, and that many are not made up"
                : null;
            if (problem is not null)
            {
                stored.Dispose();
                throw new FileFormatException(file, -1, problem);
            }
        }

        return [.. stored.Arrays.Select(FromStored)];
    }

    private static NDArray FromStored(StoredArray stored)
    {
        if (stored.Storage == StorageType.Default)
        {
            return FromBlock(stored.Data);
        }

        // What nothing is stored of has extents of 0 in its parts, as in MXNet.
        using NDArray values = FromBlock(stored.Data);
        if (stored.Storage == StorageType.RowSparse)
        {
            using NDArray rows = FromIndices(stored.Indices[0]);
            return RowSparse(values, rows, stored.Shape);
        }

        using NDArray starts =
            stored.Indices[0].ByteLength == 0
                ? Zeros([stored.Shape[0] + 1], DType.Int64)
                : FromIndices(stored.Indices[0]);
        using NDArray columns = FromIndices(stored.Indices[1]);
        return Csr(values, columns, starts, stored.Shape);
    }

    private static NDArray FromIndices(StoredBlock block)
    {
        NDArray indices = FromBlock(block);
        if (block.DType == DType.Int64)
        {
            return indices;
        }

        using (indices)
        {
            long[] wide = Array.ConvertAll(indices.ToArray<int>(), index => (long)index);
            NDArray converted = FromBlock(new StoredBlock(DType.Int64, block.Shape, default));
            wide.CopyTo(converted.AsWritableSpan<long>());
            return converted;
        }
    }

    private static NDArray FromBlock(StoredBlock block)
    {
        MemoryLease lease = block.Lease.IsLent ? block.Lease : StoragePool.For(Device.Cpu()).Lease(block.ByteLength);
        ArrayStorage storage = ArrayStorage.Adopt(lease);
        var array = new NDArray(storage, block.Offset, block.Shape, block.DType);
        storage.Release();
        return array;
    }

    private StoredBlock ToBlock() => new(DType, Shape, Storage.Memory, _byteOffset);
}
