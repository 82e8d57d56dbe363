using System.Buffers.Binary;
using System.Text;
using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>Safetensors files: damage to the header's text, its length and the values.</summary>
internal sealed class SafetensorsFormat : StoredFormat
{
    private static readonly TextMutation s_headers = new(
        "\"dtype\"",
        "\"shape\"",
        "\"data_offsets\"",
        "\"__metadata__\"",
        "{\"__metadata__\":{}}",
        "\"F32\"",
        "\"BF16\"",
        "\"U64\"",
        "\"F8_E4M3\"",
        "[0,4]",
        "[4,0]"
    );

    private static readonly NumberField s_length = new(0, 8);

    private readonly ReadOnlyMemory<byte>[][] _headers;

    public SafetensorsFormat()
    {
        byte[] odd = Encoding.UTF8.GetBytes(
            """
            { "b":{"data_offsets":[4,10], "shape":[3], "dtype":"BF16"}, "e":{"dtype":"F64","shape":[0,2],"data_offsets":[4,4]},
              "\u00e9":{"dtype":"F32","shape":[],"data_offsets":[0,4]}, "t":{"dtype":"BOOL","shape":[1],"data_offsets":[10,11]}}
            """
        );
        Seeds =
        [
            Valid(SampleArrays.Dense),
            Valid(
                SampleArrays.Dense with
                {
                    Metadata = new Dictionary<string, string> { ["format"] = "pt", ["b"] = "" },
                }
            ),
            [.. BitConverter.GetBytes((ulong)odd.Length), .. odd, .. new byte[11]],
        ];
        _headers = [.. Seeds.Select(seed => TextMutation.Split(Header(seed)))];
    }

    /// <inheritdoc/>
    public override string Name => "safetensors";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random)
    {
        byte[] file = Seeds[seed];
        if (random.Next(5) == 0)
        {
            return ByteMutation.Apply(file, random);
        }

        byte[] header = s_headers.Apply(_headers[seed], random);
        byte[] changed = [.. file[..8], .. header, .. file[(8 + Header(file).Length)..]];
        bool isLengthRight = random.Next(16) != 0;
        FieldMap.Set(changed, s_length, isLengthRight ? header.Length : Numbers.Instead(header.Length, random));
        return changed;
    }

    /// <inheritdoc/>
    protected override StoredArrayList Read(Stream stream, StoragePool pool) =>
        SafetensorsFile.Read(stream, "the input", pool);

    /// <inheritdoc/>
    protected override void Write(Stream stream, StoredArrayList list) =>
        SafetensorsFile.Write(stream, list.Arrays, list.Names, list.Metadata);

    private static ReadOnlyMemory<byte> Header(byte[] file) =>
        file.AsMemory(8, (int)BinaryPrimitives.ReadUInt64LittleEndian(file));
}
