using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>Carries storage over a graph, from inputs to outputs: what a variable is not said to be, it is stored densely.</summary>
internal sealed class StoragePropagation
{
    private readonly Graph _graph;
    private readonly StorageInference _storage = new();

    // How the arrays of heads are stored, by entry.
    private readonly Dictionary<NodeEntry, StorageType> _given = [];
    private bool _isDense = true;

    internal StoragePropagation(Graph graph, IReadOnlyList<StorageType> heads)
    {
        _graph = graph;
        Values = new StorageType[graph.EntryCount];
        for (int i = 0; i < heads.Count; i++)
        {
            if (heads[i] == StorageType.Undefined)
                continue;
            _given.TryAdd(graph.Heads[i], heads[i]);
            _isDense &= heads[i] == StorageType.Default;
        }
    }

    /// <summary>How each entry is stored.</summary>
    internal StorageType[] Values { get; }

    /// <summary>States how a variable is stored.</summary>
    internal void SetVariable(int node, StorageType storage)
    {
        Values[_graph.FirstEntryOf(node)] = storage;
        _isDense &= storage == StorageType.Default;
    }

    /// <summary>Deduces the rest.</summary>
    internal void Run()
    {
        if (_isDense && !_graph.Nodes.Any(node => node.Operator is { Definition.MakesSparse: true }))
            return;
        for (int i = 0; i < _graph.Nodes.Count; i++)
        {
            Node node = _graph.Nodes[i];
            if (node.Operator is null)
                continue;
            Apply(node, withGiven: true);
            // Rather what the kernel gives by itself, cast afterwards, than everything densely.
            if (!_storage.IsServed)
                Apply(node, withGiven: false);
            for (int output = 0; output < node.OutputCount; output++)
            {
                Values[_graph.FirstEntryOf(i) + output] = _storage.IsServed
                    ? _storage.Output(output)
                    : StorageType.Default;
            }
        }
    }

    private void Apply(Node node, bool withGiven)
    {
        _storage.Start(node.Operator!, node.Inputs.Count);
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            _storage.SetInput(i, Values[_graph.NumberOf(node.Inputs[i])]);
        }

        for (int i = 0; withGiven && i < node.OutputCount; i++)
        {
            if (_given.TryGetValue(new NodeEntry(node, i), out StorageType given))
                _storage.SetOutput(i, given);
        }

        _storage.Apply();
    }
}
