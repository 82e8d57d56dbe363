using CsCheck;

namespace CoreEngine.Kernels.Tests;

/// <summary>Generators and comparisons that the kernels' tests share.</summary>
internal static class Values
{
    public static readonly DType[] AllTypes =
    [
        DType.Float32,
        DType.Float64,
        DType.Float16,
        DType.UInt8,
        DType.Int32,
        DType.Int8,
        DType.Int64,
    ];

    public static readonly Gen<DType> AnyType = Gen.Int[0, DTypes.Count - 1].Select(i => (DType)i);

    /// <summary>Shapes of rank 1 to 5 with small extents, now and then longer than a vector.</summary>
    public static readonly Gen<long[]> AnyShape = Gen.Frequency((4, Gen.Long[1, 5]), (1, Gen.Long[6, 40]))
        .Array[1, 5]
        .Where(dims => dims.Aggregate(1L, (size, extent) => size * extent) <= 5000);

    /// <summary>Small whole and broken numbers, which every element type represents exactly or nearly.</summary>
    public static double[] Random(int seed, DType dtype, long count)
    {
        var random = new Random(seed);
        double[] values = new double[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] =
                dtype.IsFloat() ? (double)(Half)((random.NextDouble() * 4) - 2)
                : dtype == DType.UInt8 ? random.Next(0, 6)
                : random.Next(-3, 4);
        }

        return values;
    }

    /// <summary>A number as an element type holds it, with the conversions of .NET; integers wrap.</summary>
    public static double Round(DType dtype, double value) =>
        dtype switch
        {
            DType.Float32 => (float)value,
            DType.Float64 => value,
            DType.Float16 => (double)(Half)value,
            DType.UInt8 => unchecked((byte)(long)value),
            DType.Int8 => unchecked((sbyte)(long)value),
            DType.Int32 => unchecked((int)(long)value),
            _ => (long)value,
        };

    /// <summary>Relative rounding error of an element type; 0 for integers.</summary>
    public static double Epsilon(DType dtype) =>
        dtype switch
        {
            DType.Float32 => 1.2e-7,
            DType.Float64 => 2.3e-16,
            DType.Float16 => 9.8e-4,
            _ => 0,
        };

    /// <summary>Asserts that two numbers agree to a tolerance, NaN and infinities included.</summary>
    public static void AreClose(double expected, double actual, double tolerance, string what)
    {
        bool same =
            expected.Equals(actual)
            || expected == actual
            || (Math.Abs(expected - actual) <= tolerance && double.IsFinite(expected));
        Assert.IsTrue(same, $"{what}: expected {expected:R}, got {actual:R}, tolerance {tolerance:R}");
    }
}
