using System.Buffers.Binary;
using System.Text;
using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>NumPy's <c>.npy</c> files.</summary>
internal sealed class NpyFormat : StoredFormat
{
    private const int LengthOffset = 8;

    private static readonly TextMutation s_headers = new(
        "'descr'",
        "'fortran_order'",
        "'shape'",
        "True",
        "False",
        "'<f4'",
        "'>f8'",
        "'|b1'",
        "'|O'",
        "'<U5'",
        "3L",
        "(3L,)",
        "(99999999999,99999999999)"
    );

    private readonly ReadOnlyMemory<byte>[][] _headers;

    public NpyFormat()
    {
        Seeds =
        [
            .. SampleArrays.Dense.Arrays.Select(array => Valid(new StoredArrayList([array], []))),
            Text(1, "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }\n", 24),
            Text(2, "{'descr': '<i8', 'fortran_order': True, 'shape': (2, 1, 2L), }\n", 32),
            Text(3, "{'descr': '|b1', 'fortran_order': False, 'shape': (), }\n", 1),
        ];
        _headers = [.. Seeds.Select(seed => TextMutation.Split(Header(seed)))];
    }

    /// <inheritdoc/>
    public override string Name => "npy";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random)
    {
        byte[] file = Seeds[seed];
        if (random.Next(3) == 0)
        {
            return ByteMutation.Apply(file, random);
        }

        byte[] header = s_headers.Apply(_headers[seed], random);
        int width = file[6] == 1 ? 2 : 4;
        ReadOnlySpan<byte> values = file.AsSpan(LengthOffset + width + Header(file).Length);
        byte[] changed = [.. file[..(LengthOffset + width)], .. header, .. values];
        bool isLengthRight = random.Next(8) != 0;
        var length = new NumberField(LengthOffset, width);
        FieldMap.Set(changed, length, isLengthRight ? header.Length : Numbers.Instead(header.Length, random));
        return changed;
    }

    /// <inheritdoc/>
    protected override StoredArrayList Read(Stream stream, StoragePool pool) =>
        new([NpyFile.Read(stream, "the input", pool)], []);

    /// <inheritdoc/>
    protected override void Write(Stream stream, StoredArrayList list) => NpyFile.Write(stream, list.Arrays[0]);

    private static ReadOnlyMemory<byte> Header(byte[] file) =>
        file[6] == 1
            ? file.AsMemory(LengthOffset + 2, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(LengthOffset)))
            : file.AsMemory(LengthOffset + 4, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(LengthOffset)));

    private static byte[] Text(byte version, string header, int values)
    {
        byte[] length = BitConverter.GetBytes(header.Length);
        return
        [
            0x93,
            .. "NUMPY"u8,
            version,
            0,
            .. version == 1 ? length[..2] : length,
            .. Encoding.ASCII.GetBytes(header),
            .. Enumerable.Range(0, values).Select(i => (byte)i),
        ];
    }
}
