using ScottPlot;

namespace CoreEngine.Perf;

/// <summary>Rates over sizes: our curve and each peer's, for each number of threads.</summary>
internal static class SizeSweep
{
    /// <summary>Draws the rows of one sweep.</summary>
    public static void Draw(Plot plot, string name, IReadOnlyList<BenchRow> rows)
    {
        foreach (IGrouping<int, BenchRow> threads in rows.GroupBy(row => row.Threads))
        {
            // Dashes cannot be written into SVG files.
            MarkerShape marker = threads.Key == 1 ? MarkerShape.FilledCircle : MarkerShape.OpenDiamond;
            string suffix = threads.Key == 1 ? "1 thread" : $"{threads.Key} threads";
            // A case stands in one row for each peer; our own number is about the same in all of them.
            Curve(
                plot,
                $"CoreEngine, {suffix}",
                BenchPlots.Ours,
                marker,
                threads.GroupBy(row => row.Size!.Value).Select(size => (size.Key, size.Average(row => row.Value)))
            );
            int color = 0;
            foreach (
                IGrouping<string, BenchRow> peer in threads
                    .Where(row => row is { Peer: not null, PeerValue: not null })
                    .GroupBy(row => row.Peer!)
            )
            {
                Color[] colors = [BenchPlots.Theirs, Colors.C2, Colors.C4, Colors.C5];
                Curve(
                    plot,
                    $"{peer.Key}, {suffix}",
                    colors[color++ % colors.Length],
                    marker,
                    peer.Select(row => (row.Size!.Value, row.PeerValue!.Value))
                );
            }
        }

        double[] sizes = [.. rows.Select(row => Math.Log10(row.Size!.Value))];
        double margin = 0.05 * (sizes.Max() - sizes.Min());
        BenchPlots.LogTicks(plot.Axes.Bottom, sizes.Min() - margin, sizes.Max() + margin);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, 1.1 * rows.Max(row => Math.Max(row.Value, row.PeerValue ?? 0)));
        plot.Title(name, 14);
        plot.XLabel("size (logarithmic)", 12);
        plot.YLabel(rows[0].Unit, 12);
        plot.ShowLegend(Alignment.LowerRight);
    }

    private static void Curve(
        Plot plot,
        string name,
        Color color,
        MarkerShape marker,
        IEnumerable<(double Size, double Rate)> points
    )
    {
        (double Size, double Rate)[] sorted = [.. points.OrderBy(point => point.Size)];
        ScottPlot.Plottables.Scatter curve = plot.Add.Scatter(
            sorted.Select(point => Math.Log10(point.Size)).ToArray(),
            sorted.Select(point => point.Rate).ToArray(),
            color
        );
        curve.LegendText = name;
        curve.MarkerShape = marker;
        curve.MarkerSize = 8;
        curve.LineWidth = 2;
    }
}
