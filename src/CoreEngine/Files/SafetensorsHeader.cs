using System.Text.Json;

namespace CoreEngine.Files;

/// <summary>What a safetensors header says of one array.</summary>
internal readonly record struct SafetensorsEntry(
    string Name,
    DType DType,
    bool IsBFloat16,
    Shape Shape,
    long Begin,
    long End
);

/// <summary>
/// The JSON header of a safetensors file, checked: every entry is complete and takes as many bytes as its shape and type
/// need, and no name is there twice.
/// </summary>
/// <param name="Entries">The arrays, in the order of their values.</param>
/// <param name="Metadata">The texts beside them.</param>
internal sealed record SafetensorsHeader(
    IReadOnlyList<SafetensorsEntry> Entries,
    IReadOnlyDictionary<string, string> Metadata
)
{
    private const int MaxRank = 64;

    // The header, an entry, its shape.
    private const int MaxDepth = 3;

    /// <summary>Where the header begins in the file.</summary>
    private const int Start = 8;

    private static readonly JsonReaderOptions s_json = new() { MaxDepth = MaxDepth };

    /// <exception cref="FileFormatException">The text is no header.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> text, string file)
    {
        var parser = new Parser(text, file);
        try
        {
            return parser.Parse();
        }
        catch (JsonException error)
        {
            throw parser.Error($"the header is no JSON ({error.Message})", error);
        }
        // What the JSON reader throws for texts that are no Unicode.
        catch (InvalidOperationException error)
        {
            throw parser.Error("a text in the header is no valid Unicode", error);
        }
    }

    private ref struct Parser(ReadOnlySpan<byte> text, string file)
    {
        private Utf8JsonReader _json = new(text, s_json);

        public SafetensorsHeader Parse()
        {
            var entries = new List<SafetensorsEntry>();
            var names = new HashSet<string>(StringComparer.Ordinal);
            var metadata = new OrderedDictionary<string, string>();
            Expect(JsonTokenType.StartObject, "the header should be a JSON object");
            while (NextKey() is { } name)
            {
                if (!names.Add(name))
                {
                    throw Error($"the header has '{name}' twice");
                }

                if (name == SafetensorsFile.MetadataKey)
                {
                    ReadMetadata(metadata);
                }
                else
                {
                    entries.Add(ReadEntry(name));
                }
            }

            // Only white space may follow; anything else is an error of the JSON reader.
            _ = _json.Read();
            entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
            return new SafetensorsHeader(entries, metadata);
        }

        public readonly FileFormatException Error(string problem, Exception? inner = null) =>
            new(file, Start + _json.BytesConsumed, problem, inner);

        private void ReadMetadata(OrderedDictionary<string, string> metadata)
        {
            Expect(JsonTokenType.StartObject, $"{SafetensorsFile.MetadataKey} should be an object of texts");
            while (NextKey() is { } key)
            {
                Expect(JsonTokenType.String, $"{SafetensorsFile.MetadataKey} should hold texts only");
                if (!metadata.TryAdd(key, _json.GetString()!))
                {
                    throw Error($"{SafetensorsFile.MetadataKey} has '{key}' twice");
                }
            }
        }

        private SafetensorsEntry ReadEntry(string name)
        {
            (DType DType, bool IsBFloat16)? type = null;
            List<long>? dims = null;
            List<long>? offsets = null;
            Expect(JsonTokenType.StartObject, $"'{name}' should be an object");
            while (NextKey() is { } key)
            {
                switch (key)
                {
                    case "dtype" when type is null:
                        type = ReadType(name);
                        break;
                    case "shape" when dims is null:
                        dims = ReadNumbers(name, key, MaxRank);
                        break;
                    case "data_offsets" when offsets is null:
                        offsets = ReadNumbers(name, key, 2);
                        break;
                    default:
                        throw Error($"the key '{key}' of '{name}' is unknown or stands there twice");
                }
            }

            if (type is null || dims is null || offsets is not { Count: 2 })
            {
                throw Error($"'{name}' should have dtype, shape and two data_offsets");
            }

            var shape = dims.Count == 0 ? new Shape(1) : new Shape([.. dims]);
            var entry = new SafetensorsEntry(
                name,
                type.Value.DType,
                type.Value.IsBFloat16,
                shape,
                offsets[0],
                offsets[1]
            );
            CheckLength(entry);
            return entry;
        }

        private readonly void CheckLength(SafetensorsEntry entry)
        {
            long bytes;
            try
            {
                bytes = checked(entry.Shape.Size * entry.DType.ItemSize());
            }
            catch (OverflowException)
            {
                throw Error($"'{entry.Name}' of shape {entry.Shape} exceeds 64 bits");
            }

            if (entry.End < entry.Begin || entry.End - entry.Begin != bytes)
            {
                throw Error(
                    $"'{entry.Name}' of shape {entry.Shape} takes {bytes:N0} bytes, and its data_offsets are "
                        + $"{entry.Begin:N0} and {entry.End:N0}"
                );
            }
        }

        private (DType DType, bool IsBFloat16) ReadType(string name)
        {
            Expect(JsonTokenType.String, $"the dtype of '{name}' should be a text");
            string text = _json.GetString()!;
            return text switch
            {
                "F32" => (DType.Float32, false),
                "F64" => (DType.Float64, false),
                "F16" => (DType.Float16, false),
                // Of its size, until it is widened.
                "BF16" => (DType.Float16, true),
                "U8" or "BOOL" => (DType.UInt8, false),
                "I32" => (DType.Int32, false),
                "I8" => (DType.Int8, false),
                "I64" => (DType.Int64, false),
                _ => throw Error(
                    $"'{name}' has the dtype '{text}', which fits no array; convert it to F32, F64, F16, BF16, U8, I8, "
                        + "I32 or I64 before saving"
                ),
            };
        }

        private List<long> ReadNumbers(string name, string key, int atMost)
        {
            Expect(JsonTokenType.StartArray, $"the {key} of '{name}' should be an array");
            var numbers = new List<long>();
            while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            {
                if (
                    _json.TokenType != JsonTokenType.Number
                    || !_json.TryGetInt64(out long number)
                    || number < 0
                    || numbers.Count == atMost
                )
                {
                    throw Error($"the {key} of '{name}' should be at most {atMost} whole numbers, none negative");
                }

                numbers.Add(number);
            }

            return numbers;
        }

        private string? NextKey()
        {
            _json.Read();
            return _json.TokenType == JsonTokenType.PropertyName ? _json.GetString() : null;
        }

        private void Expect(JsonTokenType token, string otherwise)
        {
            if (!_json.Read() || _json.TokenType != token)
            {
                throw Error(otherwise);
            }
        }
    }
}
