using System.Globalization;
using System.Text;

namespace CoreEngine.Perf;

/// <summary>Rows as Markdown, and their place in a document.</summary>
public static class BenchTable
{
    /// <summary>The line after which the table stands.</summary>
    public const string Begin = "<!-- bench:begin -->";

    /// <summary>The line before which the table ends.</summary>
    public const string End = "<!-- bench:end -->";

    /// <summary>The two heading lines.</summary>
    public const string Heading =
        "| set | case | threads | ours | peer | peer's | ratio | goal |\n|---|---|--:|--:|---|--:|--:|--:|";

    /// <summary>One row.</summary>
    public static string Line(BenchRow row) =>
        $"| {row.Set} | {row.Case} | {row.Threads} | {Number(row.Value)} {row.Unit} | {row.Peer ?? ""} | "
        + $"{(row.PeerValue is { } theirs ? $"{Number(theirs)} {row.Unit}" : "")} | {Factor(row.Ratio)} | "
        + $"{Factor(row.Goal)} |";

    /// <summary>A document with the part between <see cref="Begin"/> and <see cref="End"/> replaced.</summary>
    /// <param name="document">The whole text.</param>
    /// <param name="environment">The line above the table.</param>
    /// <param name="rows">The table.</param>
    /// <exception cref="FormatException">The document has no such markers.</exception>
    public static string Replace(string document, string environment, IReadOnlyList<BenchRow> rows)
    {
        int begin = document.IndexOf(Begin, StringComparison.Ordinal);
        int end = document.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new FormatException($"The document lacks the markers {Begin} and {End}.");
        }

        var text = new StringBuilder(document, 0, begin + Begin.Length, document.Length * 2);
        text.Append("\n\n").Append(environment).Append("\n\n").Append(Heading).Append('\n');
        foreach (BenchRow row in rows)
        {
            text.Append(Line(row)).Append('\n');
        }

        return text.Append('\n').Append(document, end, document.Length - end).ToString();
    }

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
