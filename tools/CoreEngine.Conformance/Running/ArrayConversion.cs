using System.Runtime.InteropServices;
using CoreEngine.Files;

namespace CoreEngine.Conformance;

/// <summary>Between recorded arrays and CoreEngine's.</summary>
public static class ArrayConversion
{
    /// <summary>An array with the recorded values and storage type.</summary>
    /// <exception cref="GoldenDataException">The recorded array has no values or is damaged.</exception>
    public static NDArray ToArray(GoldenArray golden)
    {
        DenseArray dense = golden.ToDense();
        if (!golden.IsSparse)
        {
            return From(dense);
        }

        if (golden.Data!.Length == 0)
        {
            return NDArray.Zeros(golden.Storage, dense.Shape, golden.Dtype);
        }

        NDArray values = From(new DenseArray(golden.Dtype, new Shape(golden.DataShape!), golden.Data));
        NDArray indices = Numbers(golden.Indices!);
        return golden.Stype == GoldenArray.Csr
            ? NDArray.Csr(values, indices, Numbers(golden.Indptr!), dense.Shape)
            : NDArray.RowSparse(values, indices, dense.Shape);
    }

    /// <summary>The values of an array in host memory, zeros included; waits for them.</summary>
    public static DenseArray ToDense(NDArray array)
    {
        using NDArray dense = array.ToDense();
        return new DenseArray(
            dense.DType,
            dense.Shape,
            dense.DType switch
            {
                DType.Float32 => Bytes<float>(dense),
                DType.Float64 => Bytes<double>(dense),
                DType.Float16 => Bytes<Half>(dense),
                DType.UInt8 => Bytes<byte>(dense),
                DType.Int8 => Bytes<sbyte>(dense),
                DType.Int32 => Bytes<int>(dense),
                _ => Bytes<long>(dense),
            }
        )
        {
            Storage = array.StorageType,
        };
    }

    /// <summary>A copy of an array as it stands in a file.</summary>
    public static GoldenArray FromStored(string name, StoredArray stored)
    {
        bool isCsr = stored.Storage == StorageType.Csr;
        bool isSparse = stored.Storage != StorageType.Default;
        return new GoldenArray
        {
            Name = name,
            Dtype = stored.DType,
            Shape = stored.Shape.Dims.ToArray(),
            Data = stored.Data.Bytes.ToArray(),
            DataShape = stored.Data.Shape.Dims.ToArray(),
            Stype =
                isCsr ? GoldenArray.Csr
                : isSparse ? GoldenArray.RowSparse
                : null,
            Indptr = isCsr ? stored.Indices[0].Bytes.ToArray() : null,
            Indices = isSparse ? stored.Indices[^1].Bytes.ToArray() : null,
        };
    }

    private static NDArray From(DenseArray dense) =>
        dense.Dtype switch
        {
            DType.Float32 => NDArray.From(dense.As<float>(), dense.Shape),
            DType.Float64 => NDArray.From(dense.As<double>(), dense.Shape),
            DType.Float16 => NDArray.From(dense.As<Half>(), dense.Shape),
            DType.UInt8 => NDArray.From(dense.As<byte>(), dense.Shape),
            DType.Int8 => NDArray.From(dense.As<sbyte>(), dense.Shape),
            DType.Int32 => NDArray.From(dense.As<int>(), dense.Shape),
            _ => NDArray.From(dense.As<long>(), dense.Shape),
        };

    private static NDArray Numbers(byte[] bytes) => NDArray.From<long>(MemoryMarshal.Cast<byte, long>(bytes));

    private static byte[] Bytes<T>(NDArray array)
        where T : unmanaged => MemoryMarshal.AsBytes(array.AsSpan<T>()).ToArray();
}
