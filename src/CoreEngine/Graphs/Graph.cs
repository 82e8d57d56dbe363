using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// A computation: the entries that are its results, and all nodes that they depend on. Passes take one and return
/// another or a table about it; nothing that can be observed of a graph changes.
/// </summary>
public sealed class Graph
{
    private readonly NodeEntry[] _heads;
    private readonly List<Node> _nodes;
    private readonly Dictionary<Node, int> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly int[] _firstEntries;
    private readonly List<Node> _arguments = [];
    private readonly List<Node> _auxiliaryStates = [];

    /// <summary>The graph of everything that some entries depend on.</summary>
    /// <param name="heads">The results, in order; an entry may be there twice.</param>
    public Graph(ReadOnlySpan<NodeEntry> heads)
    {
        _heads = heads.ToArray();
        _nodes = TopologicalOrder.Of(heads);
        _firstEntries = new int[_nodes.Count + 1];
        var auxiliary = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _nodes.Count; i++)
        {
            Node node = _nodes[i];
            _indices.Add(node, i);
            _firstEntries[i + 1] = _firstEntries[i] + node.OutputCount;
            if (node.Operator is null)
                continue;
            for (int j = node.Inputs.Count - node.Operator.AuxiliaryCount; j < node.Inputs.Count; j++)
            {
                auxiliary.Add(node.Inputs[j].Node);
            }
        }

        foreach (Node node in _nodes)
        {
            if (node.IsVariable)
                (auxiliary.Contains(node) ? _auxiliaryStates : _arguments).Add(node);
        }
    }

    /// <summary>The results.</summary>
    public IReadOnlyList<NodeEntry> Heads => _heads;

    /// <summary>All nodes, each after those it depends on: post-order from the heads.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The variables that are no auxiliary states, in the order of <see cref="Nodes"/>.</summary>
    public IReadOnlyList<Node> Arguments => _arguments;

    /// <summary>
    /// The variables that some operator keeps a state in (<see cref="BoundOperator.AuxiliaryCount"/>), in the order of
    /// <see cref="Nodes"/>.
    /// </summary>
    public IReadOnlyList<Node> AuxiliaryStates => _auxiliaryStates;

    /// <summary>Number of outputs of all nodes, hidden ones included.</summary>
    public int EntryCount => _firstEntries[^1];

    /// <summary>A node's place in <see cref="Nodes"/>.</summary>
    /// <exception cref="KeyNotFoundException">The node is not part of this graph.</exception>
    public int IndexOf(Node node) => _indices[node];

    /// <summary>Whether a node is part of this graph.</summary>
    public bool Contains(Node node) => _indices.ContainsKey(node);

    /// <summary>The number of a node's first output among all outputs of all nodes.</summary>
    /// <param name="node">The node's place in <see cref="Nodes"/>; their number gives <see cref="EntryCount"/>.</param>
    public int FirstEntryOf(int node) => _firstEntries[node];

    /// <summary>An entry's number among all outputs of all nodes.</summary>
    public int NumberOf(NodeEntry entry) => _firstEntries[_indices[entry.Node]] + entry.Index;

    /// <summary>A copy in which some nodes are replaced; what does not depend on a replaced node is shared.</summary>
    /// <param name="replace">
    /// Gets a node and its inputs as they are in the copy, and says what stands for its outputs there: as many entries
    /// as it has outputs, or null to keep the node. Called once for each node, inputs first.
    /// </param>
    public Graph Rewrite(Func<Node, NodeEntry[], NodeEntry[]?> replace)
    {
        ArgumentNullException.ThrowIfNull(replace);
        return Rewrite((node, inputs, _) => replace(node, inputs));
    }

    /// <summary>As the other, for replacements that have to wait for what the replaced node waited for.</summary>
    /// <param name="replace">
    /// Gets, beside node and inputs, the nodes of the copy that stand for its control dependencies.
    /// </param>
    public Graph Rewrite(Func<Node, NodeEntry[], Node[], NodeEntry[]?> replace)
    {
        ArgumentNullException.ThrowIfNull(replace);
        var outputs = new NodeEntry[EntryCount];
        bool isChanged = false;
        for (int i = 0; i < _nodes.Count; i++)
        {
            Node node = _nodes[i];
            NodeEntry[] inputs = [.. node.Inputs.Select(input => outputs[NumberOf(input)])];
            // What a replaced node had to wait for, whoever stands for it now has to wait for.
            Node[] dependencies =
            [
                .. node.ControlDependencies.Select(dependency => outputs[_firstEntries[_indices[dependency]]].Node),
            ];
            NodeEntry[]? replaced = replace(node, inputs, dependencies);
            if (replaced is null)
            {
                bool isSame = inputs.SequenceEqual(node.Inputs) && dependencies.SequenceEqual(node.ControlDependencies);
                Node kept = isSame ? node : new Node(node.Operator, node.Name, inputs, node.Annotations, dependencies);
                replaced = [.. Enumerable.Range(0, node.OutputCount).Select(output => new NodeEntry(kept, output))];
            }

            replaced.CopyTo(outputs, _firstEntries[i]);
            isChanged |= replaced.Length > 0 && replaced[0] != new NodeEntry(node, 0);
        }

        return isChanged ? new Graph([.. _heads.Select(head => outputs[NumberOf(head)])]) : this;
    }
}
