namespace CoreEngine.Onnx;

/// <summary>What becomes of ONNX's element types in CoreEngine.</summary>
public static class OnnxElementTypes
{
    /// <summary>
    /// The element type that holds such values: truth values are uint8 with 0 and 1. Types that arrays do not have are
    /// held in the next wider one: int16 and uint16 in int32, uint32 in int64 (a result that would overflow the narrow
    /// type is not wrapped round), and uint64 in int64 as far as that goes. <see cref="DType.None"/> for text, complex
    /// numbers and bfloat16.
    /// </summary>
    public static DType ToDType(this OnnxElementType type) =>
        type switch
        {
            OnnxElementType.Float => DType.Float32,
            OnnxElementType.Double => DType.Float64,
            OnnxElementType.Float16 => DType.Float16,
            OnnxElementType.UInt8 or OnnxElementType.Bool => DType.UInt8,
            OnnxElementType.Int8 => DType.Int8,
            OnnxElementType.Int32 or OnnxElementType.Int16 or OnnxElementType.UInt16 => DType.Int32,
            OnnxElementType.Int64 or OnnxElementType.UInt32 or OnnxElementType.UInt64 => DType.Int64,
            _ => DType.None,
        };

    /// <summary>The ONNX type of an array's elements.</summary>
    public static OnnxElementType FromDType(DType dtype) =>
        dtype switch
        {
            DType.Float32 => OnnxElementType.Float,
            DType.Float64 => OnnxElementType.Double,
            DType.Float16 => OnnxElementType.Float16,
            DType.UInt8 => OnnxElementType.UInt8,
            DType.Int8 => OnnxElementType.Int8,
            DType.Int32 => OnnxElementType.Int32,
            DType.Int64 => OnnxElementType.Int64,
            _ => OnnxElementType.Undefined,
        };

    /// <summary>Bytes of one element in a file; 0 for text and unknown types.</summary>
    public static int ItemSize(this OnnxElementType type) =>
        type switch
        {
            OnnxElementType.UInt8 or OnnxElementType.Int8 or OnnxElementType.Bool => 1,
            OnnxElementType.UInt16 or OnnxElementType.Int16 or OnnxElementType.Float16 or OnnxElementType.BFloat16 => 2,
            OnnxElementType.Float or OnnxElementType.Int32 or OnnxElementType.UInt32 => 4,
            OnnxElementType.Double or OnnxElementType.Int64 or OnnxElementType.UInt64 or OnnxElementType.Complex64 => 8,
            OnnxElementType.Complex128 => 16,
            _ => 0,
        };

    /// <summary>True for types of whole numbers.</summary>
    internal static bool IsInteger(this OnnxElementType type) =>
        type
            is OnnxElementType.UInt8
                or OnnxElementType.Int8
                or OnnxElementType.UInt16
                or OnnxElementType.Int16
                or OnnxElementType.Int32
                or OnnxElementType.Int64
                or OnnxElementType.UInt32
                or OnnxElementType.UInt64;

    /// <summary>True for types of fractions.</summary>
    internal static bool IsFloat(this OnnxElementType type) =>
        type is OnnxElementType.Float or OnnxElementType.Double or OnnxElementType.Float16 or OnnxElementType.BFloat16;
}
