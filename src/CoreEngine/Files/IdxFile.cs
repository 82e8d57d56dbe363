using System.Buffers.Binary;
using CoreEngine.Runtime;

namespace CoreEngine.Files;

/// <summary>
/// IDX files, the format of MNIST and its kin, plain or packed with gzip: two zero bytes, a byte for the element type,
/// a byte for the rank, the extents as big-endian u32, and the values, big endian and row-major.
/// </summary>
public static unsafe class IdxFile
{
    private const int MaxRank = 64;

    /// <summary>Reads a file; whether it is packed shows in its first bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no IDX file, or damaged.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    public static StoredArray Load(string path, StoragePool? pool = null)
    {
        using FileStream stream = FileStreams.Open(path);
        return Read(stream, path, pool);
    }

    /// <summary>Reads an array from a stream, to its end.</summary>
    /// <param name="stream">Where from; it may be packed if it can seek.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileFormatException">The bytes are no IDX file, or damaged.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    public static StoredArray Read(Stream stream, string name, StoragePool? pool = null) =>
        FileStreams.Guard(name, () => Read(new CheckedReader(FileStreams.Unpack(stream), name, pool)));

    private static StoredArray Read(CheckedReader reader)
    {
        uint magic = (uint)reader.ReadInt32BigEndian("the header");
        DType dtype = (magic >> 8) switch
        {
            0x08 => DType.UInt8,
            0x09 => DType.Int8,
            0x0C => DType.Int32,
            0x0D => DType.Float32,
            0x0E => DType.Float64,
            0x0B => throw new FileFormatException(reader.File, 2, "16-bit integers fit no array; convert the file"),
            _ => throw new FileFormatException(
                reader.File,
                0,
                $"this is no IDX file; it begins with {magic:X8} (hexadecimal), not with 00 00 and a type of 08 to 0E"
            ),
        };
        int rank = (int)(magic & 0xFF);
        if (rank is 0 or > MaxRank)
        {
            throw reader.Error($"an array of rank {rank} makes no sense");
        }

        Span<long> dims = stackalloc long[rank];
        for (int i = 0; i < rank; i++)
        {
            dims[i] = (uint)reader.ReadInt32BigEndian("an extent");
        }

        var shape = new Shape(dims);
        int itemSize = dtype.ItemSize();
        long bytes;
        try
        {
            bytes = checked(shape.Size * itemSize);
        }
        catch (OverflowException)
        {
            throw reader.Error($"values of shape {shape} exceed 64 bits");
        }

        MemoryLease lease = reader.ReadBlock(bytes, "the values");
        try
        {
            reader.RequireEnd();
            if (bytes > 0 && itemSize == 4)
            {
                ReverseWords((uint*)lease.Pointer, bytes / 4);
            }
            else if (bytes > 0 && itemSize == 8)
            {
                ReverseWords((ulong*)lease.Pointer, bytes / 8);
            }

            return new StoredArray(new StoredBlock(dtype, shape, lease));
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private static void ReverseWords(uint* words, long count)
    {
        for (long i = 0; i < count; i++)
        {
            words[i] = BinaryPrimitives.ReverseEndianness(words[i]);
        }
    }

    private static void ReverseWords(ulong* words, long count)
    {
        for (long i = 0; i < count; i++)
        {
            words[i] = BinaryPrimitives.ReverseEndianness(words[i]);
        }
    }
}
