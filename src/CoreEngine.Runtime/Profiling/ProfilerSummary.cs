namespace CoreEngine.Runtime;

/// <summary>All recorded spans of one name.</summary>
/// <param name="Category">The group for filters.</param>
/// <param name="Name">What was done.</param>
/// <param name="Count">How often.</param>
/// <param name="Total">How long all together, in milliseconds.</param>
/// <param name="Shortest">The shortest, in milliseconds.</param>
/// <param name="Longest">The longest, in milliseconds.</param>
public readonly record struct ProfilerSummary(
    string Category,
    string Name,
    long Count,
    double Total,
    double Shortest,
    double Longest
)
{
    /// <summary>How long one took on average, in milliseconds.</summary>
    public double Average => Total / Count;
}
