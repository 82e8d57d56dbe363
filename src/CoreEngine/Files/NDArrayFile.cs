using System.Text;
using CoreEngine.Runtime;

namespace CoreEngine.Files;

/// <summary>
/// MXNet's array files, the <c>.params</c> and <c>.nd</c> files of its releases: a list of arrays, with names or
/// without. Reads every version from 0.x to 1.9 (V0 to V3) and writes V2, byte for byte as MXNet 1.0 does, or another.
/// </summary>
/// <remarks>
/// Layout, little endian: u64 0x112, u64 0, u64 count, the arrays, u64 count of names (0 or as many), each name as u64
/// length and UTF-8. Arrays that were on a GPU keep their device in the file and are read into host memory.
/// </remarks>
public static class NDArrayFile
{
    private const ulong ListMagic = 0x112;

    // The smallest array, an empty one of V0, takes four bytes; a name takes eight.
    private const int MinArrayBytes = 4;
    private const int MinNameBytes = 8;

    private static readonly UTF8Encoding s_utf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no array file, or damaged.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    public static StoredArrayList Load(string path, StoragePool? pool = null)
    {
        using FileStream stream = FileStreams.Open(path);
        return Read(stream, path, pool);
    }

    /// <summary>Reads a list of arrays from a stream.</summary>
    /// <param name="stream">Where from; bytes behind the list are left unread.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileFormatException">The bytes are no array file, or damaged.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    public static StoredArrayList Read(Stream stream, string name, StoragePool? pool = null) =>
        FileStreams.Guard(name, () => ReadList(new CheckedReader(stream, name, pool)));

    /// <summary>Reads one array without a list around it, as the C ABI's raw bytes are.</summary>
    /// <inheritdoc cref="Read"/>
    public static StoredArray ReadOne(Stream stream, string name, StoragePool? pool = null) =>
        FileStreams.Guard(name, () => NDArrayRecord.Read(new CheckedReader(stream, name, pool), out _));

    /// <summary>Writes a file as a whole or not at all.</summary>
    /// <param name="path">The file; what was there is replaced when everything is written.</param>
    /// <param name="arrays">The arrays.</param>
    /// <param name="names">As many names, or none.</param>
    /// <param name="version">For readers other than MXNet 0.12 to 1.9.</param>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="ArgumentException">
    /// There are names, but not as many as arrays; or an array is sparse or too large for the version.
    /// </exception>
    public static void Save(
        string path,
        IReadOnlyList<StoredArray> arrays,
        IReadOnlyList<string> names,
        NDArrayFileVersion version = NDArrayFileVersion.V2
    )
    {
        CheckNames(arrays, names);
        AtomicFile.Write(path, stream => Write(stream, arrays, names, version));
    }

    /// <summary>Writes a list of arrays.</summary>
    /// <exception cref="ArgumentException">
    /// There are names, but not as many as arrays; or an array is sparse or too large for the version.
    /// </exception>
    public static void Write(
        Stream stream,
        IReadOnlyList<StoredArray> arrays,
        IReadOnlyList<string> names,
        NDArrayFileVersion version = NDArrayFileVersion.V2
    )
    {
        CheckNames(arrays, names);
        using var writer = new BinaryWriter(stream, s_utf8, leaveOpen: true);
        writer.Write(ListMagic);
        writer.Write(0UL);
        writer.Write((ulong)arrays.Count);
        foreach (StoredArray array in arrays)
        {
            NDArrayRecord.Write(writer, array, version);
        }

        writer.Write((ulong)names.Count);
        foreach (string name in names)
        {
            byte[] bytes = s_utf8.GetBytes(name);
            writer.Write((ulong)bytes.Length);
            writer.Write(bytes);
        }
    }

    /// <summary>Writes one array without a list around it.</summary>
    public static void WriteOne(Stream stream, StoredArray array)
    {
        using var writer = new BinaryWriter(stream, s_utf8, leaveOpen: true);
        NDArrayRecord.Write(writer, array, NDArrayFileVersion.V2);
    }

    private static StoredArrayList ReadList(CheckedReader reader)
    {
        if (reader.ReadUInt64("the header") != ListMagic)
        {
            throw new FileFormatException(
                reader.File,
                0,
                "this is no array file; it should begin with 12 01 (hexadecimal)"
            );
        }

        _ = reader.ReadUInt64("the header");
        ulong count = reader.ReadUInt64("the number of arrays");
        if (count > (ulong)reader.Remaining / MinArrayBytes)
        {
            throw reader.Error($"{count:N0} arrays are announced, more than the file has room for");
        }

        var arrays = new List<StoredArray>();
        try
        {
            var newest = NDArrayFileVersion.V0;
            for (ulong i = 0; i < count; i++)
            {
                arrays.Add(NDArrayRecord.Read(reader, out NDArrayFileVersion version));
                newest = version > newest ? version : newest;
            }

            return new StoredArrayList(arrays, ReadNames(reader, arrays.Count))
            {
                Version = count == 0 ? NDArrayFileVersion.V2 : newest,
            };
        }
        catch
        {
            arrays.ForEach(array => array.Dispose());
            throw;
        }
    }

    private static List<string> ReadNames(CheckedReader reader, int arrays)
    {
        ulong count = reader.ReadUInt64("the number of names");
        if (count != 0 && count != (ulong)arrays)
        {
            throw reader.Error($"{count:N0} names are announced for {arrays:N0} arrays");
        }

        if (count > (ulong)reader.Remaining / MinNameBytes)
        {
            throw reader.Error($"{count:N0} names are announced, more than the file has room for");
        }

        var names = new List<string>();
        for (ulong i = 0; i < count; i++)
        {
            ulong length = reader.ReadUInt64("a name's length");
            if (length > (ulong)Math.Min(reader.Remaining, int.MaxValue))
            {
                throw reader.Error($"a name of {length:N0} bytes is announced, more than the file has room for");
            }

            byte[] bytes = reader.ReadBytes((long)length, "a name");
            try
            {
                names.Add(s_utf8.GetString(bytes));
            }
            catch (DecoderFallbackException)
            {
                throw reader.Error($"the name of array {i} is not UTF-8");
            }
        }

        return names;
    }

    private static void CheckNames(IReadOnlyList<StoredArray> arrays, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count != 0 && names.Count != arrays.Count)
        {
            throw new ArgumentException($"{names.Count} names are given for {arrays.Count} arrays.", nameof(names));
        }
    }
}
