using System.Globalization;
using System.Text;
using ScottPlot;
using SkiaSharp;

namespace CoreEngine.Perf;

/// <summary>The pictures of a run.</summary>
internal static class BenchPlots
{
    /// <summary>Colour of our side.</summary>
    public static readonly Color Ours = Colors.C0;

    /// <summary>Colour of the peer, or of the limit.</summary>
    public static readonly Color Theirs = Colors.C3;

    private const int Width = 900;

    /// <summary>
    /// Writes <c>ratios.svg</c> (a bar for each set, peer and number of threads), <c>ratios-SET.svg</c> (a bar for each row),
    /// <c>sweep-NAME.svg</c> (rates over sizes) and <c>roofline.svg</c> into a folder; pictures without data are left out.
    /// </summary>
    /// <returns>The files' names.</returns>
    public static IReadOnlyList<string> Save(string folder, IReadOnlyList<BenchRow> rows)
    {
        Directory.CreateDirectory(folder);
        var names = new List<string>();
        void Add(string name, int height, Action<Plot> draw)
        {
            using var plot = new Plot();
            if (SansSerif() is { } font)
            {
                plot.Font.Set(font);
            }

            draw(plot);
            string file = FileName(name) + ".svg";
            File.WriteAllText(Path.Combine(folder, file), plot.GetSvgXml(Width, height), new UTF8Encoding(false));
            names.Add(file);
        }

        IReadOnlyList<BenchSummary> summaries = BenchSummary.Of(rows);
        if (summaries.Count > 0)
        {
            Add("ratios", RatioBars.Height(summaries.Count), plot => RatioBars.Draw(plot, summaries));
        }

        foreach (IGrouping<string, BenchRow> set in rows.Where(row => row.Ratio is not null).GroupBy(row => row.Set))
        {
            int bars = RatioBars.Shown([.. set]).Count;
            Add($"ratios-{set.Key}", RatioBars.Height(bars), plot => RatioBars.Draw(plot, set.Key, [.. set]));
        }

        foreach (
            IGrouping<string, BenchRow> sweep in rows.Where(row => row is { Sweep: not null, Size: not null })
                .GroupBy(row => row.Sweep!)
                .Where(sweep => sweep.Select(row => row.Size).Distinct().Count() > 1)
        )
        {
            Add($"sweep-{sweep.Key}", 500, plot => SizeSweep.Draw(plot, sweep.Key, [.. sweep]));
        }

        if (Roofline.Of(rows) is { } roofline)
        {
            Add("roofline", 560, roofline.Draw);
        }

        return names;
    }

    /// <summary>Puts decades on an axis that shows decimal logarithms.</summary>
    public static void LogTicks(IAxis axis, double low, double high)
    {
        double[] exponents =
        [
            .. Enumerable.Range((int)Math.Floor(low), (int)Math.Ceiling(high) - (int)Math.Floor(low) + 1),
        ];
        double[] steps =
            high - low > 2.5 ? [1]
            : high - low > 0.8 ? [1, 2, 5]
            : [1, 1.2, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
        double[] values =
        [
            .. exponents
                .SelectMany(exponent => steps.Select(step => step * Math.Pow(10, exponent)))
                .Where(value => Math.Log10(value) >= low && Math.Log10(value) <= high),
        ];
        axis.SetTicks(
            [.. values.Select(Math.Log10)],
            [.. values.Select(value => value.ToString("G4", CultureInfo.InvariantCulture))]
        );
    }

    private static string FileName(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'));

    private static string? SansSerif() =>
        SKFontManager.Default.FontFamilies.FirstOrDefault(family =>
            family.Contains("Sans", StringComparison.Ordinal) && !family.Contains("Mono", StringComparison.Ordinal)
        );
}
