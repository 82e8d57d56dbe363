using System.Globalization;
using System.Text;

namespace CoreEngine.Perf;

/// <summary>Rows and summaries as Markdown, and the summary's place in a document.</summary>
public static class BenchTable
{
    /// <summary>The line after which the table stands.</summary>
    public const string Begin = "<!-- bench:begin -->";

    /// <summary>The line before which the table ends.</summary>
    public const string End = "<!-- bench:end -->";

    /// <summary>The two heading lines of rows.</summary>
    public const string Heading =
        "| set | case | threads | ours | peer | peer's | ratio | goal | floor |\n|---|---|--:|--:|---|--:|--:|--:|--:|";

    /// <summary>The two heading lines of summaries.</summary>
    public const string SummaryHeading =
        "| set | peer | threads | rows | mean ratio | worst row | goal | floor | |\n"
        + "|---|---|--:|--:|--:|---|--:|--:|---|";

    /// <summary>One row.</summary>
    public static string Line(BenchRow row) =>
        $"| {row.Set} | {row.Case} | {row.Threads} | {Number(row.Value)} {row.Unit} | {PeerOf(row)} | "
        + $"{(row.PeerValue is { } theirs ? $"{Number(theirs)} {row.Unit}" : "")} | {Factor(row.Ratio)} | "
        + $"{Factor(row.Goal)} | {Factor(row.Floor)} |";

    /// <summary>One summary.</summary>
    public static string Line(BenchSummary line) =>
        $"| {line.Set} | {line.Peer} | {line.Threads} | {line.Rows} | {Factor(line.Mean)} | "
        + $"{Factor(line.Worst.Ratio)} {line.Worst.Case} | {Factor(line.Goal)} | {Factor(line.Floor)} | {line.Verdict} |";

    /// <summary>A document with the part between <see cref="Begin"/> and <see cref="End"/> replaced by the summaries.</summary>
    /// <param name="document">The whole text.</param>
    /// <param name="environment">The line above the table.</param>
    /// <param name="rows">What is summarised.</param>
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
        text.Append("\n\n").Append(environment).Append("\n\n").Append(SummaryHeading).Append('\n');
        foreach (BenchSummary line in BenchSummary.Of(rows))
        {
            text.Append(Line(line)).Append('\n');
        }

        return text.Append('\n').Append(document, end, document.Length - end).ToString();
    }

    /// <summary>A document of its own: every row, set by set.</summary>
    /// <param name="environment">Lines about the machine and this run.</param>
    /// <param name="rows">The rows.</param>
    public static string Results(IEnumerable<string> environment, IReadOnlyList<BenchRow> rows)
    {
        var text = new StringBuilder();
        text.Append(
            "# Every measured row\n\nMade by `./build.sh bench --readme`; [NOTES.md](NOTES.md) says how to read it.\n\n"
        );
        foreach (string line in environment)
        {
            text.Append("- ").Append(line.Trim()).Append('\n');
        }

        foreach (IGrouping<string, BenchRow> set in rows.GroupBy(row => row.Set))
        {
            text.Append("\n## ").Append(set.Key).Append("\n\n").Append(Heading).Append('\n');
            foreach (BenchRow row in set)
            {
                text.Append(Line(row)).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string PeerOf(BenchRow row) =>
        string.IsNullOrEmpty(row.Variant) ? row.Peer ?? "" : $"{row.Peer} ({row.Variant})";

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
