using System.Buffers.Binary;

namespace CoreEngine.Data;

/// <summary>
/// An image as records hold it: 24 bytes of header (how many labels follow, u32; the label, f32; two numbers of the image,
/// u64), the labels if there are several, and the file's bytes.
/// </summary>
/// <remarks>Points into the record's bytes.</remarks>
public readonly ref struct ImageRecord
{
    private const int HeaderBytes = 24;
    private readonly ReadOnlySpan<byte> _labels;
    private readonly float _label;

    private ImageRecord(ulong id, ulong id2, float label, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> content)
    {
        Id = id;
        Id2 = id2;
        _label = label;
        _labels = labels;
        Content = content;
    }

    /// <summary>The image's number.</summary>
    public ulong Id { get; }

    /// <summary>Its second number, for those who need one.</summary>
    public ulong Id2 { get; }

    /// <summary>True when labels follow the header; otherwise the one label stands in it.</summary>
    public bool HasLabelList => _labels.Length > 0;

    /// <summary>How many labels there are, 1 or more.</summary>
    public int LabelCount => HasLabelList ? _labels.Length / sizeof(float) : 1;

    /// <summary>The image file.</summary>
    public ReadOnlySpan<byte> Content { get; }

    /// <summary>Takes a record apart.</summary>
    /// <param name="record">The record's bytes.</param>
    /// <param name="image">What it holds.</param>
    /// <returns>False when the bytes are too few for what the header announces.</returns>
    public static bool TryRead(ReadOnlySpan<byte> record, out ImageRecord image)
    {
        image = default;
        if (record.Length < HeaderBytes)
            return false;
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(record);
        if (count > (record.Length - HeaderBytes) / sizeof(float))
            return false;
        int labelBytes = (int)count * sizeof(float);
        image = new ImageRecord(
            BinaryPrimitives.ReadUInt64LittleEndian(record[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(record[16..]),
            BinaryPrimitives.ReadSingleLittleEndian(record[4..]),
            record.Slice(HeaderBytes, labelBytes),
            record[(HeaderBytes + labelBytes)..]
        );
        return true;
    }

    /// <summary>Writes a record's bytes.</summary>
    /// <param name="labels">One label goes into the header, any other number behind it.</param>
    /// <param name="id">The image's number.</param>
    /// <param name="id2">Its second number.</param>
    /// <param name="content">The image file.</param>
    public static byte[] Pack(ReadOnlySpan<float> labels, ulong id, ulong id2, ReadOnlySpan<byte> content)
    {
        int listed = labels.Length == 1 ? 0 : labels.Length;
        byte[] record = new byte[HeaderBytes + (listed * sizeof(float)) + content.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)listed);
        BinaryPrimitives.WriteSingleLittleEndian(record.AsSpan(4), labels.Length == 1 ? labels[0] : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), id);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(16), id2);
        for (int i = 0; i < listed; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(record.AsSpan(HeaderBytes + (i * sizeof(float))), labels[i]);
        }

        content.CopyTo(record.AsSpan(HeaderBytes + (listed * sizeof(float))));
        return record;
    }

    /// <summary>Copies the labels.</summary>
    /// <param name="labels">Takes <see cref="LabelCount"/> of them.</param>
    public void CopyLabels(Span<float> labels)
    {
        if (!HasLabelList)
        {
            labels[0] = _label;
            return;
        }

        for (int i = 0; i < LabelCount; i++)
        {
            labels[i] = BinaryPrimitives.ReadSingleLittleEndian(_labels[(i * sizeof(float))..]);
        }
    }
}
