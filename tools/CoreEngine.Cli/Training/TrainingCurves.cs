using System.Text;
using CoreEngine.Files;
using ScottPlot;
using SkiaSharp;

namespace CoreEngine.Cli;

/// <summary>The picture of a training run: loss on the left axis, accuracy on the right one.</summary>
internal static class TrainingCurves
{
    private const int Width = 900;
    private const int Height = 560;

    /// <summary>True when labels can be drawn; a system without any font draws the curves alone.</summary>
    public static bool HasFonts => SKFontManager.Default.FontFamilies.Any(family => family.Length > 0);

    /// <summary>Writes <c>curves.png</c> and <c>curves.svg</c> into a folder; earlier ones are replaced at the end.</summary>
    /// <returns>The paths.</returns>
    public static IReadOnlyList<string> Save(string folder, string title, IReadOnlyList<EpochResult> epochs)
    {
        using var plot = new Plot();
        if (SansSerif() is { } font)
        {
            plot.Font.Set(font);
        }

        double[] x = [.. epochs.Select(epoch => (double)epoch.Epoch)];
        Curve(plot, x, epochs.Select(epoch => epoch.Loss), "training loss", Colors.C3, onRight: false);
        Curve(
            plot,
            x,
            epochs.Select(epoch => 100 * epoch.TrainAccuracy),
            "training accuracy",
            Colors.C0,
            onRight: true
        );
        Curve(plot, x, epochs.Select(epoch => 100 * epoch.TestAccuracy), "test accuracy", Colors.C2, onRight: true);
        plot.Title(title);
        plot.XLabel("epoch");
        plot.YLabel("loss (cross-entropy, nats)");
        plot.Axes.Right.Label.Text = "accuracy (%)";
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        plot.ShowLegend(Alignment.MiddleRight);
        string png = Path.Combine(folder, "curves.png");
        string svg = Path.Combine(folder, "curves.svg");
        AtomicFile.Write(png, plot.GetImageBytes(Width, Height, ImageFormat.Png));
        AtomicFile.Write(svg, Encoding.UTF8.GetBytes(plot.GetSvgXml(Width, Height)));
        return [png, svg];
    }

    private static string? SansSerif() =>
        SKFontManager.Default.FontFamilies.FirstOrDefault(family =>
            family.Contains("Sans", StringComparison.Ordinal) && !family.Contains("Mono", StringComparison.Ordinal)
        );

    private static void Curve(Plot plot, double[] x, IEnumerable<double> y, string name, Color color, bool onRight)
    {
        ScottPlot.Plottables.Scatter curve = plot.Add.Scatter(x, y.ToArray(), color);
        curve.LegendText = name;
        curve.LineWidth = 2;
        if (onRight)
        {
            curve.Axes.YAxis = plot.Axes.Right;
        }
    }
}
