using System.Globalization;
using System.Text;
using CoreEngine.Graphs;

namespace CoreEngine;

public sealed partial class Symbol
{
    /// <summary>All nodes as text, in the order in which the graph runs, in the form of MXNet's debug strings.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        if (Only is { Inputs.Count: 0, ControlDependencies.Count: 0 } single)
        {
            text.Append(single.Operator is { } op ? $"AtomicFunctor  Op:{op.Name}\n" : $"Variable:{single.Name}\n");
            return text.ToString();
        }

        text.Append("Symbol Outputs:\n");
        for (int i = 0; i < Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\toutput[{i}]={Describe(_entries[i])}\n");
        }

        var versions = new VariableVersions();
        foreach (Node node in Graph.Nodes)
        {
            if (node.IsVariable)
                text.Append(CultureInfo.InvariantCulture, $"Variable:{node.Name}\n");
            else
                Describe(text, node, versions.Of(node));
        }

        return text.ToString();
    }

    private static void Describe(StringBuilder text, Node node, int[] versions)
    {
        text.Append("--------------------\n");
        text.Append(CultureInfo.InvariantCulture, $"Op:{node.Operator!.Name}, Name={node.Name}\nInputs:\n");
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            string version = node.Inputs[i].Node.IsVariable ? $" version={versions[i]}" : "";
            text.Append(CultureInfo.InvariantCulture, $"\targ[{i}]={Describe(node.Inputs[i])}{version}\n");
        }

        SortedDictionary<string, string> attributes = node.AllAttributes();
        text.Append(attributes.Count > 0 ? "Attrs:\n" : "");
        foreach ((string key, string value) in attributes)
        {
            text.Append(CultureInfo.InvariantCulture, $"\t{key}={value}\n");
        }

        text.Append(node.ControlDependencies.Count > 0 ? "Control deps:\n" : "");
        for (int i = 0; i < node.ControlDependencies.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\tcdep[{i}]={node.ControlDependencies[i].Name}\n");
        }
    }

    private static string Describe(NodeEntry entry) =>
        string.Create(CultureInfo.InvariantCulture, $"{entry.Node.Name}({entry.Index})");
}
