using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using CoreEngine.Runtime;

namespace CoreEngine.Files;

/// <summary>
/// Safetensors files: named dense arrays behind a JSON header, and texts that describe them. Layout, little endian: u64
/// length of the header; the header, <c>{"__metadata__": {text: text}, name: {"dtype", "shape", "data_offsets": [begin,
/// end]}}</c>, filled up with spaces; the values without gaps, where offsets count from the end of the header.
/// </summary>
/// <remarks>
/// Written as the format's own library does: the widest types first, so that all values are aligned, then by name.
/// BF16 is read as float32, which has all its values, and BOOL as uint8; a scalar becomes a vector of one element, since
/// arrays have a rank of 1 or more here. Other types that arrays lack are refused.
/// </remarks>
public static unsafe class SafetensorsFile
{
    /// <summary>The format's own limit, 100 MB.</summary>
    internal const long MaxHeaderBytes = 100_000_000;

    internal const string MetadataKey = "__metadata__";

    private const int HeaderAlignment = 8;

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The types, in the order in which they are written.</summary>
    private static readonly (DType DType, string Text)[] s_types =
    [
        (DType.Int64, "I64"),
        (DType.Float64, "F64"),
        (DType.Float32, "F32"),
        (DType.Int32, "I32"),
        (DType.Float16, "F16"),
        (DType.Int8, "I8"),
        (DType.UInt8, "U8"),
    ];

    /// <summary>Reads a file. The arrays come in the order of their values, the texts as <see cref="StoredArrayList.Metadata"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no safetensors file, damaged, or of a type that arrays lack.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    public static StoredArrayList Load(string path, StoragePool? pool = null)
    {
        using FileStream stream = FileStreams.Open(path);
        return Read(stream, path, pool);
    }

    /// <summary>Reads a stream to its end, as <see cref="Load"/> does.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <param name="pool">Whose memory takes the values; that of cpu(0) when null.</param>
    /// <exception cref="FileFormatException">The bytes are no safetensors file, damaged, or of a type that arrays lack.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The values do not fit into memory.</exception>
    public static StoredArrayList Read(Stream stream, string name, StoragePool? pool = null) =>
        FileStreams.Guard(name, () => Read(new CheckedReader(stream, name, pool)));

    /// <summary>Writes a file as a whole or not at all.</summary>
    /// <param name="path">The file; what was there is replaced when everything is written.</param>
    /// <param name="arrays">Dense arrays with values.</param>
    /// <param name="names">As many names, all different.</param>
    /// <param name="metadata">Texts to keep beside the arrays.</param>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="ArgumentException">An array is sparse or empty, or the names do not fit.</exception>
    public static void Save(
        string path,
        IReadOnlyList<StoredArray> arrays,
        IReadOnlyList<string> names,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        RequireNames(arrays, names);
        AtomicFile.Write(path, stream => Write(stream, arrays, names, metadata));
    }

    /// <summary>Writes arrays to a stream.</summary>
    /// <exception cref="ArgumentException">An array is sparse or empty, or the names do not fit.</exception>
    public static void Write(
        Stream stream,
        IReadOnlyList<StoredArray> arrays,
        IReadOnlyList<string> names,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        RequireNames(arrays, names);
        int[] order = [.. Enumerable.Range(0, arrays.Count)];
        Array.Sort(
            order,
            (a, b) =>
            {
                int byType = TypeOrder(arrays[a].DType) - TypeOrder(arrays[b].DType);
                return byType != 0 ? byType : string.CompareOrdinal(names[a], names[b]);
            }
        );
        ReadOnlySpan<byte> header = Header(arrays, names, order, metadata);
        int padding = -header.Length & (HeaderAlignment - 1);
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write((ulong)(header.Length + padding));
        writer.Write(header);
        writer.Write("        "u8[..padding]);
        foreach (int i in order)
        {
            NDArrayRecord.WriteBytes(writer, arrays[i].Data);
        }
    }

