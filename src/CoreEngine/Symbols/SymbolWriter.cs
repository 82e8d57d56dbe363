using System.Globalization;
using System.Text;
using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>Writes symbols as MXNet 1.0.0 does, byte for byte.</summary>
internal sealed class SymbolWriter
{
    // MXNet breaks lists of numbers into lines when they are longer.
    private const int LongestLine = 10;

    private readonly StringBuilder _text = new();
    private readonly VariableVersions _versions = new();
    private readonly Graph _graph;

    private SymbolWriter(Graph graph) => _graph = graph;

    internal static string Write(Graph graph)
    {
        var writer = new SymbolWriter(graph);
        writer.WriteGraph();
        return writer._text.ToString();
    }

    private void WriteGraph()
    {
        IReadOnlyList<Node> nodes = _graph.Nodes;
        _text.Append("{\n  \"nodes\": [");
        for (int i = 0; i < nodes.Count; i++)
        {
            _text.Append(i == 0 ? "\n    " : ", \n    ");
            WriteNode(nodes[i]);
        }

        _text.Append(nodes.Count > 0 ? "\n  ], \n" : "], \n");
        int[] rows = new int[nodes.Count + 1];
        for (int i = 0; i < nodes.Count; i++)
        {
            rows[i + 1] = rows[i] + (nodes[i].Operator?.StoredOutputCount ?? 1);
        }

        WriteList("  ", "arg_nodes", [.. Variables().Select(Number)]);
        _text.Append(", \n");
        WriteList("  ", "node_row_ptr", Array.ConvertAll(rows, Number));
        _text.Append(", \n");
        WriteList("  ", "heads", [.. _graph.Heads.Select(head => Entry(head, version: 0))]);
        _text.Append(
            CultureInfo.InvariantCulture,
            $", \n  \"attrs\": {{\"mxnet_version\": [\"int\", {SymbolDocument.CurrentVersion}]}}\n}}"
        );
    }

    private IEnumerable<int> Variables() =>
        Enumerable.Range(0, _graph.Nodes.Count).Where(i => _graph.Nodes[i].IsVariable);

    private void WriteNode(Node node)
    {
        _text.Append("{\n      \"op\": ");
        WriteString(node.Operator?.Name ?? "null");
        _text.Append(", \n      \"name\": ");
        WriteString(node.Name);
        SortedDictionary<string, string> attributes = node.AllAttributes();
        if (attributes.Count > 0)
            WriteAttributes(attributes);
        _text.Append(", \n");
        WriteList("      ", "inputs", InputsOf(node));
        if (node.ControlDependencies.Count > 0)
        {
            _text.Append(", \n");
            WriteList("      ", "control_deps", [.. node.ControlDependencies.Select(_graph.IndexOf).Select(Number)]);
        }

        _text.Append("\n    }");
    }

    private void WriteAttributes(SortedDictionary<string, string> attributes)
    {
        _text.Append(", \n      \"attrs\": {");
        bool isFirst = true;
        foreach ((string key, string value) in attributes)
        {
            _text.Append(isFirst ? "" : ", ").Append(attributes.Count > 1 ? "\n        " : "");
            WriteString(key);
            _text.Append(": ");
            WriteString(value);
            isFirst = false;
        }

        _text.Append(attributes.Count > 1 ? "\n      }" : "}");
    }

    private string[] InputsOf(Node node)
    {
        int[] versions = _versions.Of(node);
        string[] inputs = new string[versions.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Entry(node.Inputs[i], versions[i]);
        }

        return inputs;
    }

    private void WriteList(string indent, string key, string[] items)
    {
        bool isLong = items.Length > LongestLine;
        string separator = isLong ? $", \n{indent}  " : ", ";
        _text.Append(indent).Append('"').Append(key).Append("\": [");
        if (isLong)
            _text.Append('\n').Append(indent).Append("  ");
        _text.AppendJoin(separator, items);
        if (isLong)
            _text.Append('\n').Append(indent);
        _text.Append(']');
    }

    private void WriteString(string value)
    {
        _text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '\r' => _text.Append("\\r"),
                '\n' => _text.Append("\\n"),
                '\t' => _text.Append("\\t"),
                '\\' => _text.Append("\\\\"),
                '"' => _text.Append("\\\""),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }

    private string Entry(NodeEntry entry, int version) =>
        string.Create(CultureInfo.InvariantCulture, $"[{_graph.IndexOf(entry.Node)}, {entry.Index}, {version}]");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
