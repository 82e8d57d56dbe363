using System.Globalization;
using System.Text;

namespace CoreEngine.Graphs.Drawing;

/// <summary>Writes pictures as Mermaid flowcharts, which GitHub and many editors show.</summary>
internal static class MermaidWriter
{
    internal static string Write(GraphPicture picture)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        foreach (string caption in picture.Captions)
        {
            // A comment must stay one line, and braces would be read as settings.
            text.Append(culture, $"%% {caption.ReplaceLineEndings(" ").Replace('{', '(').Replace('}', ')')}\n");
        }

        text.Append("flowchart TD\n");
        for (int i = 0; i < picture.Nodes.Count; i++)
        {
            PictureNode node = picture.Nodes[i];
            string label = string.Join("<br/>", node.Lines.Prepend(node.Title).Select(Escape));
            (string open, string close) = node.Kind == NodeKind.Variable ? ("([", "])") : ("[", "]");
            text.Append(culture, $"    n{i}{open}\"{label}\"{close}:::{ClassOf(node.Kind)}\n");
        }

        foreach (PictureEdge edge in picture.Edges)
        {
            string label = edge.Label.Length == 0 ? "" : $"|\"{Escape(edge.Label)}\"|";
            text.Append(culture, $"    n{edge.From} -->{label} n{edge.To}\n");
        }

        foreach (NodeKind kind in picture.Nodes.Select(node => node.Kind).Distinct().Order())
        {
            (string fill, string line) = PictureColors.Of(kind);
            text.Append(culture, $"    classDef {ClassOf(kind)} fill:{fill},stroke:{line},color:#1b1f24\n");
        }

        return text.ToString();
    }

    private static string ClassOf(NodeKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Whatever could end the label or be read as markup becomes the code of its character.</summary>
    private static string Escape(string label)
    {
        var text = new StringBuilder();
        foreach (char c in label)
        {
            if (c is '"' or '#' or '<' or '>' or '&' or '`' or '\\' || char.IsControl(c))
                text.Append(CultureInfo.InvariantCulture, $"#{(char.IsControl(c) ? ' ' : (int)c)};");
            else
                text.Append(c);
        }

        return text.ToString();
    }
}
