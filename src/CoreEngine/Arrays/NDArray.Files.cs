using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine;

public sealed partial class NDArray
{
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

    /// <summary>Loads the arrays of an MXNet file in their order, onto <c>cpu(0)</c>; names are left out.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no array file, or damaged.</exception>
    public static IReadOnlyList<NDArray> LoadList(string path) => FromStored(NDArrayFile.Load(path), path);

    /// <summary>Loads the named arrays of an MXNet file onto <c>cpu(0)</c>, in the file's order.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no array file, is damaged, or its arrays have no or equal names.</exception>
    public static IReadOnlyDictionary<string, NDArray> LoadDictionary(string path)
    {
        StoredArrayList stored = NDArrayFile.Load(path);
        string? problem =
            !stored.HasNames && stored.Arrays.Count > 0 ? "its arrays have no names; load them with LoadList"
            : stored.Names.Distinct().Count() < stored.Names.Count ? "two of its arrays have the same name"
            : null;
        if (problem is not null)
        {
            stored.Dispose();
            throw new FileFormatException(path, -1, problem);
        }

        IReadOnlyList<NDArray> arrays = FromStored(stored, path);
        var named = new OrderedDictionary<string, NDArray>(arrays.Count);
        for (int i = 0; i < arrays.Count; i++)
        {
            named.Add(stored.Names[i], arrays[i]);
        }

        return named;
    }

    /// <summary>Saves this dense array as NumPy does (<c>.npy</c>), after waiting for its values.</summary>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="EngineException">The array is sparse, or its values could not be computed.</exception>
    public void SaveNpy(string path)
    {
        RequireDense(nameof(SaveNpy));
        NpyFile.Save(path, ToStored());
        GC.KeepAlive(this);
    }

    /// <summary>Loads a <c>.npy</c> file onto <c>cpu(0)</c>.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no .npy file, damaged, or of a type that arrays cannot hold.</exception>
    public static NDArray LoadNpy(string path) => FromStored(new StoredArrayList([NpyFile.Load(path)], []), path)[0];

    /// <summary>This array as files hold it. It lends its memory: keep the array, and do not dispose of the result.</summary>
    internal StoredArray ToStored()
    {
        if (Device.Type == DeviceType.Gpu)
        {
            throw new EngineException($"Save: the array is on {Device}; copy it to the CPU first.");
        }

        WaitToRead();
        using NDArray values = StoredValues();
        return StorageType switch
        {
            StorageType.RowSparse => StoredArray.RowSparse(Shape, values.ToBlock(), Indices!.ToBlock(), Device),
            StorageType.Csr => StoredArray.Csr(
                Shape,
                values.ToBlock(),
                RowPointers!.ToBlock(),
                Indices!.ToBlock(),
                Device
            ),
            _ => new StoredArray(values.ToBlock(), Device),
        };
    }

    /// <summary>Arrays on the memory of stored ones, which they take over.</summary>
    internal static IReadOnlyList<NDArray> FromStored(StoredArrayList stored, string file)
    {
        for (int i = 0; i < stored.Arrays.Count; i++)
        {
            Shape shape = stored.Arrays[i].Shape;
            if (!shape.IsKnown)
            {
                stored.Dispose();
                throw new FileFormatException(
                    file,
                    -1,
                    $"array {i} has the shape {shape}, and arrays without values cannot be loaded"
                );
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

        using NDArray values = FromBlock(stored.Data);
        using NDArray first = FromIndices(stored.Indices[0]);
        if (stored.Storage == StorageType.RowSparse)
        {
            return RowSparse(values, first, stored.Shape);
        }

        using NDArray columns = FromIndices(stored.Indices[1]);
        return Csr(values, columns, first, stored.Shape);
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
