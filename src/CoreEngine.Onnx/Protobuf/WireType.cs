namespace CoreEngine.Onnx;

/// <summary>How a field's value lies in the bytes; the numbers are protobuf's.</summary>
internal enum WireType
{
    /// <summary>A number in groups of seven bits.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length, then as many bytes: text, bytes, a message or packed numbers.</summary>
    Delimited = 2,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}
