using System.IO.Compression;
using System.Text;
using CoreEngine.Runtime;

namespace CoreEngine.Files;

/// <summary>
/// NumPy's <c>.npz</c> files: named arrays, each as a <c>.npy</c> file in a zip archive, packed or not; as <c>savez</c>
/// and <c>savez_compressed</c> write them.
/// </summary>
/// <remarks>
/// Nothing is ever unpacked to the disk. Memory is taken as the values come, members may not share bytes of the file,
/// and each member's sum is checked; what values may take in all is the pool's limit.
/// </remarks>
public static class NpzFile
{
    private const string Extension = ".npy";

    // What a member takes in a zip file beside its name and contents: its own header and its line in the directory.
    private const int MemberBytes = 30 + 46;

    /// <summary>The date of every member, as NumPy writes it; the same arrays always give the same file.</summary>
    private static readonly DateTimeOffset s_date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no .npz file, damaged, or holds what arrays cannot.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    public static StoredArrayList Load(string path, StoragePool? pool = null)
    {
        using FileStream stream = FileStreams.Open(path);
        return Read(stream, path, pool);
    }

    /// <summary>Reads the arrays of a stream from its start to its end; it must be able to seek.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileFormatException">The bytes are no .npz file, damaged, or hold what arrays cannot.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek: a zip file's directory is at its end.</exception>
    public static StoredArrayList Read(Stream stream, string name, StoragePool? pool = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            throw new ArgumentException("A zip file can only be read from a stream that can seek.", nameof(stream));
        }

        return FileStreams.Guard(
            name,
            () =>
            {
                try
                {
                    using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
                    return ReadMembers(archive, stream.Length, name, pool);
                }
                catch (Exception error)
                    when (error
                            is InvalidDataException
                                or EndOfStreamException
                                or ArgumentException
                                or NotSupportedException
                    )
                {
                    throw new FileFormatException(name, -1, $"this is no intact zip file ({error.Message})", error);
                }
            }
        );
    }

    /// <summary>Writes a file as a whole or not at all.</summary>
    /// <param name="path">The file; what was there is replaced when everything is written.</param>
    /// <param name="arrays">Dense arrays with values.</param>
    /// <param name="names">As many names, all different.</param>
    /// <param name="isCompressed">Whether to pack the values: smaller for values with a pattern, and slower.</param>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="ArgumentException">An array is sparse or empty, or the names do not fit.</exception>
    public static void Save(
        string path,
        IReadOnlyList<StoredArray> arrays,
        IReadOnlyList<string> names,
        bool isCompressed = false
    )
    {
        RequireNames(arrays, names);
        AtomicFile.Write(path, stream => Write(stream, arrays, names, isCompressed));
    }

    /// <summary>Writes arrays to a stream.</summary>
    /// <exception cref="ArgumentException">An array is sparse or empty, or the names do not fit.</exception>
    public static void Write(
        Stream stream,
        IReadOnlyList<StoredArray> arrays,
        IReadOnlyList<string> names,
        bool isCompressed = false
    )
    {
        RequireNames(arrays, names);
        CompressionLevel level = isCompressed ? CompressionLevel.Optimal : CompressionLevel.NoCompression;
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        for (int i = 0; i < arrays.Count; i++)
        {
            ZipArchiveEntry member = archive.CreateEntry(names[i] + Extension, level);
            member.LastWriteTime = s_date;
            using Stream contents = member.Open();
            NpyFile.Write(contents, arrays[i]);
        }
    }

    private static StoredArrayList ReadMembers(ZipArchive archive, long fileBytes, string file, StoragePool? pool)
    {
        RequireApart(archive, fileBytes, file);
        var arrays = new List<StoredArray>();
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (ZipArchiveEntry member in archive.Entries)
            {
                string name = member.FullName;
                string? problem =
                    !name.EndsWith(Extension, StringComparison.Ordinal) ? "is no .npy file"
                    : member.IsEncrypted ? "is encrypted"
                    : !seen.Add(name) ? "is there twice"
                    : null;
                if (problem is not null)
                {
                    throw new FileFormatException(file, -1, $"its member '{name}' {problem}");
                }

                arrays.Add(ReadMember(member, $"{file}/{name}", pool));
                names.Add(name[..^Extension.Length]);
            }

            return new StoredArrayList(arrays, names);
        }
        catch
        {
            arrays.ForEach(array => array.Dispose());
            throw;
        }
    }

    private static StoredArray ReadMember(ZipArchiveEntry member, string file, StoragePool? pool)
    {
        using Stream unpacked = member.Open();
        using var contents = new Crc32Stream(unpacked);
        // Packed bytes may stand for a thousand times as many, so their claim alone takes no memory.
        bool isThere = member.Length <= member.CompressedLength;
        var reader = new CheckedReader(contents, file, pool, isThere ? member.Length : null);
        StoredArray array = NpyFile.Read(reader);
        try
        {
            reader.RequireEnd();
            return contents.Crc == member.Crc32
                ? array
                : throw new FileFormatException(file, -1, "its check sum is wrong; the file is damaged");
        }
        catch
        {
            array.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Members that share bytes could stand for far more than the file holds; apart, they take no more than its length.
    /// </summary>
    private static void RequireApart(ZipArchive archive, long fileBytes, string file)
    {
        long left = fileBytes;
        foreach (ZipArchiveEntry member in archive.Entries)
        {
            long taken = MemberBytes + (2L * member.FullName.Length);
            if (member.CompressedLength < 0 || member.CompressedLength > left - taken)
            {
                throw new FileFormatException(file, -1, "its members take more bytes than it has; they overlap");
            }

            left -= member.CompressedLength + taken;
        }
    }

    private static void RequireNames(IReadOnlyList<StoredArray> arrays, IReadOnlyList<string> names)
    {
        StoredArrayList.RequireDictionary(arrays, names, ".npz");
        foreach (string name in names)
        {
            // A zip file has 16 bits for the length of a name.
            if (Encoding.UTF8.GetByteCount(name) > ushort.MaxValue - Extension.Length)
            {
                throw new ArgumentException($"The name '{name[..20]}...' is too long for a zip file.", nameof(names));
            }
        }
    }
}
