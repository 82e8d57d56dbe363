using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// Graph → graph: a cast wherever a kernel does not serve an entry as it is stored, and wherever the array of a head is
/// stored in another way than its operator gives it.
/// </summary>
internal sealed class StorageCasts
{
    private static readonly BoundOperator s_add = OperatorRegistry.Default["elemwise_add"].Bind();

    private readonly Graph _graph;
    private readonly StorageType[] _stored;
    private readonly StorageInference _storage = new();
    private readonly Dictionary<NodeEntry, NodeEntry> _dense = [];

    private StorageCasts(Graph graph, StorageType[] stored)
    {
        _graph = graph;
        _stored = stored;
    }

    /// <summary>The graph with its casts.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="variables">How the arrays of variables are stored.</param>
    /// <param name="heads">How the arrays of heads are stored.</param>
    /// <exception cref="EngineException">A call would change a sparse array that its kernel only takes densely.</exception>
    internal static Graph In(
        Graph graph,
        IReadOnlyDictionary<Node, StorageType> variables,
        IReadOnlyList<StorageType> heads
    )
    {
        StorageType[] stored = GraphInference.Storage(graph, variables, heads);
        if (!stored.AsSpan().ContainsAnyExcept(StorageType.Default) && heads.All(head => head == StorageType.Default))
            return graph;
        var casts = new StorageCasts(graph, stored);
        Graph served = graph.Rewrite(casts.Serve);
        return new Graph([
            .. served.Heads.Select(
                (head, i) => casts.StorageOf(graph.Heads[i]) == heads[i] ? head : Cast(head, heads[i])
            ),
        ]);
    }

    /// <summary>
    /// The graph that adds to sparse arrays by replacing them: kernels that make sparse results cannot add to what is there.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="isAddedToSparse">Whether a head is added to what its array holds, and that is sparse.</param>
    /// <param name="before">Gets the variables that stand for what such an array holds, and the number of the head.</param>
    internal static Graph AddedToSparse(Graph graph, Func<int, bool> isAddedToSparse, Action<Node, int> before)
    {
        if (!Enumerable.Range(0, graph.Heads.Count).Any(isAddedToSparse))
            return graph;
        return new Graph([.. graph.Heads.Select((head, i) => isAddedToSparse(i) ? Sum(head, i) : head)]);

        NodeEntry Sum(NodeEntry head, int i)
        {
            string name = head.Node.OutputName(head.Index);
            var held = new Node(null, $"{name}_before", []);
            before(held, i);
            return new NodeEntry(new Node(s_add, $"{name}_sum", [new NodeEntry(held, 0), head]), 0);
        }
    }

    private StorageType StorageOf(NodeEntry entry) => _stored[_graph.NumberOf(entry)];

    private NodeEntry[]? Serve(Node node, NodeEntry[] inputs, Node[] dependencies)
    {
        if (node.Operator is not { } op || IsServed(node))
            return null;
        StorageFallback.Note(_storage);
        NodeEntry[] dense = [.. inputs.Select((input, i) => MakeDense(node, op, input, i))];
        var copy = new Node(op, node.Name, dense, node.Annotations, dependencies);
        return [.. Enumerable.Range(0, node.OutputCount).Select(output => new NodeEntry(copy, output))];
    }

    private bool IsServed(Node node)
    {
        _storage.Start(node.Operator!, node.Inputs.Count);
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            _storage.SetInput(i, StorageOf(node.Inputs[i]));
        }

        for (int i = 0; i < node.OutputCount; i++)
        {
            _storage.SetOutput(i, StorageOf(new NodeEntry(node, i)));
        }

        _storage.Apply();
        return _storage.IsServed;
    }

    private NodeEntry MakeDense(Node node, BoundOperator op, NodeEntry input, int place)
    {
        NodeEntry original = node.Inputs[place];
        if (StorageOf(original) == StorageType.Default)
            return input;
        if (Array.IndexOf(op.MutableInputs, place) >= 0)
        {
            throw new EngineException(
                $"Bind: the node '{node.Name}' ({op.Name}) changes '{original.Node.Name}', which is "
                    + $"{StorageOf(original)}, and does that to dense arrays only; give a dense array."
            );
        }

        if (!_dense.TryGetValue(original, out NodeEntry dense))
            _dense[original] = dense = Cast(input, StorageType.Default);
        return dense;
    }

    private static NodeEntry Cast(NodeEntry entry, StorageType storage)
    {
        // Where the one who makes it runs, too.
        string name = $"{entry.Node.OutputName(entry.Index)}_{storage}";
        return new NodeEntry(new Node(StorageCast.To(storage), name, [entry], GradientPass.GroupOf(entry.Node)), 0);
    }
}
