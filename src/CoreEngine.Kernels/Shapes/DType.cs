namespace CoreEngine;

/// <summary>The element type of an array. The numbers are those of MXNet's C ABI and file formats.</summary>
public enum DType
{
    /// <summary>Not known yet; only inference sees it.</summary>
    None = -1,

    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 0,

    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 1,

    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 2,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 3,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 4,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 5,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 6,
}

/// <summary>Sizes, names and .NET types of <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>Number of element types; valid values are 0 to <c>Count - 1</c>.</summary>
    public const int Count = 7;

    private static readonly string[] s_names = ["float32", "float64", "float16", "uint8", "int32", "int8", "int64"];

    /// <summary>Size of one element in bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is <see cref="DType.None"/> or no DType at all.</exception>
    public static int ItemSize(this DType dtype) =>
        dtype switch
        {
            DType.Float32 or DType.Int32 => 4,
            DType.Float64 or DType.Int64 => 8,
            DType.Float16 => 2,
            DType.UInt8 or DType.Int8 => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "This is not an element type."),
        };

    /// <summary>True for the three floating-point types.</summary>
    public static bool IsFloat(this DType dtype) => dtype is DType.Float32 or DType.Float64 or DType.Float16;

    /// <summary>The name that attributes use, for example <c>float32</c>; <c>None</c> when unknown.</summary>
    public static string Name(this DType dtype) => (uint)dtype < Count ? s_names[(int)dtype] : "None";

    /// <summary>Finds the type with an attribute's name, for example <c>float32</c>.</summary>
    public static bool TryParse(string? name, out DType dtype)
    {
        int index = Array.IndexOf(s_names, name);
        dtype = (DType)index;
        return index >= 0;
    }

    /// <summary>The element type that stores <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">No element type stores <typeparamref name="T"/>.</exception>
    public static DType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            return DType.Float32;
        if (typeof(T) == typeof(double))
            return DType.Float64;
        if (typeof(T) == typeof(Half))
            return DType.Float16;
        if (typeof(T) == typeof(byte))
            return DType.UInt8;
        if (typeof(T) == typeof(int))
            return DType.Int32;
        if (typeof(T) == typeof(sbyte))
            return DType.Int8;
        if (typeof(T) == typeof(long))
            return DType.Int64;
        throw new NotSupportedException(
            $"Arrays cannot hold {typeof(T)}; use float, double, Half, byte, sbyte, int or long."
        );
    }
}
