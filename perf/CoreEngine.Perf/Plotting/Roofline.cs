using ScottPlot;

namespace CoreEngine.Perf;

/// <summary>
/// The roofline (Williams, Waterman, Patterson: Roofline, an insightful visual performance model, 2009): what a kernel may
/// reach at most, given its operations per byte, under the measured peak of fused multiply-adds and the measured memory
/// bandwidth; and what ours reach.
/// </summary>
internal sealed class Roofline
{
    private readonly IReadOnlyList<(int Threads, double Peak, double Bandwidth)> _roofs;
    private readonly IReadOnlyList<BenchRow> _points;

    private Roofline(IReadOnlyList<(int Threads, double Peak, double Bandwidth)> roofs, IReadOnlyList<BenchRow> points)
    {
        _roofs = roofs;
        _points = points;
    }

    /// <summary>The picture of a run; null when its limits or its points were not measured.</summary>
    public static Roofline? Of(IReadOnlyList<BenchRow> rows)
    {
        var roofs = new List<(int, double, double)>();
        foreach (int threads in (int[])[1, 2])
        {
            if (
                Limit(rows, LimitsBench.Peak, threads) is { } peak
                && Limit(rows, LimitsBench.Memory, threads) is { } memory
            )
            {
                roofs.Add((threads, peak, memory));
            }
        }

        BenchRow[] points =
        [
            .. rows.Where(row => row is { Unit: "GFLOP/s", Intensity: not null })
                .DistinctBy(row => (row.Set, row.Case, row.Threads)),
        ];
        return roofs.Count > 0 && points.Length > 0 ? new Roofline(roofs, points) : null;
    }

    /// <summary>Draws roofs and points.</summary>
    public void Draw(Plot plot)
    {
        double low = Math.Log10(_points.Min(row => row.Intensity!.Value)) - 0.2;
        double high = Math.Log10(_points.Max(row => row.Intensity!.Value)) + 0.2;
        low = Math.Min(low, -0.5);
        foreach ((int threads, double peak, double bandwidth) in _roofs)
        {
            double ridge = Math.Clamp(Math.Log10(peak / bandwidth), low, high);
            ScottPlot.Plottables.Scatter roof = plot.Add.ScatterLine(
                (double[])[low, ridge, high],
                [
                    Math.Log10(bandwidth) + low,
                    Math.Log10(Math.Min(peak, bandwidth * Math.Pow(10, ridge))),
                    Math.Log10(peak),
                ],
                threads == 1 ? Colors.Black : Colors.Gray
            );
            roof.LineWidth = 2;
            roof.LegendText =
                $"limit, {threads} thread{(threads == 1 ? "" : "s")}: {peak:0} GFLOP/s, {bandwidth:0} GB/s";
        }

        Color[] colors = [Colors.C0, Colors.C3, Colors.C2, Colors.C4, Colors.C1, Colors.C5, Colors.C6];
        int color = 0;
        foreach (IGrouping<string, BenchRow> set in _points.GroupBy(row => row.Set))
        {
            foreach (IGrouping<int, BenchRow> threads in set.GroupBy(row => row.Threads))
            {
                ScottPlot.Plottables.Scatter points = plot.Add.ScatterPoints(
                    threads.Select(row => Math.Log10(row.Intensity!.Value)).ToArray(),
                    threads.Select(row => Math.Log10(row.Value)).ToArray(),
                    colors[color % colors.Length]
                );
                points.MarkerShape = threads.Key == 1 ? MarkerShape.FilledCircle : MarkerShape.OpenDiamond;
                points.MarkerSize = 6;
                points.LegendText = $"{set.Key}, {threads.Key} thread{(threads.Key == 1 ? "" : "s")}";
            }

            color++;
        }

        double bottom = Math.Log10(_points.Min(row => row.Value)) - 0.2;
        double top = Math.Log10(_roofs.Max(roof => roof.Peak)) + 0.2;
        BenchPlots.LogTicks(plot.Axes.Bottom, low, high);
        BenchPlots.LogTicks(plot.Axes.Left, bottom, top);
        plot.Axes.SetLimits(low, high, bottom, top);
        plot.Title("Roofline: CoreEngine's kernels under this machine's measured limits", 14);
        plot.XLabel("operations per byte (logarithmic)", 12);
        plot.YLabel("GFLOP/s (logarithmic)", 12);
        plot.ShowLegend(Alignment.LowerRight);
    }

    private static double? Limit(IReadOnlyList<BenchRow> rows, string name, int threads) =>
        rows.FirstOrDefault(row => row.Set == LimitsBench.SetName && row.Case == name && row.Threads == threads)?.Value;
}
