using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>Carries element types over a graph.</summary>
internal sealed class TypePropagation : Propagation<DType>
{
    private readonly Graph _graph;
    private readonly TypeInference _types = new();

    /// <param name="graph">The graph.</param>
    /// <param name="isTentative">Whether rules shall neither refuse unknown types nor assume any.</param>
    internal TypePropagation(Graph graph, bool isTentative)
        : base(graph, DType.None)
    {
        _graph = graph;
        _types.IsTentative = isTentative;
    }

    /// <summary>Makes a variable of which nothing is known float32, deduces what follows, and so on with the next one.</summary>
    internal void AssumeFloat32()
    {
        for (int i = 0; i < _graph.Nodes.Count; i++)
        {
            int entry = _graph.FirstEntryOf(i);
            if (!_graph.Nodes[i].IsVariable || Values[entry] != DType.None)
                continue;
            State(entry, DType.Float32);
            Run();
        }
    }

    private protected override bool IsKnown(DType value) => value != DType.None;

    private protected override DType Merge(DType before, DType found) =>
        before == DType.None || before == found
            ? found
            : throw _types.Error($"one array, used twice here, cannot be both {before.Name()} and {found.Name()}.");

    private protected override void Apply(Node node, ReadOnlySpan<int> inputs, int firstOutput)
    {
        _types.Start(node.Operator!, inputs.Length, node.Name);
        for (int i = 0; i < inputs.Length; i++)
        {
            _types.SetInput(i, Values[inputs[i]]);
        }

        for (int i = 0; i < node.OutputCount; i++)
        {
            _types.SetOutput(i, Values[firstOutput + i]);
        }

        _types.Apply();
    }

    private protected override DType Input(int index) => _types.Input(index);

    private protected override DType Output(int index) => _types.Output(index);
}
