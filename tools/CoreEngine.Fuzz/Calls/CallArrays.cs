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
        if (argument.Storage == StorageType.RowSparse)
        {
            return RowSparse(argument, new Random(seed));
        }

        if (argument.Storage == StorageType.Csr && argument.Shape.Rank == 2)
        {
            return Csr(argument, new Random(seed));
        }

        NDArray array = NDArray.Zeros(argument.Shape, argument.DType);
        Fill(array, argument.Values, seed);
        return array;
    }

    /// <summary>About half of the rows; now and then none, all, or one that does not exist.</summary>
    private static NDArray RowSparse(CallArgument argument, Random random)
    {
        List<long> rows = [];
        int kind = random.Next(12);
        for (long row = 0; row < argument.Shape[0]; row++)
        {
            if (kind == 0 || (kind > 1 && random.Next(2) == 0))
            {
                rows.Add(row);
            }
        }

        if (rows.Count == 0)
        {
            return NDArray.Zeros(StorageType.RowSparse, argument.Shape, argument.DType);
        }

        if (kind == 2)
        {
            rows[^1] = Numbers.Instead(rows[^1], random);
        }

        NDArray values = NDArray.Zeros(argument.Shape.With(0, rows.Count), argument.DType);
        Fill(values, argument.Values, random.Next());
        return NDArray.RowSparse(values, NDArray.From<long>([.. rows]), argument.Shape);
    }

    /// <summary>Columns in any order, some twice; now and then one, or a beginning of a row, that does not exist.</summary>
    private static NDArray Csr(CallArgument argument, Random random)
    {
        long[] starts = new long[argument.Shape[0] + 1];
        List<long> columns = [];
        for (int row = 1; row < starts.Length; row++)
        {
            for (int count = random.Next(4); count > 0; count--)
            {
                columns.Add(random.NextInt64(argument.Shape[1]));
            }

            starts[row] = columns.Count;
        }

        if (columns.Count == 0)
        {
            return NDArray.Zeros(StorageType.Csr, argument.Shape, argument.DType);
        }

        int kind = random.Next(24);
        if (kind == 0)
        {
            columns[random.Next(columns.Count)] = Numbers.Instead(0, random);
        }
        else if (kind == 1)
        {
            starts[random.Next(starts.Length)] = Numbers.Instead(1, random);
        }

        NDArray values = NDArray.Zeros([columns.Count], argument.DType);
        Fill(values, argument.Values, random.Next());
        return NDArray.Csr(values, NDArray.From<long>([.. columns]), NDArray.From(starts), argument.Shape);
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
