namespace CoreEngine.Perf;

/// <summary>
/// The rows of one set against one peer with one number of threads, goal and floor, in one line: the geometric mean of the
/// ratios, and the worst row by name.
/// </summary>
/// <param name="Set">The bench set.</param>
/// <param name="Peer">What we compare with.</param>
/// <param name="Threads">Threads that our side may use.</param>
/// <param name="Rows">How many rows there are.</param>
/// <param name="Mean">The geometric mean of their ratios.</param>
/// <param name="Worst">The row with the smallest ratio.</param>
/// <param name="BelowFloor">How many rows are below the floor.</param>
/// <param name="Goal">What the mean should reach; null when nothing is promised.</param>
/// <param name="Floor">What no row may fall below; null when nothing is promised.</param>
public sealed record BenchSummary(
    string Set,
    string Peer,
    int Threads,
    int Rows,
    double Mean,
    BenchRow Worst,
    int BelowFloor,
    double? Goal,
    double? Floor
)
{
    /// <summary>How the line stands, in words.</summary>
    public string Verdict =>
        (Goal, Floor) switch
        {
            (null, null) => "shown only",
            _ when BelowFloor > 0 => $"**below floor: {BelowFloor}**",
            _ when Mean < Goal => "above floor",
            _ => "goal reached",
        };

    /// <summary>All lines, in the order of the rows' first appearance. Rows without a peer are left out.</summary>
    public static IReadOnlyList<BenchSummary> Of(IEnumerable<BenchRow> rows) =>
        [
            .. rows.Where(row => row is { Peer: not null, Ratio: not null })
                .GroupBy(row => (row.Set, Peer: row.Peer!, row.Threads, row.Goal, row.Floor))
                .Select(group => new BenchSummary(
                    group.Key.Set,
                    group.Key.Peer,
                    group.Key.Threads,
                    group.Count(),
                    GeometricMean(group.Select(row => row.Ratio!.Value)),
                    group.MinBy(row => row.Ratio)!,
                    group.Count(row => row.Ratio < row.Floor),
                    group.Key.Goal,
                    group.Key.Floor
                )),
        ];

    /// <summary>The n-th root of the product of n positive values; NaN of none.</summary>
    public static double GeometricMean(IEnumerable<double> values)
    {
        (double sum, int count) = (0, 0);
        foreach (double value in values)
        {
            sum += Math.Log(value);
            count++;
        }

        return Math.Exp(sum / count);
    }
}