    private static StoredArrayList Read(CheckedReader reader)
    {
        ulong length = reader.ReadUInt64("the header's length");
        if (length > MaxHeaderBytes)
        {
            throw new FileFormatException(
                reader.File,
                0,
                $"a header of {length:N0} bytes is announced, and {MaxHeaderBytes:N0} are the most; this is no "
                    + "safetensors file"
            );
        }

        byte[] text = reader.ReadBytes((long)length, "the header");
        SafetensorsHeader header = SafetensorsHeader.Parse(text, reader.File);
        long end = 0;
        foreach (SafetensorsEntry entry in header.Entries)
        {
            if (entry.Begin != end)
            {
                throw new FileFormatException(
                    reader.File,
                    -1,
                    $"the values of '{entry.Name}' begin at {entry.Begin:N0}, where {end:N0} is expected; arrays must "
                        + "neither overlap nor leave gaps"
                );
            }

            end = entry.End;
        }

        reader.RequireBytes(end, "the values");
        var arrays = new List<StoredArray>();
        try
        {
            foreach (SafetensorsEntry entry in header.Entries)
            {
                MemoryLease lease = reader.ReadBlock(entry.End - entry.Begin, "the values");
                var stored = new StoredBlock(entry.DType, entry.Shape, lease);
                arrays.Add(new StoredArray(entry.IsBFloat16 ? Widen(stored, reader.Pool) : stored));
            }

            reader.RequireEnd();
            return new StoredArrayList(arrays, [.. header.Entries.Select(entry => entry.Name)])
            {
                Metadata = header.Metadata,
            };
        }
        catch
        {
            arrays.ForEach(array => array.Dispose());
            throw;
        }
    }

    /// <summary>From bfloat16, the upper half of a float32, to float32.</summary>
    private static StoredBlock Widen(StoredBlock narrow, StoragePool pool)
    {
        long count = narrow.Shape.Size;
        if (count == 0)
        {
            return narrow with { DType = DType.Float32 };
        }

        using MemoryLease lease = narrow.Lease;
        MemoryLease wide = pool.Lease(checked(count * sizeof(float)), "the values");
        var from = (ushort*)lease.Pointer;
        var to = (uint*)wide.Pointer;
        for (long i = 0; i < count; i++)
        {
            to[i] = (uint)from[i] << 16;
        }

        return new StoredBlock(DType.Float32, narrow.Shape, wide);
    }

    private static ReadOnlySpan<byte> Header(
        IReadOnlyList<StoredArray> arrays,
        IReadOnlyList<string> names,
        int[] order,
        IReadOnlyDictionary<string, string>? metadata
    )
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes, s_json);
        json.WriteStartObject();
        if (metadata is { Count: > 0 })
        {
            json.WriteStartObject(MetadataKey);
            foreach ((string key, string value) in metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        long at = 0;
        foreach (int i in order)
        {
            StoredBlock block = arrays[i].Data;
            json.WriteStartObject(names[i]);
            json.WriteString("dtype", s_types[TypeOrder(block.DType)].Text);
            json.WriteStartArray("shape");
            foreach (long dim in block.Shape)
            {
                json.WriteNumberValue(dim);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(at);
            at = checked(at + block.ByteLength);
            json.WriteNumberValue(at);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenCount <= MaxHeaderBytes - HeaderAlignment
            ? bytes.WrittenSpan
            : throw new ArgumentException("The names and texts take more than the 100 MB that a header may have.");
    }

    private static int TypeOrder(DType dtype) => Array.FindIndex(s_types, type => type.DType == dtype);

    private static void RequireNames(IReadOnlyList<StoredArray> arrays, IReadOnlyList<string> names)
    {
        StoredArrayList.RequireDictionary(arrays, names, "safetensors");
        if (names.Contains(MetadataKey))
        {
            throw new ArgumentException($"No array can have the name '{MetadataKey}'.", nameof(names));
        }
    }
}
