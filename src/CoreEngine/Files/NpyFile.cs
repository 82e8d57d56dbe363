using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using CoreEngine.Runtime;

namespace CoreEngine.Files;

/// <summary>
/// NumPy's <c>.npy</c> files: one array, versions 1 to 3, both byte orders and both memory orders; written as version 1,
/// little endian, row-major.
/// </summary>
/// <remarks>
/// Truth values are read as uint8. A scalar (NumPy's shape <c>()</c>) is read as a vector of one element, since arrays
/// have a rank of 1 or more here.
/// </remarks>
public static unsafe class NpyFile
{
    /// <summary>Headers are some 128 bytes long; only record types, which are not read, take more.</summary>
    private const int MaxHeaderBytes = 1 << 16;

    private const int PrefixBytes = 10;
    private const int HeaderAlignment = 64;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no .npy file, damaged, or of a type that arrays cannot hold.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    public static StoredArray Load(string path, StoragePool? pool = null)
    {
        using FileStream stream = FileStreams.Open(path);
        return Read(stream, path, pool);
    }

    /// <summary>Reads an array from a stream.</summary>
    /// <param name="stream">Where from; bytes behind the array are left unread.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileFormatException">The bytes are no .npy file, damaged, or of a type that arrays cannot hold.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    public static StoredArray Read(Stream stream, string name, StoragePool? pool = null) =>
        FileStreams.Guard(name, () => Read(new CheckedReader(stream, name, pool)));

    /// <summary>Writes a file as a whole or not at all.</summary>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="ArgumentException">The array is sparse or empty.</exception>
    public static void Save(string path, StoredArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        array.RequireDense(".npy");
        AtomicFile.Write(path, stream => Write(stream, array));
    }

    /// <summary>Writes an array.</summary>
    /// <exception cref="ArgumentException">The array is sparse or empty.</exception>
    public static void Write(Stream stream, StoredArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        array.RequireDense(".npy");
        string dims = string.Join(", ", array.Shape.Dims.ToArray());
        string comma = array.Shape.Rank == 1 ? "," : "";
        string text = $"{{'descr': '{TypeText(array.DType)}', 'fortran_order': False, 'shape': ({dims}{comma}), }}";
        int unpadded = PrefixBytes + text.Length + 1;
        int padding = -unpadded & (HeaderAlignment - 1);
        using var writer = new BinaryWriter(stream, Encoding.Latin1, leaveOpen: true);
        writer.Write((byte)0x93);
        writer.Write("NUMPY"u8);
        writer.Write((byte)1);
        writer.Write((byte)0);
        writer.Write((ushort)(text.Length + padding + 1));
        writer.Write(Encoding.ASCII.GetBytes(text + new string(' ', padding) + "\n"));
        NDArrayRecord.WriteBytes(writer, array.Data);
    }

    /// <summary>Reads an array; bytes behind it are left unread.</summary>
    internal static StoredArray Read(CheckedReader reader)
    {
        Span<byte> prefix = stackalloc byte[8];
        reader.Read(prefix, "the header");
        if (prefix[0] != 0x93 || !prefix[1..6].SequenceEqual("NUMPY"u8))
        {
            throw new FileFormatException(reader.File, 0, "this is no .npy file; it should begin with 93 'NUMPY'");
        }

        int version = prefix[6];
        if (version is < 1 or > 3)
        {
            throw reader.Error($"version {version} of the .npy format is not known; 1, 2 and 3 are");
        }

        Span<byte> lengthBytes = stackalloc byte[4];
        lengthBytes.Clear();
        reader.Read(version == 1 ? lengthBytes[..2] : lengthBytes, "the header's length");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes)
        {
            throw reader.Error($"a header of {length:N0} bytes makes no sense");
        }

        byte[] header = reader.ReadBytes(length, "the header");
        NpyHeader parsed = NpyHeader.Parse(
            version == 3 ? Encoding.UTF8.GetString(header) : Encoding.Latin1.GetString(header),
            reader
        );
        return ReadValues(reader, parsed);
    }

    private static StoredArray ReadValues(CheckedReader reader, NpyHeader header)
    {
        int itemSize = header.DType.ItemSize();
        long bytes;
        try
        {
            bytes = checked(header.Shape.Size * itemSize);
        }
        catch (OverflowException)
        {
            throw reader.Error($"values of shape {header.Shape} exceed 64 bits");
        }

        MemoryLease lease = reader.ReadBlock(bytes, "the values");
        try
        {
            if (bytes > 0 && header.IsBigEndian)
            {
                ReverseItems((byte*)lease.Pointer, bytes / itemSize, itemSize);
            }

            if (bytes > 0 && header.IsFortranOrder && header.Shape.Rank > 1)
            {
                MemoryLease columnMajor = lease;
                lease = reader.Pool.Lease(bytes, "the values");
                ToRowMajor((byte*)columnMajor.Pointer, (byte*)lease.Pointer, header.Shape, itemSize);
                columnMajor.Dispose();
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        return new StoredArray(new StoredBlock(header.DType, header.Shape, lease));
    }

    private static void ReverseItems(byte* items, long count, int itemSize)
    {
        for (long i = 0; i < count; i++)
        {
            new Span<byte>(items + (i * itemSize), itemSize).Reverse();
        }
    }

    /// <summary>Copies from an order where the first axis is the innermost to one where the last is.</summary>
    private static void ToRowMajor(byte* from, byte* to, Shape shape, int itemSize)
    {
        int rank = shape.Rank;
        Span<long> index = stackalloc long[rank];
        Span<long> strides = stackalloc long[rank];
        index.Clear();
        long stride = itemSize;
        for (int axis = 0; axis < rank; axis++)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        long count = shape.Size;
        byte* source = from;
        for (long i = 0; i < count; i++)
        {
            NativeMemory.Copy(source, to + (i * itemSize), (nuint)itemSize);
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                source -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
    }

    private static string TypeText(DType dtype) =>
        dtype switch
        {
            DType.Float32 => "<f4",
            DType.Float64 => "<f8",
            DType.Float16 => "<f2",
            DType.UInt8 => "|u1",
            DType.Int32 => "<i4",
            DType.Int8 => "|i1",
            _ => "<i8",
        };
}
