using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using CoreEngine.Files;

namespace CoreEngine.Onnx;

/// <summary>
/// Walks over the fields of one protobuf message. Every length is checked against the bytes that are there, messages
/// nest to a limited depth, and nothing is allocated but what the bytes themselves hold.
/// </summary>
/// <remarks>
/// The wire format is four kinds of values behind a key, which this file holds whole. A protobuf package would bring
/// generated code for all of ONNX, a run-time library to every user, and reflection, all to read some twenty messages.
/// </remarks>
internal struct WireReader
{
    /// <summary>Control flow in ONNX nests graphs in attributes; deeper ones than this are made to exhaust the stack.</summary>
    private const int DeepestMessage = 100;

    private static readonly UTF8Encoding s_strictText = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _file;
    private readonly int _end;
    private readonly int _depth;
    private int _position;

    /// <summary>Starts at the first field of the outermost message.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="file">What errors call it.</param>
    public WireReader(ReadOnlyMemory<byte> bytes, string file)
        : this(bytes, file, 0, bytes.Length, 0) { }

    private WireReader(ReadOnlyMemory<byte> bytes, string file, int start, int end, int depth)
    {
        _bytes = bytes;
        _file = file;
        _position = start;
        _end = end;
        _depth = depth;
    }

    /// <summary>The number of the present field.</summary>
    public int Field { get; private set; }

    /// <summary>How the present field's value is written.</summary>
    public WireType Type { get; private set; }

    /// <summary>An error at the present place.</summary>
    public readonly FileFormatException Error(string problem) => new(_file, _position, problem);

    /// <summary>Goes to the next field, whose value must then be read or skipped; false at the message's end.</summary>
    public bool Next()
    {
        if (_position == _end)
            return false;
        ulong key = Varint();
        if (key > uint.MaxValue || key >> 3 == 0)
            throw Error($"{key} is no key of a protobuf field");
        Field = (int)(key >> 3);
        Type = (WireType)(key & 7);
        if (Type is not (WireType.Varint or WireType.Fixed64 or WireType.Delimited or WireType.Fixed32))
            throw Error($"field {Field} has the wire type {(int)Type}, which ONNX does not use");
        return true;
    }

    /// <summary>Skips the present field's value.</summary>
    public void Skip()
    {
        switch (Type)
        {
            case WireType.Varint:
                Varint();
                break;
            case WireType.Fixed32:
                Take(4);
                break;
            case WireType.Fixed64:
                Take(8);
                break;
            default:
                Take(Length());
                break;
        }
    }

    /// <summary>The present field as a whole number.</summary>
    public long Int64()
    {
        Require(WireType.Varint);
        return unchecked((long)Varint());
    }

    /// <summary>The present field as a whole number of 32 bits.</summary>
    public int Int32()
    {
        long value = Int64();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Error($"{value} exceeds 32 bits");
    }

    /// <summary>The present field as a number of single precision.</summary>
    public float Float()
    {
        Require(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4).Span);
    }

    /// <summary>The present field as text.</summary>
    public string Text()
    {
        ReadOnlySpan<byte> bytes = Bytes().Span;
        try
        {
            return s_strictText.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new FileFormatException(_file, _position, $"the text of field {Field} is not UTF-8", error);
        }
    }

    /// <summary>The present field as bytes, which are not copied.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        Require(WireType.Delimited);
        return Take(Length());
    }

    /// <summary>The present field as a message.</summary>
    public WireReader Message()
    {
        Require(WireType.Delimited);
        int length = Length();
        if (_depth == DeepestMessage)
            throw Error($"messages lie in each other more than {DeepestMessage} deep");
        int start = _position;
        _position += length;
        return new WireReader(_bytes, _file, start, _position, _depth + 1);
    }

    /// <summary>Adds the present field of whole numbers, one or packed.</summary>
    public void AddIntegers(List<long> values)
    {
        if (Type == WireType.Varint)
        {
            values.Add(unchecked((long)Varint()));
            return;
        }

        WireReader packed = Message();
        while (packed._position < packed._end)
        {
            values.Add(unchecked((long)packed.Varint()));
        }
    }

    /// <summary>Adds the present field of single-precision numbers, one or packed.</summary>
    public void AddFloats(List<float> values)
    {
        if (Type == WireType.Fixed32)
        {
            values.Add(Float());
            return;
        }

        ReadOnlySpan<byte> bytes = Packed(sizeof(float));
        for (int i = 0; i < bytes.Length; i += sizeof(float))
        {
            values.Add(BinaryPrimitives.ReadSingleLittleEndian(bytes[i..]));
        }
    }

    /// <summary>Adds the present field of double-precision numbers, one or packed.</summary>
    public void AddDoubles(List<double> values)
    {
        ReadOnlySpan<byte> bytes = Type == WireType.Fixed64 ? Take(sizeof(double)).Span : Packed(sizeof(double));
        for (int i = 0; i < bytes.Length; i += sizeof(double))
        {
            values.Add(BinaryPrimitives.ReadDoubleLittleEndian(bytes[i..]));
        }
    }

    private ReadOnlySpan<byte> Packed(int itemSize)
    {
        ReadOnlySpan<byte> bytes = Bytes().Span;
        return bytes.Length % itemSize == 0
            ? bytes
            : throw Error($"{bytes.Length} bytes of field {Field} are no whole number of values of {itemSize} bytes");
    }

    private ulong Varint()
    {
        ReadOnlySpan<byte> bytes = _bytes.Span[_position.._end];
        ulong value = 0;
        for (int i = 0; i < Math.Min(bytes.Length, 10); i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                _position += i + 1;
                return value;
            }
        }

        throw Error(bytes.Length < 10 ? "the bytes end within a number" : "a number has more than ten bytes");
    }

    private int Length()
    {
        ulong length = Varint();
        return length <= (ulong)(_end - _position)
            ? (int)length
            : throw Error($"field {Field} should take {length:N0} bytes but {_end - _position:N0} are left");
    }

    private ReadOnlyMemory<byte> Take(int count)
    {
        if (count > _end - _position)
            throw Error($"field {Field} should take {count} bytes but {_end - _position} are left");
        _position += count;
        return _bytes.Slice(_position - count, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Require(WireType type)
    {
        if (Type != type)
            throw Error($"field {Field} is written as {Type} where {type} belongs");
    }
}
