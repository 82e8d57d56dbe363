using System.Runtime.CompilerServices;

namespace CoreEngine.Operators.Tests;

/// <summary>The shape of an input and the values that it may have.</summary>
[CollectionBuilder(typeof(GradientInput), nameof(Create))]
public sealed record GradientInput
{
    /// <summary>An input of this shape.</summary>
    public GradientInput(params ReadOnlySpan<long> dims) => Shape = new Shape(dims);

    /// <summary>Whole numbers, such as indices and labels, which have no gradient.</summary>
    public static GradientInput Whole(int low, int high, params ReadOnlySpan<long> dims) =>
        new(dims)
        {
            Low = low,
            High = high,
            IsWhole = true,
            HasGradient = false,
        };

    /// <summary>An input with values from -2 to 2, from a collection expression: <c>[2, 3]</c>.</summary>
    public static GradientInput Create(ReadOnlySpan<long> dims) => new(dims);

    /// <summary>The shape.</summary>
    public Shape Shape { get; }

    /// <summary>The smallest value.</summary>
    public double Low { get; init; } = -2;

    /// <summary>The largest value.</summary>
    public double High { get; init; } = 2;

    /// <summary>Whether this input is differentiated.</summary>
    public bool HasGradient { get; init; } = true;

    /// <summary>Whole numbers from <see cref="Low"/> to <see cref="High"/>.</summary>
    public bool IsWhole { get; init; }

    /// <summary>All values differ by far more than the step of the differences, for maxima and sorting.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>Values that are kept away from, since the function has a kink or a jump there.</summary>
    public double[] Avoid { get; init; } = [];

    /// <summary>How the array, and its gradient, are stored. Some rows and elements of a sparse one are zero.</summary>
    public StorageType Storage { get; init; } = StorageType.Default;

    /// <summary>Enumerates the extents.</summary>
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Shape.GetEnumerator();

    /// <summary>Draws values.</summary>
    public double[] Draw(Random random)
    {
        double[] values = new double[Shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = IsDistinct ? Low + ((High - Low) * (i + 0.5) / values.Length) : One(random);
        }

        if (IsDistinct)
            random.Shuffle(values);
        for (int i = 0; i < values.Length && Storage != StorageType.Default; i++)
        {
            bool isEmptyRow = i / (values.Length / Shape[0]) % 3 == 1;
            if (isEmptyRow || (Storage == StorageType.Csr && random.Next(2) == 0))
                values[i] = 0;
        }

        return values;
    }

    private double One(Random random)
    {
        const double Distance = 0.05;
        while (true)
        {
            double value = IsWhole ? random.Next((int)Low, (int)High + 1) : Low + (random.NextDouble() * (High - Low));
            if (!Avoid.Any(kink => Math.Abs(value - kink) < Distance))
                return value;
        }
    }
}
