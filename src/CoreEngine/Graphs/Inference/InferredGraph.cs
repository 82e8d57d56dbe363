namespace CoreEngine.Graphs;

/// <summary>A graph and the complete shapes, types and storage of its entries, each indexed by <see cref="Graph.NumberOf"/>.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Shapes">The shapes; all are known.</param>
/// <param name="Types">The types; all are known.</param>
/// <param name="Storage">How each entry is stored.</param>
public sealed record InferredGraph(
    Graph Graph,
    IReadOnlyList<Shape> Shapes,
    IReadOnlyList<DType> Types,
    IReadOnlyList<StorageType> Storage
)
{
    /// <summary>The shape of an entry.</summary>
    public Shape ShapeOf(NodeEntry entry) => Shapes[Graph.NumberOf(entry)];

    /// <summary>The type of an entry.</summary>
    public DType TypeOf(NodeEntry entry) => Types[Graph.NumberOf(entry)];

    /// <summary>How an entry is stored.</summary>
    public StorageType StorageOf(NodeEntry entry) => Storage[Graph.NumberOf(entry)];

    /// <summary>Bytes of an entry's dense values.</summary>
    /// <param name="entry">The entry's number.</param>
    /// <exception cref="OverflowException">They exceed 64 bits.</exception>
    public long BytesOf(int entry) => checked(Shapes[entry].Size * Types[entry].ItemSize());
}
