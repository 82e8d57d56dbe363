using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>Carries element types over a graph.</summary>
internal sealed class TypeSweeps : InferenceSweeps<DType>
{
    private readonly TypeInference _types = new();

    /// <param name="graph">The graph.</param>
    /// <param name="isTentative">Whether rules shall neither refuse unknown types nor assume any.</param>
    internal TypeSweeps(Graph graph, bool isTentative)
        : base(graph)
    {
        _types.IsTentative = isTentative;
        Values.AsSpan().Fill(DType.None);
    }

    private protected override bool IsKnown(DType value) => value != DType.None;

    private protected override DType Merge(DType before, DType found) =>
        before == DType.None || before == found
            ? found
            : throw _types.Error($"one array, used twice here, cannot be both {before.Name()} and {found.Name()}.");

    private protected override void Start(BoundOperator op, int inputCount, string nodeName) =>
        _types.Start(op, inputCount, nodeName);

    private protected override void SetInput(int index, DType value) => _types.SetInput(index, value);

    private protected override void SetOutput(int index, DType value) => _types.SetOutput(index, value);

    private protected override void Apply(OperatorDef definition) => definition.InferType(_types);

    private protected override DType Input(int index) => _types.Input(index);

    private protected override DType Output(int index) => _types.Output(index);

    private protected override OperatorException TooLarge() => _types.Error("a number exceeds 64 bits.");
}
