namespace CoreEngine.Conformance;

/// <summary>Compares a random output with recorded statistics.</summary>
public static class StatisticsCheck
{
    /// <summary>
    /// Six standard errors of the difference of two shares near one half over the 200,000 draws of the recorded cases.
    /// </summary>
    private const double ZeroFractionTolerance = 0.01;

    /// <summary>What is wrong with an output, or null.</summary>
    /// <param name="what">The output's name for messages.</param>
    /// <param name="expected">The recorded statistics.</param>
    /// <param name="actual">The output; its leading part belongs to the first parameter entry, and so on.</param>
    public static string? Mismatch(string what, OutputStatistics expected, DenseArray actual)
    {
        if (actual.Shape != new Shape(expected.Shape))
        {
            return $"{what} has shape {actual.Shape}, {new Shape(expected.Shape)} was recorded";
        }

        if (actual.Dtype != expected.Dtype)
        {
            return $"{what} is {actual.Dtype.Name()}, {expected.Dtype.Name()} was recorded";
        }

        int entries = expected.Mean?.Length ?? 1;
        int draws = actual.Length / entries;
        for (int entry = 0; entry < entries; entry++)
        {
            (double mean, double variance, double zeros) = Moments(actual, entry * draws, draws);
            if (!double.IsFinite(mean))
            {
                return $"{what} holds NaN or infinity";
            }

            if (Off(mean, expected.Mean, expected.MeanTol, entry))
            {
                return $"{what} has mean {mean:G6}, {expected.Mean![entry]:G6} was recorded (+-{expected.MeanTol![entry]:G3})";
            }

            if (Off(variance, expected.Var, expected.VarTol, entry))
            {
                return $"{what} has variance {variance:G6}, {expected.Var![entry]:G6} was recorded (+-{expected.VarTol![entry]:G3})";
            }

            if (expected.ZeroFraction is { } share && Math.Abs(zeros - share) > ZeroFractionTolerance)
            {
                return $"{what} is zero in a share of {zeros:G4}, {share:G4} was recorded";
            }
        }

        return null;
    }

    private static bool Off(double value, double[]? expected, double[]? tolerance, int entry) =>
        expected is not null
        && tolerance is not null
        && entry < tolerance.Length
        && !(Math.Abs(value - expected[entry]) <= tolerance[entry]);

    private static (double Mean, double Variance, double Zeros) Moments(DenseArray values, int start, int count)
    {
        double sum = 0;
        int zeros = 0;
        for (int i = start; i < start + count; i++)
        {
            sum += values[i];
            zeros += values[i] == 0 ? 1 : 0;
        }

        double mean = sum / count;
        double squares = 0;
        for (int i = start; i < start + count; i++)
        {
            squares += (values[i] - mean) * (values[i] - mean);
        }

        return (mean, squares / count, zeros / (double)count);
    }
}
