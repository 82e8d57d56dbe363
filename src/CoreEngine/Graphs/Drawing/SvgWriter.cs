using System.Globalization;
using System.Text;

namespace CoreEngine.Graphs.Drawing;

/// <summary>Writes pictures as SVG images: boxes in layers, arrows downwards.</summary>
internal static class SvgWriter
{
    private const double Margin = 20;
    private const double LineHeight = 15;
    private const double Padding = 9;
    private const double TitleWidth = 7.6;
    private const double CharWidth = 6.6;

    // Arrows that enter or leave a box side by side.
    private const double PortGap = 14;

    internal static string Write(GraphPicture picture)
    {
        (double Width, double Height)[] sizes = [.. picture.Nodes.Select(SizeOf)];
        (int From, int To)[] edges = [.. picture.Edges.Select(edge => (edge.From, edge.To))];
        var layout = new LayeredLayout(sizes, edges);
        double captions = (picture.Captions.Count * (LineHeight + 3)) + (picture.Captions.Count > 0 ? Margin : 0);
        double captionWidth = picture.Captions.Select(line => line.Length * TitleWidth).DefaultIfEmpty().Max();
        double width = Math.Max(layout.Width, captionWidth) + (2 * Margin);
        double height = layout.Height + captions + (2 * Margin);
        var text = new StringBuilder();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(
            culture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width:0}" height="{height:0}" viewBox="0 0 {width:0} {height:0}" font-family="Helvetica, Arial, sans-serif" font-size="11" fill="#1b1f24">
            <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#57606a"/></marker></defs>
            <rect width="100%" height="100%" fill="#ffffff"/>

            """
        );
        for (int i = 0; i < picture.Captions.Count; i++)
        {
            string weight = i == 0 ? " font-weight=\"bold\"" : "";
            text.Append(
                culture,
                $"<text x=\"{Margin}\" y=\"{Margin + ((i + 0.7) * (LineHeight + 3)):0.#}\" font-size=\"13\"{weight}>{Escape(picture.Captions[i])}</text>\n"
            );
        }

        double left = Margin + Math.Max(0, (width - (2 * Margin) - layout.Width) / 2);
        text.Append(culture, $"<g transform=\"translate({left:0.#} {Margin + captions:0.#})\">\n");
        WriteEdges(text, picture, layout, sizes);
        for (int i = 0; i < picture.Nodes.Count; i++)
        {
            WriteBox(text, picture.Nodes[i], layout.X[i], layout.Top(i), sizes[i]);
        }

        return text.Append("</g>\n</svg>\n").ToString();
    }

    private static (double Width, double Height) SizeOf(PictureNode node)
    {
        double width = Math.Max(
            node.Title.Length * TitleWidth,
            node.Lines.Select(line => line.Length * CharWidth).DefaultIfEmpty().Max()
        );
        return (Math.Max(width, 60) + (2 * Padding), (LineHeight * (node.Lines.Length + 1)) + Padding);
    }

    private static void WriteBox(
        StringBuilder text,
        PictureNode node,
        double x,
        double top,
        (double Width, double Height) size
    )
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        (string fill, string line) = PictureColors.Of(node.Kind);
        double radius = node.Kind == NodeKind.Variable ? size.Height / 2 : 5;
        text.Append(
            culture,
            $"<rect x=\"{x - (size.Width / 2):0.#}\" y=\"{top:0.#}\" width=\"{size.Width:0.#}\" height=\"{size.Height:0.#}\" rx=\"{radius:0.#}\" fill=\"{fill}\" stroke=\"{line}\"/>\n"
        );
        text.Append(culture, $"<text x=\"{x:0.#}\" text-anchor=\"middle\">");
        double y = top + LineHeight;
        text.Append(
            culture,
            $"<tspan x=\"{x:0.#}\" y=\"{y:0.#}\" font-weight=\"bold\" font-size=\"12\">{Escape(node.Title)}</tspan>"
        );
        foreach (string part in node.Lines)
        {
            y += LineHeight;
            text.Append(culture, $"<tspan x=\"{x:0.#}\" y=\"{y:0.#}\">{Escape(part)}</tspan>");
        }

        text.Append("</text>\n");
    }

    private static void WriteEdges(
        StringBuilder text,
        GraphPicture picture,
        LayeredLayout layout,
        (double Width, double Height)[] sizes
    )
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        double[] starts = Ports(picture, layout, sizes, edge => edge.From, edge => edge.To, isStart: true);
        double[] ends = Ports(picture, layout, sizes, edge => edge.To, edge => edge.From, isStart: false);
        text.Append("<g fill=\"none\" stroke=\"#57606a\">\n");
        for (int i = 0; i < picture.Edges.Count; i++)
        {
            PictureEdge edge = picture.Edges[i];
            double x = starts[i];
            double y = layout.Top(edge.From) + sizes[edge.From].Height;
            text.Append(culture, $"<path marker-end=\"url(#arrow)\" d=\"M{x:0.#} {y:0.#}");
            foreach ((double passX, double top, double bottom) in layout.Passes(i))
            {
                AppendCurve(text, ref x, ref y, passX, top);
                y = bottom;
                text.Append(culture, $" V{y:0.#}");
            }

            AppendCurve(text, ref x, ref y, ends[i], layout.Top(edge.To));
            text.Append("\"/>\n");
        }

        text.Append("</g>\n");
        for (int i = 0; i < picture.Edges.Count; i++)
        {
            PictureEdge edge = picture.Edges[i];
            if (edge.Label.Length > 0)
            {
                double y = layout.Top(edge.From) + sizes[edge.From].Height + 11;
                text.Append(
                    culture,
                    $"<text x=\"{starts[i] + 4:0.#}\" y=\"{y:0.#}\" font-size=\"9\">{Escape(edge.Label)}</text>\n"
                );
            }
        }
    }

    private static void AppendCurve(StringBuilder text, ref double x, ref double y, double toX, double toY)
    {
        double middle = (y + toY) / 2;
        text.Append(CultureInfo.InvariantCulture, $" C{x:0.#} {middle:0.#} {toX:0.#} {middle:0.#} {toX:0.#} {toY:0.#}");
        (x, y) = (toX, toY);
    }

    /// <summary>Where arrows touch a box: side by side, in the order in which their other ends lie.</summary>
    private static double[] Ports(
        GraphPicture picture,
        LayeredLayout layout,
        (double Width, double Height)[] sizes,
        Func<PictureEdge, int> near,
        Func<PictureEdge, int> far,
        bool isStart
    )
    {
        double[] ports = new double[picture.Edges.Count];
        foreach (IGrouping<int, int> group in Enumerable.Range(0, ports.Length).GroupBy(i => near(picture.Edges[i])))
        {
            int[] sorted = [.. group.OrderBy(Towards)];
            double gap = Math.Min(PortGap, (sizes[group.Key].Width - (2 * Padding)) / sorted.Length);
            for (int i = 0; i < sorted.Length; i++)
            {
                ports[sorted[i]] = layout.X[group.Key] + ((i - ((sorted.Length - 1) / 2.0)) * gap);
            }
        }

        return ports;

        double Towards(int edge)
        {
            double x = layout.X[far(picture.Edges[edge])];
            foreach ((double passX, _, _) in layout.Passes(edge))
            {
                x = passX;
                if (isStart)
                    break;
            }

            return x;
        }
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                // XML has no way to write these.
                < ' ' or 0xFFFE or 0xFFFF => escaped.Append('\uFFFD'),
                _ => escaped.Append(rune),
            };
        }

        return escaped.ToString();
    }
}
