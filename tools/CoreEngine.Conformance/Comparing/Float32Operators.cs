namespace CoreEngine.Conformance;

/// <summary>
/// Operators whose float64 results carry only float32 precision in the recordings, because the original computes them
/// (or reads one of their scalar parameters) in float32 whatever the arrays' type.
/// </summary>
public static class Float32Operators
{
    private static readonly HashSet<string> s_names =
    [
        "degrees",
        "gamma",
        "gammaln",
        "log_softmax",
        "radians",
        "softmax",
    ];

    /// <summary>True for such an operator.</summary>
    public static bool Contains(string op) => s_names.Contains(op);
}
