using System.Buffers.Binary;
using System.Text;

namespace CoreEngine.Fuzz;

/// <summary>A protobuf message to be written: fields in any order, as often as wanted.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<byte> _bytes = [];

    /// <summary>The bytes.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>A whole number.</summary>
    public ProtobufMessage Number(int field, long value) => Key(field, 0).Varint(unchecked((ulong)value));

    /// <summary>Packed whole numbers.</summary>
    public ProtobufMessage Numbers(int field, params ReadOnlySpan<long> values)
    {
        var packed = new ProtobufMessage();
        foreach (long value in values)
        {
            packed.Varint(unchecked((ulong)value));
        }

        return Nested(field, packed);
    }

    /// <summary>A number of single precision.</summary>
    public ProtobufMessage Real(int field, float value)
    {
        Key(field, 5);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A text.</summary>
    public ProtobufMessage Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    /// <summary>A message within this one.</summary>
    public ProtobufMessage Nested(int field, ProtobufMessage message) => Bytes(field, message.ToArray());

    /// <summary>Bytes.</summary>
    public ProtobufMessage Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Key(field, 2).Varint((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Bytes as they are, without a key.</summary>
    public ProtobufMessage Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>The key of a field whose value follows.</summary>
    public ProtobufMessage Key(int field, int wireType) => Varint(((ulong)field << 3) | (uint)wireType);

    private ProtobufMessage Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
        return this;
    }
}
