namespace CoreEngine.Conformance;

/// <summary>How far a value may be from the recorded one: <c>|x - expected| &lt;= Absolute + Relative * |expected|</c>.</summary>
/// <param name="Relative">Share of the expected value's magnitude.</param>
/// <param name="Absolute">Distance that is always allowed.</param>
public readonly record struct Tolerance(double Relative, double Absolute)
{
    /// <summary>The usual tolerance of an element type; integers must agree exactly.</summary>
    public static Tolerance For(DType dtype) =>
        dtype switch
        {
            DType.Float32 => new(1e-4, 1e-5),
            DType.Float64 => new(1e-9, 1e-10),
            DType.Float16 => new(1e-2, 1e-3),
            _ => default,
        };

    /// <summary>
    /// The tolerance of a recorded value: the case's own where it names one; float64 results of operators that compute
    /// in float32 in the original are held to float32's.
    /// </summary>
    /// <param name="dtype">Element type of the value.</param>
    /// <param name="own">The case's own tolerance.</param>
    /// <param name="computesInFloat32">The original computes this operator in float32 whatever the type.</param>
    public static Tolerance For(DType dtype, double? own, bool computesInFloat32 = false)
    {
        if (!dtype.IsFloat())
        {
            return default;
        }

        Tolerance usual = For(computesInFloat32 && dtype == DType.Float64 ? DType.Float32 : dtype);
        return own is { } both ? new Tolerance(both, both) : usual;
    }
}
