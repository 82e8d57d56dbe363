using System.Runtime.InteropServices;

namespace CoreEngine.Conformance;

/// <summary>Values in host memory, row-major: what recorded and computed arrays become to be compared.</summary>
/// <param name="Dtype">Element type.</param>
/// <param name="Shape">Shape.</param>
/// <param name="Data">The raw values, in the machine's byte order.</param>
public sealed record DenseArray(DType Dtype, Shape Shape, byte[] Data)
{
    /// <summary>How the array is stored whose values these are.</summary>
    public StorageType Storage { get; init; }

    /// <summary>Number of elements.</summary>
    public int Length => Data.Length / Dtype.ItemSize();

    /// <summary>One element, widened; 64-bit integers beyond 2^53 are rounded.</summary>
    public double this[int index] =>
        Dtype switch
        {
            DType.Float32 => As<float>()[index],
            DType.Float64 => As<double>()[index],
            DType.Float16 => (double)As<Half>()[index],
            DType.UInt8 => Data[index],
            DType.Int8 => As<sbyte>()[index],
            DType.Int32 => As<int>()[index],
            DType.Int64 => As<long>()[index],
            _ => throw new GoldenDataException("An array without an element type has no values."),
        };

    /// <summary>The values as their own type.</summary>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data);
}
