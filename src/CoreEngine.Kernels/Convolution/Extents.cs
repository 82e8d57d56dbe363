namespace CoreEngine.Kernels;

/// <summary>
/// One number for each of three spatial dimensions. Problems of fewer dimensions use the last ones; the outer ones then
/// are 1 (sizes, strides, dilations) or 0 (padding).
/// </summary>
/// <param name="D">The outermost dimension: depth.</param>
/// <param name="H">Height.</param>
/// <param name="W">The innermost dimension: width.</param>
public readonly record struct Extents(long D, long H, long W)
{
    /// <summary>1 in each dimension: sizes, strides and dilations that do nothing.</summary>
    public static Extents One => new(1, 1, 1);

    /// <summary>D * H * W.</summary>
    public long Product => checked(D * H * W);

    /// <summary>Fills in the outer dimensions that are not given.</summary>
    /// <param name="values">One to three numbers, the outermost first; none gives <paramref name="missing"/> everywhere.</param>
    /// <param name="missing">What stands for a dimension that is not there: 1, or 0 for padding.</param>
    /// <exception cref="ArgumentException">More than three numbers.</exception>
    public static Extents Of(ReadOnlySpan<long> values, long missing) =>
        values.Length switch
        {
            0 => new(missing, missing, missing),
            1 => new(missing, missing, values[0]),
            2 => new(missing, values[0], values[1]),
            3 => new(values[0], values[1], values[2]),
            _ => throw new ArgumentException(
                $"There are {values.Length} spatial dimensions; 1, 2 and 3 are supported.",
                nameof(values)
            ),
        };

    /// <summary>
    /// Strides of windows over data, none longer than the padded data: a longer one gives the same windows, and kernels lay
    /// out memory by strides.
    /// </summary>
    /// <param name="stride">The strides asked for.</param>
    /// <param name="size">The data's extents.</param>
    /// <param name="pad">The padding on either side.</param>
    public static Extents Strides(Extents stride, Extents size, Extents pad) =>
        new(
            Math.Min(stride.D, size.D + (2 * pad.D)),
            Math.Min(stride.H, size.H + (2 * pad.H)),
            Math.Min(stride.W, size.W + (2 * pad.W))
        );

    /// <inheritdoc/>
    public override string ToString() => $"({D},{H},{W})";
}
