using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CoreEngine.Conformance;

/// <summary>
/// A recorded array: raw little-endian values in row-major order, of a dense, <c>row_sparse</c> or <c>csr</c> array.
/// </summary>
public sealed record GoldenArray
{
    /// <summary>The storage type of arrays of which only some rows are stored.</summary>
    public const string RowSparse = "row_sparse";

    /// <summary>The storage type of compressed sparse row matrices.</summary>
    public const string Csr = "csr";

    /// <summary>The argument's or output's name.</summary>
    public string Name
    {
        get => field ?? "";
        init;
    }

    /// <summary>Element type.</summary>
    public DType Dtype { get; init; }

    /// <summary>Shape of the dense array; null where it was left to inference.</summary>
    public long[]? Shape { get; init; }

    /// <summary>The values; for sparse arrays only the stored ones; null in cases without data.</summary>
    public byte[]? Data { get; init; }

    /// <summary><c>default</c> (or null), <c>row_sparse</c> or <c>csr</c>.</summary>
    public string? Stype { get; init; }

    /// <summary>Shape of the stored values of a sparse array.</summary>
    public long[]? DataShape { get; init; }

    /// <summary>int64 row numbers (<c>row_sparse</c>) or column numbers (<c>csr</c>), little-endian.</summary>
    public byte[]? Indices { get; init; }

    /// <summary>int64 positions in the values at which each row of a <c>csr</c> array starts, little-endian.</summary>
    public byte[]? Indptr { get; init; }

    /// <summary><c>write</c>, <c>add</c> or <c>null</c>: what backward does with this input's gradient.</summary>
    public string? GradReq { get; init; }

    /// <summary>True for <c>row_sparse</c> and <c>csr</c> arrays.</summary>
    public bool IsSparse => Stype is not (null or "default");

    /// <summary>How it is stored.</summary>
    public StorageType Storage =>
        Stype switch
        {
            RowSparse => StorageType.RowSparse,
            Csr => StorageType.Csr,
            _ => StorageType.Default,
        };

    /// <summary>The whole array, zeros included.</summary>
    /// <exception cref="GoldenDataException">The array has no data, or data, shape and indices do not fit together.</exception>
    public DenseArray ToDense()
    {
        if (Shape is null || Data is null)
        {
            throw new GoldenDataException($"The array '{Name}' was recorded without values.");
        }

        int item = Dtype.ItemSize();
        var shape = new Shape(Shape);
        long size = shape.Size;
        if (!IsSparse)
        {
            Require(Data.Length == size * item, $"{Data.Length} bytes of values, {size * item} needed");
            return new DenseArray(Dtype, shape, Data);
        }

        byte[] dense = new byte[size * item];
        ReadOnlySpan<long> indices = Numbers(Indices);
        if (Stype == RowSparse)
        {
            int row = (int)(shape.Size / shape[0] * item);
            Require(Data.Length == indices.Length * row, "values and row numbers of different length");
            for (int i = 0; i < indices.Length; i++)
            {
                Require(indices[i] >= 0 && indices[i] < shape[0], $"row number {indices[i]} out of range");
                Data.AsSpan(i * row, row).CopyTo(dense.AsSpan(checked((int)indices[i] * row)));
            }
        }
        else if (Stype == Csr)
        {
            ReadOnlySpan<long> starts = Numbers(Indptr);
            Require(shape.Rank == 2 && starts.Length == shape[0] + 1, "row starts that do not fit the shape");
            for (int r = 0; r < shape[0]; r++)
            {
                for (long i = starts[r]; i < starts[r + 1]; i++)
                {
                    long column = indices[(int)i];
                    Require(column >= 0 && column < shape[1], $"column number {column} out of range");
                    Data.AsSpan((int)i * item, item).CopyTo(dense.AsSpan((int)(r * shape[1] + column) * item));
                }
            }
        }
        else
        {
            Require(false, $"the unknown storage type '{Stype}'");
        }

        return new DenseArray(Dtype, shape, dense) { Storage = Storage };
    }

    private static ReadOnlySpan<long> Numbers(byte[]? bytes)
    {
        long[] numbers = MemoryMarshal.Cast<byte, long>(bytes).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(numbers, numbers);
        }

        return numbers;
    }

    private void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new GoldenDataException(
                $"The array '{Name}' of shape {new Shape(Shape!)} and type {Dtype.Name()} has {what}."
            );
        }
    }
}
