using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>Carries shapes over a graph.</summary>
internal sealed class ShapePropagation(Graph graph) : Propagation<Shape>(graph, unknown: default)
{
    // More than any memory holds, and little enough for rules to reckon with it without leaving 64 bits.
    private const long MostElements = 1L << 48;

    private readonly ShapeInference _shapes = new();

    /// <summary>Goes on with what rules state without being certain.</summary>
    internal void Assume()
    {
        _shapes.MayAssume = true;
        Restart();
        Run();
    }

    private protected override bool IsKnown(Shape value) => value.IsKnown;

    private protected override Shape Merge(Shape before, Shape found) =>
        ShapeInference.TryMerge(before, found, out Shape merged)
            ? merged
            : throw _shapes.Error($"one array, used twice here, cannot have the shapes {before} and {found}.");

    private protected override void Apply(Node node, ReadOnlySpan<int> inputs, int firstOutput)
    {
        _shapes.Start(node.Operator!, inputs.Length, node.Name);
        for (int i = 0; i < inputs.Length; i++)
        {
            _shapes.SetInput(i, Checked(Values[inputs[i]]));
        }

        for (int i = 0; i < node.OutputCount; i++)
        {
            _shapes.SetOutput(i, Checked(Values[firstOutput + i]));
        }

        _shapes.Apply();
    }

    private protected override Shape Input(int index) => _shapes.Input(index);

    private protected override Shape Output(int index) => _shapes.Output(index);

    private Shape Checked(Shape shape)
    {
        foreach (long extent in shape)
        {
            if (extent > MostElements)
                throw _shapes.Error($"an array of shape {shape} cannot exist; no memory holds it.");
        }

        return shape;
    }
}
