namespace CoreEngine.Perf;

/// <summary>An operand of an <see cref="OperatorCase"/>: the same values on both sides.</summary>
/// <param name="Extents">The shape.</param>
/// <param name="Value">Float32 values by their place, made once with a generator that depends on the operand's number alone.</param>
/// <param name="DType">Our type; PyTorch gets float32 and converts in the case's set-up.</param>
internal sealed record OperatorInput(long[] Extents, Func<Random, float[]> Value, DType DType = DType.Float32)
{
    /// <summary>How our array is stored; PyTorch gets a dense one and converts in the case's set-up.</summary>
    public StorageType Storage { get; init; } = StorageType.Default;

    /// <summary>Numbers evenly distributed between two bounds.</summary>
    public static OperatorInput Uniform(double low, double high, params long[] extents) =>
        new(extents, random => Fill(extents, _ => (float)(low + ((high - low) * random.NextDouble()))));

    /// <summary>Numbers evenly distributed between -1 and 1.</summary>
    public static OperatorInput Signed(params long[] extents) => Uniform(-1, 1, extents);

    /// <summary>Whole numbers from 0 below a bound, as int64.</summary>
    public static OperatorInput Index(int below, params long[] extents) =>
        new(extents, random => Fill(extents, _ => random.Next(below)), DType.Int64);

    /// <summary>Whole numbers from 0 below a bound, as float32, as labels are.</summary>
    public static OperatorInput Label(int below, params long[] extents) =>
        Index(below, extents) with
        {
            DType = DType.Float32,
        };

    /// <summary>One number everywhere.</summary>
    public static OperatorInput Constant(float value, params long[] extents) =>
        new(extents, _ => Fill(extents, _ => value));

    /// <summary>Numbers between -1 and 1 of which no two are equal, so that every order is determined.</summary>
    public static OperatorInput Distinct(params long[] extents) =>
        new(
            extents,
            random =>
            {
                long count = new Shape(extents).Size;
                float[] values = Fill(extents, i => (float)((2.0 * i / count) - 1));
                random.Shuffle(values);
                return values;
            }
        );

    /// <summary>Pairs of row and column below two bounds, all pairs different: a 2xcount int64 array.</summary>
    public static OperatorInput Places(int rows, int columns, int count) =>
        new(
            [2, count],
            random =>
            {
                int[] places = [.. Enumerable.Range(0, rows * columns)];
                random.Shuffle(places);
                return Fill([2, count], i => i < count ? places[i] / columns : places[i - count] % columns);
            },
            DType.Int64
        );

    /// <summary>Symmetric positive definite matrices: a matrix times its transpose, and more on the diagonal.</summary>
    public static OperatorInput Definite(long batch, int n) =>
        new(
            [batch, n, n],
            random =>
            {
                float[] half = Fill([batch, n, n], _ => random.NextSingle() - 0.5f);
                float[] product = new float[half.Length];
                for (int m = 0; m < batch; m++)
                {
                    ReadOnlySpan<float> rows = half.AsSpan(m * n * n, n * n);
                    for (int i = 0; i < n; i++)
                    {
                        for (int j = 0; j < n; j++)
                        {
                            float sum = System.Numerics.Tensors.TensorPrimitives.Dot(
                                rows.Slice(i * n, n),
                                rows.Slice(j * n, n)
                            );
                            product[(((m * n) + i) * n) + j] = (sum / n) + (i == j ? 1 : 0);
                        }
                    }
                }

                return product;
            }
        );

    /// <summary>Lower triangular matrices with a diagonal well away from zero.</summary>
    public static OperatorInput LowerTriangular(long batch, int n) =>
        new(
            [batch, n, n],
            random =>
                Fill(
                    [batch, n, n],
                    i =>
                    {
                        (long row, long column) = (i / n % n, i % n);
                        float value = random.NextSingle();
                        return column > row ? 0
                            : column == row ? 1 + value
                            : (value - 0.5f) / n;
                    }
                )
        );

    /// <summary>The values of the operand with this number in its case.</summary>
    public float[] Make(int number) => Value(new Random(number + 1));

    private static float[] Fill(long[] extents, Func<long, float> value)
    {
        float[] values = new float[new Shape(extents).Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = value(i);
        }

        return values;
    }
}
