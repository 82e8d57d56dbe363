using System.Runtime.CompilerServices;

namespace CoreEngine.Optimizers;

/// <summary>What hyperparameters may be: each method returns the value or refuses it.</summary>
internal static class Hyperparameter
{
    internal static double Finite(double value, [CallerMemberName] string name = "") =>
        double.IsFinite(value) ? value : throw Refused(name, value, "a finite number");

    internal static double NotNegative(double value, [CallerMemberName] string name = "") =>
        double.IsFinite(value) && value >= 0 ? value : throw Refused(name, value, "a finite number of at least 0");

    internal static double Positive(double value, [CallerMemberName] string name = "") =>
        double.IsFinite(value) && value > 0 ? value : throw Refused(name, value, "a finite number above 0");

    internal static double? PositiveOrNone(double? value, [CallerMemberName] string name = "") =>
        value is { } number ? Positive(number, name) : null;

    /// <summary>Shares of what was before: at 1 a mean would never move.</summary>
    internal static double Fraction(double value, [CallerMemberName] string name = "") =>
        value is >= 0 and < 1 ? value : throw Refused(name, value, "at least 0 and below 1");

    /// <summary>Factors that make something smaller, or leave it.</summary>
    internal static double Share(double value, [CallerMemberName] string name = "") =>
        value is > 0 and <= 1 ? value : throw Refused(name, value, "above 0 and at most 1");

    internal static long AtLeast(long lowest, long value, [CallerMemberName] string name = "") =>
        value >= lowest ? value : throw Refused(name, value, $"at least {lowest}");

    private static ArgumentOutOfRangeException Refused(string name, object value, string expected) =>
        new(name, value, $"{name} must be {expected}.");
}
