using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>Carries shapes over a graph.</summary>
internal sealed class ShapeSweeps(Graph graph) : InferenceSweeps<Shape>(graph)
{
    private readonly ShapeInference _shapes = new();

    /// <summary>Goes on with what rules state without being certain.</summary>
    internal void Assume()
    {
        _shapes.MayAssume = true;
        Run();
    }

    private protected override bool IsKnown(Shape value) => value.IsKnown;

    private protected override Shape Merge(Shape before, Shape found) =>
        ShapeInference.TryMerge(before, found, out Shape merged)
            ? merged
            : throw _shapes.Error($"one array, used twice here, cannot have the shapes {before} and {found}.");

    private protected override void Start(BoundOperator op, int inputCount, string nodeName) =>
        _shapes.Start(op, inputCount, nodeName);

    private protected override void SetInput(int index, Shape value) => _shapes.SetInput(index, value);

    private protected override void SetOutput(int index, Shape value) => _shapes.SetOutput(index, value);

    private protected override void Apply(OperatorDef definition) => definition.InferShape(_shapes);

    private protected override Shape Input(int index) => _shapes.Input(index);

    private protected override Shape Output(int index) => _shapes.Output(index);

    private protected override OperatorException TooLarge() =>
        _shapes.Error("the sizes of the arrays exceed what 64 bits can count.");
}
