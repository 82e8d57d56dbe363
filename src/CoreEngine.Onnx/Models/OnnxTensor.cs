using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CoreEngine.Files;

namespace CoreEngine.Onnx;

/// <summary>A tensor as ONNX files hold it: of any rank, also 0, and possibly without elements. Immutable.</summary>
public sealed class OnnxTensor
{
    private readonly long[] _dims;
    private readonly ReadOnlyMemory<byte> _data;

    /// <summary>A tensor of numbers.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="dims">The extents; none for a single number.</param>
    /// <param name="data">The elements, row-major, little endian; taken over.</param>
    /// <param name="name">The tensor's name; may be empty.</param>
    /// <exception cref="ArgumentException">The number of bytes does not fit type and extents.</exception>
    public OnnxTensor(OnnxElementType type, ReadOnlySpan<long> dims, ReadOnlyMemory<byte> data, string name = "")
    {
        ElementType = type;
        _dims = dims.ToArray();
        _data = data;
        Name = name;
        long count = 1;
        foreach (long extent in _dims)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(dims));
            count = checked(count * extent);
        }

        Count = count;
        if (type != OnnxElementType.String && checked(count * type.ItemSize()) != data.Length)
        {
            throw new ArgumentException(
                $"A tensor [{string.Join(",", _dims)}] of {type} does not take {data.Length} bytes.",
                nameof(data)
            );
        }
    }

    /// <summary>The tensor's name; empty when it has none.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public OnnxElementType ElementType { get; }

    /// <summary>The extents; none for a single number.</summary>
    public IReadOnlyList<long> Dims => _dims;

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>The elements, row-major, little endian. Empty for text.</summary>
    public ReadOnlySpan<byte> Data => _data.Span;

    internal long[] Extents => _dims;

    /// <summary>Reads a file with one tensor (<c>.pb</c>).</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is damaged or holds something else.</exception>
    public static OnnxTensor Load(string path) => Read(ModelFile.ReadAll(path), path);

    /// <summary>Reads a tensor from the bytes of a <c>.pb</c> file.</summary>
    /// <param name="bytes">The message; the tensor keeps them.</param>
    /// <param name="name">What errors call the bytes.</param>
    /// <exception cref="FileFormatException">The bytes are damaged or hold something else.</exception>
    public static OnnxTensor Read(ReadOnlyMemory<byte> bytes, string name) =>
        TensorMessage.Read(new WireReader(bytes, name));

    /// <summary>One whole number.</summary>
    public static OnnxTensor FromInteger(long value) => FromIntegers([value], []);

    /// <summary>Whole numbers of 64 bits.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="dims">The extents; those of a vector when null.</param>
    public static OnnxTensor FromIntegers(ReadOnlySpan<long> values, long[]? dims = null) =>
        From(values, OnnxElementType.Int64, dims ?? [values.Length]);

    /// <summary>The values of an array, after waiting for them.</summary>
    /// <param name="array">A dense array on the CPU.</param>
    /// <param name="type">
    /// What its elements mean; a type that <see cref="OnnxElementTypes.ToDType"/> holds in the array's type.
    /// </param>
    /// <param name="dims">The extents, as many elements as the array; the array's own when null.</param>
    /// <exception cref="ArgumentException">The array does not hold such elements.</exception>
    public static OnnxTensor FromArray(NDArray array, OnnxElementType type, long[]? dims = null)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (type.ToDType() != array.DType)
            throw new ArgumentException($"An array of {array.DType.Name()} does not hold {type}.", nameof(type));
        dims ??= array.Shape.Dims.ToArray();
        return type switch
        {
            OnnxElementType.Int16 => From(
                MemoryMarshal.AsBytes<short>(Array.ConvertAll(array.ToArray<int>(), value => unchecked((short)value))),
                type,
                dims
            ),
            OnnxElementType.UInt16 => From(
                MemoryMarshal.AsBytes<ushort>(
                    Array.ConvertAll(array.ToArray<int>(), value => unchecked((ushort)value))
                ),
                type,
                dims
            ),
            OnnxElementType.UInt32 => From(
                MemoryMarshal.AsBytes<uint>(Array.ConvertAll(array.ToArray<long>(), value => unchecked((uint)value))),
                type,
                dims
            ),
            _ => array.DType switch
            {
                DType.Float32 => From(array.AsSpan<float>(), type, dims),
                DType.Float64 => From(array.AsSpan<double>(), type, dims),
                DType.Float16 => From(array.AsSpan<Half>(), type, dims),
                DType.UInt8 => From(array.AsSpan<byte>(), type, dims),
                DType.Int8 => From(array.AsSpan<sbyte>(), type, dims),
                DType.Int32 => From(array.AsSpan<int>(), type, dims),
                _ => From(array.AsSpan<long>(), type, dims),
            },
        };
    }

    /// <summary>A new array with these elements on <c>cpu(0)</c>; a single number becomes a vector of one.</summary>
    /// <exception cref="OnnxUnsupportedException">There are no elements, or no array holds this type.</exception>
    public NDArray ToArray()
    {
        DType dtype = ElementType.ToDType();
        if (dtype == DType.None)
            throw new OnnxUnsupportedException($"the tensor '{Name}' holds {ElementType}, which arrays cannot hold");
        if (Count == 0)
            throw new OnnxUnsupportedException($"the tensor '{Name}' has no elements, and arrays cannot be empty");
        var array = new NDArray(OnnxValue.GraphShape(_dims), dtype);
        CopyTo(array);
        return array;
    }

    /// <summary>Overwrites an array of the shape and type that <see cref="ToArray"/> gives.</summary>
    internal void CopyTo(NDArray array)
    {
        switch (ElementType)
        {
            case OnnxElementType.Int16:
                CopyWide(MemoryMarshal.Cast<byte, short>(Data), array.AsWritableSpan<int>(), value => value);
                break;
            case OnnxElementType.UInt16:
                CopyWide(MemoryMarshal.Cast<byte, ushort>(Data), array.AsWritableSpan<int>(), value => value);
                break;
            case OnnxElementType.UInt32:
                CopyWide(MemoryMarshal.Cast<byte, uint>(Data), array.AsWritableSpan<long>(), value => value);
                break;
            case OnnxElementType.UInt64:
                CopyWide(MemoryMarshal.Cast<byte, ulong>(Data), array.AsWritableSpan<long>(), Signed);
                break;
            default:
                Data.CopyTo(HostBytes(array));
                break;
        }
    }

    private long Signed(ulong value) =>
        value <= long.MaxValue
            ? (long)value
            : throw new OnnxUnsupportedException($"the tensor '{Name}' holds {value}, which exceeds int64");

    /// <summary>The elements as whole numbers.</summary>
    /// <exception cref="InvalidOperationException">The elements are no whole numbers.</exception>
    public long[] ToIntegers()
    {
        ReadOnlySpan<byte> data = Data;
        long[] values = new long[Count];
        int size = ElementType.ItemSize();
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> item = data.Slice(i * size, size);
            values[i] = ElementType switch
            {
                OnnxElementType.Bool or OnnxElementType.UInt8 => item[0],
                OnnxElementType.Int8 => unchecked((sbyte)item[0]),
                OnnxElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(item),
                OnnxElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(item),
                OnnxElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(item),
                OnnxElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(item),
                OnnxElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(item),
                OnnxElementType.UInt64 => Signed(BinaryPrimitives.ReadUInt64LittleEndian(item)),
                _ => throw new InvalidOperationException($"A tensor of {ElementType} holds no whole numbers."),
            };
        }

        return values;
    }

    /// <summary>The elements as fractions; whole numbers are converted.</summary>
    /// <exception cref="InvalidOperationException">The elements are no numbers that fit.</exception>
    public double[] ToDoubles() =>
        ElementType switch
        {
            OnnxElementType.Float => Convert<float>(value => value),
            OnnxElementType.Double => Convert<double>(value => value),
            OnnxElementType.Float16 => Convert<Half>(value => (double)value),
            _ => Array.ConvertAll(ToIntegers(), value => (double)value),
        };

    /// <summary>The same elements, read as another type of the same size, in other extents.</summary>
    internal OnnxTensor As(OnnxElementType type, long[] dims) => new(type, dims, _data, Name);

    internal static OnnxTensor From<T>(ReadOnlySpan<T> values, OnnxElementType type, long[] dims)
        where T : unmanaged => new(type, dims, MemoryMarshal.AsBytes(values).ToArray());

    /// <inheritdoc/>
    public override string ToString() => $"{ElementType}[{string.Join(",", _dims)}]";

    private double[] Convert<T>(Converter<T, double> convert)
        where T : unmanaged => Array.ConvertAll(MemoryMarshal.Cast<byte, T>(Data).ToArray(), convert);

    private static void CopyWide<TNarrow, TWide>(
        ReadOnlySpan<TNarrow> from,
        Span<TWide> to,
        Func<TNarrow, TWide> convert
    )
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = convert(from[i]);
        }
    }

    private static Span<byte> HostBytes(NDArray array) =>
        array.DType switch
        {
            DType.Float32 => MemoryMarshal.AsBytes(array.AsWritableSpan<float>()),
            DType.Float64 => MemoryMarshal.AsBytes(array.AsWritableSpan<double>()),
            DType.Float16 => MemoryMarshal.AsBytes(array.AsWritableSpan<Half>()),
            DType.UInt8 => array.AsWritableSpan<byte>(),
            DType.Int8 => MemoryMarshal.AsBytes(array.AsWritableSpan<sbyte>()),
            DType.Int32 => MemoryMarshal.AsBytes(array.AsWritableSpan<int>()),
            _ => MemoryMarshal.AsBytes(array.AsWritableSpan<long>()),
        };
}
