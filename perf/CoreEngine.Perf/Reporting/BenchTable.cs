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

    /// <summary>
    /// A document with the part between <see cref="Begin"/> and <see cref="End"/> replaced by the summaries. Lines of sets
    /// that were not measured stay.
    /// </summary>
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

        // The heading's lines begin like others, and name no set that there is.
        var lines = new OrderedDictionary<string, string>();
        foreach (string line in document[(begin + Begin.Length)..end].Split('\n'))
        {
            if (line.Split('|') is ["", var set, ..] && set.Trim() is not ("set" or "---"))
            {
                lines[set.Trim()] = lines.GetValueOrDefault(set.Trim()) + line + "\n";
            }
        }

        foreach (IGrouping<string, BenchSummary> set in BenchSummary.Of(rows).GroupBy(summary => summary.Set))
        {
            lines[set.Key] = string.Concat(set.Select(summary => Line(summary) + "\n"));
        }

        var text = new StringBuilder(document, 0, begin + Begin.Length, document.Length * 2);
        text.Append("\n\n").Append(environment).Append("\n\n").Append(SummaryHeading).Append('\n');
        text.AppendJoin("", lines.Values);
        return text.Append('\n').Append(document, end, document.Length - end).ToString();
    }

    /// <summary>A document of its own: every row, set by set. Sets that were not measured stay as they were.</summary>
    /// <param name="environment">Lines about the machine and this run.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="before">The document of earlier runs; empty when there is none.</param>
    public static string Results(IEnumerable<string> environment, IReadOnlyList<BenchRow> rows, string before = "")
    {
        const string Section = "\n## ";
        var sections = new OrderedDictionary<string, string>();
        foreach (string part in before.Split(Section).Skip(1))
        {
            sections[part[..part.IndexOf('\n', StringComparison.Ordinal)]] = Section + part;
        }

        foreach (IGrouping<string, BenchRow> set in rows.GroupBy(row => row.Set))
        {
            var text = new StringBuilder($"{Section}{set.Key}\n\n{Heading}\n");
            foreach (BenchRow row in set)
            {
                text.Append(Line(row)).Append('\n');
            }

            sections[set.Key] = text.ToString();
        }

        string[] kept = [.. sections.Keys.Except(rows.Select(row => row.Set))];
        var all = new StringBuilder(
            "# Every measured row\n\nMade by `./build.sh bench --readme`; [NOTES.md](NOTES.md) says how to read it.\n\n"
        );
        foreach (string line in environment)
        {
            all.Append("- ").Append(line.Trim()).Append('\n');
        }

        if (kept.Length > 0)
        {
            all.Append("- of earlier runs: ").AppendJoin(", ", kept).Append('\n');
        }

        return all.AppendJoin("", sections.Values).ToString();
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
