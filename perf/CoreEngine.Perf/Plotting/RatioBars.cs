using System.Globalization;
using ScottPlot;

namespace CoreEngine.Perf;

/// <summary>
/// Horizontal bars of ratios on a logarithmic scale: to the right of the line at 1 CoreEngine is faster, to the left the peer.
/// </summary>
internal static class RatioBars
{
    private const int LineHeight = 18;
    private const int Frame = 110;
    private const int MostBars = 100;

    /// <summary>The height of a picture with so many bars.</summary>
    public static int Height(int bars) => Frame + (LineHeight * Math.Max(bars, 4));

    /// <summary>One bar for each summary, up to its mean, with a mark at its worst row.</summary>
    public static void Draw(Plot plot, IReadOnlyList<BenchSummary> lines)
    {
        Draw(
            plot,
            "CoreEngine over its peers: geometric mean of each set (dot: worst row)",
            [.. lines.Select(line => ($"{line.Set} / {line.Peer}, {Threads(line.Threads)}", line.Mean, line.Goal))],
            lines.Min(line => line.Worst.Ratio!.Value)
        );
        for (int i = 0; i < lines.Count; i++)
        {
            plot.Add.Marker(Log(lines[i].Worst.Ratio!.Value), -i, MarkerShape.FilledCircle, 5, Colors.Black);
        }
    }

    /// <summary>One bar for each row; of very many rows those with the smallest ratios.</summary>
    public static void Draw(Plot plot, string set, IReadOnlyList<BenchRow> rows)
    {
        IReadOnlyList<BenchRow> shown = Shown(rows);
        string title = $"{set}: CoreEngine over its peers";
        Draw(
            plot,
            shown.Count < rows.Count ? $"{title}, the {shown.Count} smallest of {rows.Count} ratios" : title,
            [.. shown.Select(row => ($"{row.Case} / {row.Peer}, {Threads(row.Threads)}", row.Ratio!.Value, row.Goal))],
            shown.Min(row => row.Ratio!.Value)
        );
    }

    /// <summary>The rows that a picture has room for.</summary>
    public static IReadOnlyList<BenchRow> Shown(IReadOnlyList<BenchRow> rows) =>
        rows.Count <= MostBars ? rows : [.. rows.OrderBy(row => row.Ratio).Take(MostBars)];

    private static void Draw(
        Plot plot,
        string title,
        IReadOnlyList<(string Label, double Ratio, double? Goal)> bars,
        double lowest
    )
    {
        double low = Math.Min(-0.15, Log(lowest) - 0.05);
        double high = Math.Max(0.15, bars.Max(bar => Log(bar.Ratio)) + 0.12);
        plot
            .Add.Bars(
                bars.Select(
                        (bar, i) =>
                            new Bar
                            {
                                Position = -i,
                                Value = Log(bar.Ratio),
                                Orientation = Orientation.Horizontal,
                                FillColor = bar.Ratio >= (bar.Goal ?? 1) ? BenchPlots.Ours : BenchPlots.Theirs,
                                LineWidth = 0,
                                Size = 0.7,
                            }
                    )
                    .ToArray()
            )
            .Horizontal = true;
        for (int i = 0; i < bars.Count; i++)
        {
            ScottPlot.Plottables.Text number = plot.Add.Text(
                bars[i].Ratio.ToString("0.00", CultureInfo.InvariantCulture),
                Math.Max(Log(bars[i].Ratio), 0) + 0.01,
                -i
            );
            number.LabelFontSize = 10;
            number.LabelAlignment = Alignment.MiddleLeft;
        }

        plot.Add.VerticalLine(0, 1.5f, Colors.Black);
        plot.Axes.Left.SetTicks([.. bars.Select((_, i) => (double)-i)], [.. bars.Select(bar => bar.Label)]);
        plot.Axes.Left.TickLabelStyle.FontSize = 10;
        BenchPlots.LogTicks(plot.Axes.Bottom, low, high);
        plot.Axes.SetLimits(low, high, -bars.Count + 0.4, 0.6);
        plot.Title(title, 14);
        plot.XLabel("times as fast as the peer (logarithmic; blue: goal reached)", 12);
        plot.HideGrid();
    }

    private static string Threads(int count) => count == 1 ? "1 thread" : $"{count} threads";

    private static double Log(double ratio) => Math.Log10(Math.Max(ratio, 1e-3));
}
