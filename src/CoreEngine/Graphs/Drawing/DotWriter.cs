using System.Globalization;
using System.Text;

namespace CoreEngine.Graphs.Drawing;

/// <summary>Writes pictures in Graphviz's language: <c>dot -Tsvg</c> draws them.</summary>
internal static class DotWriter
{
    internal static string Write(GraphPicture picture)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.Append("digraph {\n");
        text.Append(culture, $"    graph [label=\"{Lines(picture.Captions)}\", labelloc=t, fontname=\"Helvetica\"];\n");
        text.Append("    node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11];\n");
        for (int i = 0; i < picture.Nodes.Count; i++)
        {
            PictureNode node = picture.Nodes[i];
            (string fill, string line) = PictureColors.Of(node.Kind);
            string shape = node.Kind == NodeKind.Variable ? ", shape=ellipse" : "";
            text.Append(
                culture,
                $"    n{i} [label=\"{Lines(node.Lines.Prepend(node.Title))}\", fillcolor=\"{fill}\", color=\"{line}\"{shape}];\n"
            );
        }

        foreach (PictureEdge edge in picture.Edges)
        {
            string label = edge.Label.Length == 0 ? "" : $" [label=\"{Escape(edge.Label)}\"]";
            text.Append(culture, $"    n{edge.From} -> n{edge.To}{label};\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string Lines(IEnumerable<string> lines) => string.Join("\\n", lines.Select(Escape));

    private static string Escape(string label)
    {
        var text = new StringBuilder();
        foreach (char c in label)
        {
            if (c is '"' or '\\')
                text.Append('\\');
            text.Append(char.IsControl(c) ? ' ' : c);
        }

        return text.ToString();
    }
}
