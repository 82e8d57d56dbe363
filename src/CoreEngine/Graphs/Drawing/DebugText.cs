using System.Globalization;
using System.Text;
using CoreEngine.Operators;

namespace CoreEngine.Graphs.Drawing;

/// <summary>A graph as text, node by node, in the form of MXNet's debug string, which scripts read.</summary>
public static class DebugText
{
    /// <summary>The text of a graph of which no shapes are known.</summary>
    public static string Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var text = new StringBuilder();
        WriteGraph(text, graph);
        return text.ToString();
    }

    /// <summary>The text; with shapes known, it ends with the memory that a run takes.</summary>
    public static string Of(GraphFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var text = new StringBuilder();
        WriteGraph(text, facts.Graph);
        if (facts.Memory is { } memory)
            WriteMemory(text, memory.PlannedBytes, memory.UnplannedBytes);
        return text.ToString();
    }

    /// <summary>The text of a graph that is bound to memory.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="plannedBytes">Bytes that hold its intermediate results.</param>
    /// <param name="unplannedBytes">Bytes that they would take without sharing.</param>
    public static string Of(Graph graph, long plannedBytes, long unplannedBytes)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var text = new StringBuilder();
        WriteGraph(text, graph);
        WriteMemory(text, plannedBytes, unplannedBytes);
        return text.ToString();
    }

    private static void WriteGraph(StringBuilder text, Graph graph)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (graph.Heads is [{ Node: { IsVariable: true } variable }])
        {
            text.Append(culture, $"Variable:{variable.Name}\n");
            return;
        }

        text.Append("Symbol Outputs:\n");
        for (int i = 0; i < graph.Heads.Count; i++)
        {
            text.Append(culture, $"\toutput[{i}]={graph.Heads[i].Node.Name}({graph.Heads[i].Index})\n");
        }

        // How many calls have changed each variable so far.
        var versions = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            if (node.Operator is not { } op)
            {
                text.Append(culture, $"Variable:{node.Name}\n");
                continue;
            }

            text.Append(culture, $"--------------------\nOp:{op.Name}, Name={node.Name}\nInputs:\n");
            WriteInputs(text, node, op, versions);
            SortedDictionary<string, string> attributes = node.AllAttributes();
            if (attributes.Count > 0)
                text.Append("Attrs:\n");
            foreach ((string key, string value) in attributes)
            {
                text.Append(culture, $"\t{key}={value}\n");
            }

            if (node.ControlDependencies.Count > 0)
                text.Append("Control deps:\n");
            for (int i = 0; i < node.ControlDependencies.Count; i++)
            {
                text.Append(culture, $"\tcdep[{i}]={node.ControlDependencies[i].Name}\n");
            }
        }
    }

    private static void WriteInputs(StringBuilder text, Node node, BoundOperator op, Dictionary<Node, int> versions)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            NodeEntry input = node.Inputs[i];
            text.Append(culture, $"\targ[{i}]={input.Node.Name}({input.Index})");
            if (input.Node.IsVariable)
            {
                int version = versions.GetValueOrDefault(input.Node);
                if (i >= node.Inputs.Count - op.AuxiliaryCount)
                    versions[input.Node] = ++version;
                text.Append(culture, $" version={version}");
            }

            text.Append('\n');
        }
    }

    private static void WriteMemory(StringBuilder text, long plannedBytes, long unplannedBytes) =>
        // Temporary memory is the workers' own: kernels ask for none of it beforehand.
        text.Append(
            CultureInfo.InvariantCulture,
            $"Total {plannedBytes >> 20} MB allocated\nTotal 0 TempSpace resource requested\n"
                + $"Planned {plannedBytes} bytes of {unplannedBytes} bytes\n"
        );
}
