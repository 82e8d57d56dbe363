namespace CoreEngine.Graphs;

/// <summary>Who takes each entry of a graph.</summary>
internal sealed class GraphUses
{
    private static readonly List<Node> s_none = [];

    private readonly List<Node>?[] _takers;
    private readonly bool[] _isHead;
    private readonly Graph _graph;
    private readonly HashSet<Node> _awaited = new(ReferenceEqualityComparer.Instance);

    internal GraphUses(Graph graph)
    {
        _graph = graph;
        _takers = new List<Node>?[graph.EntryCount];
        _isHead = new bool[graph.EntryCount];
        foreach (Node node in graph.Nodes)
        {
            foreach (NodeEntry input in node.Inputs)
            {
                (_takers[graph.NumberOf(input)] ??= []).Add(node);
            }

            foreach (Node earlier in node.ControlDependencies)
            {
                _awaited.Add(earlier);
            }
        }

        foreach (NodeEntry head in graph.Heads)
        {
            _isHead[graph.NumberOf(head)] = true;
        }
    }

    /// <summary>The nodes that take an entry; one that takes it twice is there twice.</summary>
    internal IReadOnlyList<Node> TakersOf(NodeEntry entry) => _takers[_graph.NumberOf(entry)] ?? s_none;

    /// <summary>Whether an entry is one of the graph's results.</summary>
    internal bool IsHead(NodeEntry entry) => _isHead[_graph.NumberOf(entry)];

    /// <summary>Whether any output of a node is one of the graph's results.</summary>
    internal bool HasHead(Node node)
    {
        for (int i = 0; i < node.OutputCount; i++)
        {
            if (IsHead(new NodeEntry(node, i)))
                return true;
        }

        return false;
    }

    /// <summary>Whether another node waits for a node without taking anything from it.</summary>
    internal bool IsAwaited(Node node) => _awaited.Contains(node);

    /// <summary>The one node that takes an entry, exactly once, when the entry serves nothing else; else null.</summary>
    internal Node? OnlyTakerOf(NodeEntry entry)
    {
        IReadOnlyList<Node> takers = TakersOf(entry);
        return takers.Count == 1 && !IsHead(entry) ? takers[0] : null;
    }
}
