using CoreEngine.Runtime;

namespace CoreEngine.Files;

/// <summary>
/// One array of MXNet's array file. V2, little endian: u32 magic, i32 storage, for sparse arrays the shape of the
/// stored values, the shape; nothing more for rank 0; i32 device type, i32 device number, i32 dtype, for each index
/// array its i32 dtype and shape, the values, the indices. A shape is u32 rank and i64 extents.
/// </summary>
/// <remarks>
/// V1 has no storage and no index arrays; V0 is V1 without magic and with u32 extents; V3 is V2 where a rank of 0 means
/// a scalar and -1 no array.
/// </remarks>
internal static unsafe class NDArrayRecord
{
    private const uint MagicV1 = 0xF993FAC8;
    private const uint MagicV2 = 0xF993FAC9;
    private const uint MagicV3 = 0xF993FACA;

    /// <summary>MXNet has no limit; NumPy's is 64.</summary>
    private const int MaxRank = 64;

    /// <summary>MXNet 1.6's truth values, one byte each.</summary>
    private const int BoolDType = 7;

    public static StoredArray Read(CheckedReader reader, out NDArrayFileVersion version)
    {
        uint first = reader.ReadUInt32("an array's header");
        version = first switch
        {
            MagicV3 => NDArrayFileVersion.V3,
            MagicV2 => NDArrayFileVersion.V2,
            MagicV1 => NDArrayFileVersion.V1,
            _ => NDArrayFileVersion.V0,
        };
        return version switch
        {
            NDArrayFileVersion.V0 => ReadDense(reader, ReadDims32(reader, first)),
            NDArrayFileVersion.V1 => ReadDense(reader, ReadShape(reader, "the shape")),
            _ => ReadVersion2(reader, isVersion3: version == NDArrayFileVersion.V3),
        };
    }

    /// <exception cref="ArgumentException">The version has no such arrays.</exception>
    public static void Write(BinaryWriter writer, StoredArray array, NDArrayFileVersion version)
    {
        bool isSparse = array.Storage != StorageType.Default;
        if (isSparse && version != NDArrayFileVersion.V2)
        {
            throw new ArgumentException($"Version {version} of array files has no sparse arrays; V2 has.");
        }

        switch (version)
        {
            case NDArrayFileVersion.V0:
                WriteDims32(writer, array.Shape);
                break;
            case NDArrayFileVersion.V1:
                writer.Write(MagicV1);
                WriteShape(writer, array.Shape);
                break;
            case NDArrayFileVersion.V2:
            case NDArrayFileVersion.V3:
                WriteVersion2(writer, array, isSparse, version == NDArrayFileVersion.V3);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(version), version, "There is no such version.");
        }

        if (array.IsEmpty)
        {
            return;
        }

        writer.Write((int)array.Device.Type);
        writer.Write(array.Device.Id);
        writer.Write((int)array.DType);
        foreach (StoredBlock block in array.Indices)
        {
            writer.Write((int)block.DType);
            WriteShape(writer, block.Shape);
        }

