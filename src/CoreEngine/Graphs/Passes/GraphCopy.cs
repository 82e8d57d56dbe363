namespace CoreEngine.Graphs;

/// <summary>Builds a changed copy of a graph whose nodes come in an order of the caller's choice, inputs first.</summary>
internal sealed class GraphCopy(Graph source)
{
    private readonly NodeEntry[] _copies = new NodeEntry[source.EntryCount];

    /// <summary>What stands for an entry in the copy.</summary>
    internal NodeEntry Of(NodeEntry entry) => _copies[source.NumberOf(entry)];

    /// <summary>Says what stands for an entry.</summary>
    internal void Set(NodeEntry entry, NodeEntry copy) => _copies[source.NumberOf(entry)] = copy;

    /// <summary>Takes a node over; it is shared when what it takes is.</summary>
    internal void Keep(Node node)
    {
        NodeEntry[] inputs = [.. node.Inputs.Select(Of)];
        Node[] dependencies = [.. node.ControlDependencies.Select(earlier => Of(new NodeEntry(earlier, 0)).Node)];
        bool isSame = inputs.SequenceEqual(node.Inputs) && dependencies.SequenceEqual(node.ControlDependencies);
        Node copy = isSame ? node : new Node(node.Operator, node.Name, inputs, node.Annotations, dependencies);
        for (int i = 0; i < node.OutputCount; i++)
        {
            Set(new NodeEntry(node, i), new NodeEntry(copy, i));
        }
    }

    /// <summary>The copy.</summary>
    internal Graph Finish() => new([.. source.Heads.Select(Of)]);
}
