namespace CoreEngine.Conformance;

/// <summary>The outcome of comparing one computed array with the recorded one.</summary>
/// <param name="LargestError">
/// The largest <c>|x - expected| / (|expected| + Absolute / Relative)</c>: a relative error that stays finite near zero,
/// and stays within the tolerance exactly when it is at most <see cref="Tolerance.Relative"/>.
/// </param>
/// <param name="Mismatch">What is wrong, or null when the arrays agree.</param>
public readonly record struct Comparison(double LargestError, string? Mismatch)
{
    /// <summary>Compares shape, type, storage and every value. NaN agrees with NaN, infinities with their own sign.</summary>
    public static Comparison Of(string what, DenseArray expected, DenseArray actual, Tolerance tolerance)
    {
        if (actual.Shape != expected.Shape)
        {
            return new(0, $"{what} has shape {actual.Shape}, {expected.Shape} was recorded");
        }

        if (actual.Dtype != expected.Dtype)
        {
            return new(0, $"{what} is {actual.Dtype.Name()}, {expected.Dtype.Name()} was recorded");
        }

        if (actual.Storage != expected.Storage)
        {
            return new(0, $"{what} is {actual.Storage}, {expected.Storage} was recorded");
        }

        if (actual.Length != expected.Length)
        {
            return new(0, $"{what} has {actual.Length} values, {expected.Length} were recorded");
        }

        double largest = 0;
        int worst = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Error(expected[i], actual[i], tolerance);
            if (expected.Dtype == DType.Int64)
            {
                error = expected.As<long>()[i] == actual.As<long>()[i] ? 0 : Math.Max(error, double.Epsilon);
            }

            if (error > largest)
            {
                largest = error;
                worst = i;
            }
        }

        return largest <= tolerance.Relative
            ? new(largest, null)
            : new(
                largest,
                $"{what}[{worst}] is {actual[worst]:G9}, {expected[worst]:G9} was recorded (error {largest:0.0e+0}, "
                    + $"allowed {tolerance.Relative:0.0e+0})"
            );
    }

    private static double Error(double expected, double actual, Tolerance tolerance)
    {
        if (expected == actual || (double.IsNaN(expected) && double.IsNaN(actual)))
        {
            return 0;
        }

        if (!double.IsFinite(expected) || !double.IsFinite(actual))
        {
            return double.PositiveInfinity;
        }

        double floor = tolerance.Relative > 0 ? tolerance.Absolute / tolerance.Relative : 0;
        return Math.Abs(actual - expected) / (Math.Abs(expected) + floor);
    }
}