        WriteBytes(writer, array.Data);
        foreach (StoredBlock block in array.Indices)
        {
            WriteBytes(writer, block);
        }
    }

    private static StoredArray ReadVersion2(CheckedReader reader, bool isVersion3)
    {
        int storage = reader.ReadInt32("the storage type");
        if (storage is < (int)StorageType.Undefined or > (int)StorageType.Csr)
        {
            throw reader.Error($"{storage} is no storage type; MXNet has 0 (dense), 1 (row_sparse) and 2 (csr)");
        }

        bool isSparse = storage > (int)StorageType.Default;
        Shape? stored = isSparse ? ReadShape(reader, "the shape of the stored values", isVersion3) : null;
        Shape? shape = ReadShape(reader, "the shape", isVersion3);
        if (storage == (int)StorageType.Undefined && shape is not null)
        {
            throw reader.Error("an array with a shape but no storage type cannot be");
        }

        if (!isSparse || shape is null)
        {
            return ReadDense(reader, shape);
        }

        Device device = ReadDevice(reader);
        DType dtype = ReadDType(reader);
        return storage == (int)StorageType.Csr
            ? ReadCsr(reader, shape.Value, stored ?? default, device, dtype)
            : ReadRowSparse(reader, shape.Value, stored ?? default, device, dtype);
    }

    private static StoredArray ReadDense(CheckedReader reader, Shape? shape)
    {
        if (shape is null)
        {
            return new StoredArray(new StoredBlock(DType.Float32, default, default));
        }

        Device device = ReadDevice(reader);
        DType dtype = ReadDType(reader);
        return new StoredArray(ReadBlock(reader, dtype, shape.Value, "the values"), device);
    }

    private static StoredArray ReadRowSparse(
        CheckedReader reader,
        Shape shape,
        Shape stored,
        Device device,
        DType dtype
    )
    {
        (DType rowType, Shape rowShape) = ReadIndexHeader(reader);
        bool fits =
            stored.Rank == shape.Rank && stored[0] <= shape[0] && rowShape.Rank == 1 && rowShape[0] == stored[0];
        for (int axis = 1; fits && axis < shape.Rank; axis++)
        {
            fits = stored[axis] == shape[axis];
        }

        if (!fits)
        {
            throw reader.Error($"rows of shape {stored} with {rowShape} row numbers are no part of an array {shape}");
        }

        _ = ByteLength(reader, dtype, shape, "all rows");
        StoredBlock data = ReadBlock(reader, dtype, stored, "the values");
        StoredBlock rows = default;
        try
        {
            rows = ReadBlock(reader, rowType, rowShape, "the row numbers");
            CheckAscending(reader, rows, shape[0]);
            return StoredArray.RowSparse(shape, data, rows, device);
        }
        catch
        {
            data.Lease.Dispose();
            rows.Lease.Dispose();
            throw;
        }
    }

    private static StoredArray ReadCsr(CheckedReader reader, Shape shape, Shape stored, Device device, DType dtype)
    {
        (DType startType, Shape startShape) = ReadIndexHeader(reader);
        (DType columnType, Shape columnShape) = ReadIndexHeader(reader);
        // MXNet gives a matrix that was never written to no row starts at all.
        bool isUnwritten = startShape.Rank == 1 && startShape[0] == 0 && stored.Rank == 1 && stored[0] == 0;
        if (
            shape.Rank != 2
            || stored.Rank != 1
            || columnShape != stored
            || startShape.Rank != 1
            || (startShape[0] != shape[0] + 1 && !isUnwritten)
        )
        {
            throw reader.Error(
                $"{stored} values with {startShape} row starts and {columnShape} column numbers make no matrix {shape}"
            );
        }

        _ = ByteLength(reader, dtype, shape, "all elements");
        StoredBlock data = ReadBlock(reader, dtype, stored, "the values");
        StoredBlock starts = default;
        StoredBlock columns = default;
        try
        {
            starts = ReadBlock(reader, startType, startShape, "the row starts");
            CheckRowStarts(reader, starts, stored[0]);
            columns = ReadBlock(reader, columnType, columnShape, "the column numbers");
            CheckRange(reader, columns, shape[1]);
            return StoredArray.Csr(shape, data, starts, columns, device);
        }
        catch
        {
            data.Lease.Dispose();
            starts.Lease.Dispose();
            columns.Lease.Dispose();
            throw;
        }
    }

    private static StoredBlock ReadBlock(CheckedReader reader, DType dtype, Shape shape, string what) =>
        new(dtype, shape, reader.ReadBlock(ByteLength(reader, dtype, shape, what), what));

    private static long ByteLength(CheckedReader reader, DType dtype, Shape shape, string what)
    {
        try
        {
            return checked(shape.Size * dtype.ItemSize());
        }
        catch (OverflowException)
        {
            throw reader.Error($"{what} of shape {shape} exceed 64 bits");
        }
    }

    private static (DType DType, Shape Shape) ReadIndexHeader(CheckedReader reader)
    {
        DType dtype = ReadDType(reader);
        if (dtype is not (DType.Int64 or DType.Int32))
        {
            throw reader.Error($"indices are int64 or int32, not {dtype.Name()}");
        }

        return (dtype, ReadShape(reader, "the shape of an index array") ?? default);
    }

    private static DType ReadDType(CheckedReader reader)
    {
        int number = reader.ReadInt32("the dtype");
        if (number == BoolDType)
        {
            return DType.UInt8;
        }

        return (uint)number < DTypes.Count
            ? (DType)number
            : throw reader.Error($"{number} is no dtype that CoreEngine knows; it knows 0 (float32) to 6 (int64)");
    }

    private static Device ReadDevice(CheckedReader reader)
    {
        int type = reader.ReadInt32("the device type");
        int id = reader.ReadInt32("the device number");
        var device = new Device((DeviceType)type, id);
        return device.IsValid ? device : throw reader.Error($"device type {type} with number {id} is no device");
    }

    /// <returns>Null for the shape of no array: rank 0, or -1 in V3.</returns>
    private static Shape? ReadShape(CheckedReader reader, string what, bool isVersion3 = false)
    {
        int rank = reader.ReadInt32(what);
        if (isVersion3 && rank is -1 or 0)
        {
            // Arrays here have rank 1 or more: a scalar becomes a vector of one.
            return rank == 0 ? [1] : null;
        }

        if (rank is < 0 or > MaxRank)
        {
            throw reader.Error($"{what} has rank {(uint)rank:N0}; at most {MaxRank} makes sense");
        }

        if (rank == 0)
        {
            return null;
        }

        Span<long> dims = stackalloc long[rank];
        for (int i = 0; i < rank; i++)
        {
            dims[i] = reader.ReadInt64(what);
            if (dims[i] < 0)
            {
                throw reader.Error($"{what} has the negative extent {dims[i]}");
            }
        }

        return new Shape(dims);
    }

    private static Shape? ReadDims32(CheckedReader reader, uint rank)
    {
        if (rank > MaxRank)
        {
            throw reader.Error($"{rank:X8} (hexadecimal) begins no array of any version");
        }

        if (rank == 0)
        {
            return null;
        }

        Span<long> dims = stackalloc long[(int)rank];
        for (int i = 0; i < dims.Length; i++)
        {
            dims[i] = reader.ReadUInt32("the shape");
        }

        return new Shape(dims);
    }

    private static long Index(StoredBlock block, long i) =>
        block.DType == DType.Int64 ? ((long*)block.Pointer)[i] : ((int*)block.Pointer)[i];

    private static void CheckAscending(CheckedReader reader, StoredBlock rows, long limit)
    {
        long previous = -1;
        for (long i = 0; i < rows.Shape.Size; i++)
        {
            long row = Index(rows, i);
            if (row <= previous || row >= limit)
            {
                throw reader.Error($"row number {row} after {previous}, of {limit} rows: they must ascend and exist");
            }

            previous = row;
        }
    }

    private static void CheckRowStarts(CheckedReader reader, StoredBlock starts, long end)
    {
        long previous = 0;
        long count = starts.Shape.Size;
        for (long i = 0; i < count; i++)
        {
            long start = Index(starts, i);
            if (start < previous || start > end || (i == 0 && start != 0) || (i == count - 1 && start != end))
            {
                throw reader.Error($"row start {start} of row {i}: they must rise from 0 to {end}");
            }

            previous = start;
        }
    }

    private static void CheckRange(CheckedReader reader, StoredBlock columns, long limit)
    {
        for (long i = 0; i < columns.Shape.Size; i++)
        {
            long column = Index(columns, i);
            if (column < 0 || column >= limit)
            {
                throw reader.Error($"column number {column} of {limit} columns does not exist");
            }
        }
    }

    private static void WriteVersion2(BinaryWriter writer, StoredArray array, bool isSparse, bool isVersion3)
    {
        writer.Write(isVersion3 ? MagicV3 : MagicV2);
        writer.Write((int)array.Storage);
        if (isSparse)
        {
            WriteShape(writer, array.Data.Shape);
        }

        if (isVersion3 && array.IsEmpty)
        {
            writer.Write(-1);
        }
        else
        {
            WriteShape(writer, array.Shape);
        }
    }

    private static void WriteDims32(BinaryWriter writer, Shape shape)
    {
        writer.Write((uint)shape.Rank);
        foreach (long dim in shape.Dims)
        {
            writer.Write(
                dim <= uint.MaxValue
                    ? (uint)dim
                    : throw new ArgumentException($"Version V0 of array files has no extents like those of {shape}.")
            );
        }
    }

    private static void WriteShape(BinaryWriter writer, Shape shape)
    {
        writer.Write((uint)shape.Rank);
        foreach (long dim in shape.Dims)
        {
            writer.Write(dim);
        }
    }

    internal static void WriteBytes(BinaryWriter writer, StoredBlock block)
    {
        byte* start = block.Pointer;
        long length = block.ByteLength;
        for (long at = 0; at < length; )
        {
            int chunk = (int)Math.Min(length - at, 1 << 30);
            writer.Write(new ReadOnlySpan<byte>(start + at, chunk));
            at += chunk;
        }

        GC.KeepAlive(block.Lease);
    }
}
