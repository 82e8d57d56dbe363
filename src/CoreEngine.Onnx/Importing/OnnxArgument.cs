namespace CoreEngine.Onnx;

/// <summary>An input or output of an imported model.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="ElementType">Its element type in the model.</param>
/// <param name="Dims">Its extents in the model; none for a single number, which in the graph is a vector of one.</param>
public sealed record OnnxArgument(string Name, OnnxElementType ElementType, IReadOnlyList<long> Dims)
{
    /// <summary>The element type in the graph.</summary>
    public DType DType => ElementType.ToDType();

    /// <summary>The shape in the graph.</summary>
    public Shape Shape => OnnxValue.GraphShape([.. Dims]);
}
