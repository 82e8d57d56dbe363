using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CoreEngine.Onnx;

/// <summary>Reads ONNX's <c>TensorProto</c>: extents, type, and elements in one of its several forms.</summary>
internal static class TensorMessage
{
    private const int HighestRank = 64;

    public static OnnxTensor Read(WireReader reader)
    {
        var dims = new List<long>();
        var floats = new List<float>();
        var integers = new List<long>();
        var doubles = new List<double>();
        ReadOnlyMemory<byte>? raw = null;
        var type = OnnxElementType.Undefined;
        string name = "";
        int texts = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    reader.AddIntegers(dims);
                    break;
                case 2:
                    type = (OnnxElementType)reader.Int32();
                    break;
                case 4:
                    reader.AddFloats(floats);
                    break;
                case 5 or 7 or 11:
                    reader.AddIntegers(integers);
                    break;
                case 6:
                    reader.Bytes();
                    texts++;
                    break;
                case 8:
                    name = reader.Text();
                    break;
                case 9:
                    raw = reader.Bytes();
                    break;
                case 10:
                    reader.AddDoubles(doubles);
                    break;
                case 13 or 14 when reader.Type == WireType.Delimited || reader.Int64() != 0:
                    throw new OnnxUnsupportedException($"the elements of the tensor '{name}' lie in another file");
                case 14:
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        long count = Count(ref reader, dims);
        if (type == OnnxElementType.String)
        {
            return texts == count
                ? new OnnxTensor(type, CollectionsMarshal.AsSpan(dims), default, name)
                : throw reader.Error($"the tensor '{name}' of {count:N0} texts holds {texts:N0}");
        }

        int size = type.ItemSize();
        if (size == 0)
            throw reader.Error($"the tensor '{name}' has the element type {(int)type}, which ONNX does not define");
        ReadOnlyMemory<byte> data = raw ?? Pack(type, floats, integers, doubles);
        return (Int128)count * size == data.Length
            ? new OnnxTensor(type, CollectionsMarshal.AsSpan(dims), data, name)
            : throw reader.Error(
                $"the tensor '{name}' [{string.Join(",", dims)}] of {type} should take {(Int128)count * size:N0} bytes but "
                    + $"holds {data.Length:N0}"
            );
    }

    private static long Count(ref WireReader reader, List<long> dims)
    {
        if (dims.Count > HighestRank)
            throw reader.Error($"a tensor of {dims.Count} axes makes no sense");
        Int128 count = 1;
        foreach (long extent in dims)
        {
            if (extent < 0)
                throw reader.Error($"a tensor has the extent {extent}");
            count *= extent;
            if (count > long.MaxValue)
                throw reader.Error($"a tensor [{string.Join(",", dims)}] exceeds 64 bits");
        }

        return (long)count;
    }

    /// <summary>Elements that were written as numbers, in the width of their type.</summary>
    private static byte[] Pack(OnnxElementType type, List<float> floats, List<long> integers, List<double> doubles)
    {
        if (type is OnnxElementType.Float or OnnxElementType.Complex64)
            return MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(floats)).ToArray();
        if (type is OnnxElementType.Double or OnnxElementType.Complex128)
            return MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(doubles)).ToArray();
        int size = type.ItemSize();
        byte[] data = new byte[(long)integers.Count * size];
        Span<byte> wide = stackalloc byte[8];
        for (int i = 0; i < integers.Count; i++)
        {
            // Halves and truth values too are written as whole numbers, of which the lower bytes count.
            BinaryPrimitives.WriteInt64LittleEndian(wide, integers[i]);
            wide[..size].CopyTo(data.AsSpan(i * size));
        }

        return data;
    }
}
