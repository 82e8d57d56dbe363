using System.Globalization;

namespace CoreEngine.Perf;

/// <summary>Rows as Markdown.</summary>
public static class BenchTable
{
    /// <summary>The two heading lines.</summary>
    public const string Heading =
        "| set | case | threads | ours | peer | peer's | ratio | goal |\n|---|---|--:|--:|---|--:|--:|--:|";

    /// <summary>One row.</summary>
    public static string Line(BenchRow row) =>
        $"| {row.Set} | {row.Case} | {row.Threads} | {Number(row.Value)} {row.Unit} | {row.Peer ?? ""} | "
        + $"{(row.PeerValue is { } theirs ? $"{Number(theirs)} {row.Unit}" : "")} | {Factor(row.Ratio)} | {Factor(row.Goal)} |";

    private static string Factor(double? value) =>
        value is { } x ? x.ToString("0.00", CultureInfo.InvariantCulture) : "";

    private static string Number(double value) =>
        value switch
        {
            0 => "0",
            _ when Math.Abs(value) >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
            _ when Math.Abs(value) >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
            _ => value.ToString("0.00", CultureInfo.InvariantCulture),
        };
}
