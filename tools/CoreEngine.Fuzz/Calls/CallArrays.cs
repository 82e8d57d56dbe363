using System.Runtime.InteropServices;

namespace CoreEngine.Fuzz;

/// <summary>Arrays for calls.</summary>
internal static class CallArrays
{
    private static readonly double[] s_huge = [1e30, -1e30, 1e300, -1e300, int.MaxValue, int.MinValue, 1e9, -1e9];

    private static readonly double[] s_special =
    [
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        -0.0,
        1e-42,
        double.Epsilon,
    ];

    /// <summary>An array as described.</summary>
    public static NDArray Make(CallArgument argument, int seed)
    {
        NDArray array = NDArray.Zeros(argument.Shape, argument.DType);
        Fill(array, argument.Values, seed);
        return array;
    }

    /// <summary>Fills an array with values of a kind.</summary>
    public static void Fill(NDArray array, CallValues values, int seed)
    {
        var random = new Random(seed);
        switch (array.DType)
        {
            case DType.Float32:
                Fill(array.AsWritableSpan<float>(), values, random);
                break;
            case DType.Float64:
                Fill(array.AsWritableSpan<double>(), values, random);
                break;
            case DType.Float16:
                Fill(array.AsWritableSpan<Half>(), values, random);
                break;
            case DType.UInt8:
                Fill(array.AsWritableSpan<byte>(), values, random);
                break;
            case DType.Int8:
                Fill(array.AsWritableSpan<sbyte>(), values, random);
                break;
            case DType.Int32:
                Fill(array.AsWritableSpan<int>(), values, random);
                break;
            default:
                Fill(array.AsWritableSpan<long>(), values, random);
                break;
        }
    }

    /// <summary>Where a run of four bytes stands in an array, at a multiple of four; null when it does not.</summary>
    public static long? IndexOf(NDArray array, uint four)
    {
        ReadOnlySpan<byte> bytes = array.DType switch
        {
            DType.Float32 => MemoryMarshal.AsBytes(array.AsSpan<float>()),
            DType.Float64 => MemoryMarshal.AsBytes(array.AsSpan<double>()),
            DType.Float16 => MemoryMarshal.AsBytes(array.AsSpan<Half>()),
            DType.UInt8 => array.AsSpan<byte>(),
            DType.Int8 => MemoryMarshal.AsBytes(array.AsSpan<sbyte>()),
            DType.Int32 => MemoryMarshal.AsBytes(array.AsSpan<int>()),
            _ => MemoryMarshal.AsBytes(array.AsSpan<long>()),
        };
        int at = MemoryMarshal.Cast<byte, uint>(bytes).IndexOf(four);
        return at < 0 ? null : 4L * at;
    }

    private static void Fill<T>(Span<T> elements, CallValues values, Random random)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        foreach (ref T element in elements)
        {
            element = T.CreateSaturating(Value(values, random));
        }
    }

    private static double Value(CallValues values, Random random) =>
        values switch
        {
            CallValues.Unit => random.NextDouble(),
            CallValues.Small => random.Next(4),
            CallValues.Signed => random.Next(-3, 9),
            CallValues.Zero => 0,
            CallValues.Huge => s_huge[random.Next(s_huge.Length)],
            CallValues.Special when random.Next(4) == 0 => s_special[random.Next(s_special.Length)],
            _ => (random.NextDouble() * 4) - 2,
        };
}
