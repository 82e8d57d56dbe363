using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace CoreEngine.Perf;

/// <summary>Messages in the wire format of Protocol Buffers: as much of it as an ONNX model needs.</summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int Bytes = 2;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>A whole number that is not negative.</summary>
    public void Number(int field, long value)
    {
        Raw(((ulong)field << 3) | Varint);
        Raw((ulong)value);
    }

    /// <summary>A text.</summary>
    public void Text(int field, string value) => Data(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Floats as plain little-endian bytes.</summary>
    public void Floats(int field, ReadOnlySpan<float> values) => Data(field, MemoryMarshal.AsBytes(values));

    /// <summary>A message inside this one.</summary>
    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Data(field, inner.Written);
    }

    private void Data(int field, ReadOnlySpan<byte> data)
    {
        Raw(((ulong)field << 3) | Bytes);
        Raw((ulong)data.Length);
        _buffer.Write(data);
    }

    // Seven bits a byte, the lowest first; the high bit says that more follow.
    private void Raw(ulong value)
    {
        while (value >= 0x80)
        {
            Span<byte> next = _buffer.GetSpan(1);
            next[0] = (byte)(value | 0x80);
            _buffer.Advance(1);
            value >>= 7;
        }

        _buffer.GetSpan(1)[0] = (byte)value;
        _buffer.Advance(1);
    }
}
