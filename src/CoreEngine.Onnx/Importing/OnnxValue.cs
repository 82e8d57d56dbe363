using CoreEngine.Graphs;

namespace CoreEngine.Onnx;

/// <summary>
/// What a name in a model stands for while it is imported: a tensor known by now, a node's output of known type and
/// extents, or a sequence of values.
/// </summary>
internal sealed class OnnxValue
{
    private OnnxValue(OnnxElementType type, long[] dims, OnnxTensor? constant, NodeEntry? entry, OnnxValue[]? sequence)
    {
        ElementType = type;
        Dims = dims;
        Constant = constant;
        Entry = entry;
        Sequence = sequence;
    }

    /// <summary>The element type in the model; the graph computes with <see cref="OnnxElementTypes.ToDType"/> of it.</summary>
    public OnnxElementType ElementType { get; }

    /// <summary>The extents in the model: none for a single number, which in the graph is a vector of one.</summary>
    public long[] Dims { get; }

    /// <summary>The elements, when they are known.</summary>
    public OnnxTensor? Constant { get; }

    /// <summary>The place in the graph; of a constant only when the graph uses it.</summary>
    public NodeEntry? Entry { get; set; }

    /// <summary>The parts of a sequence; null for a tensor.</summary>
    public OnnxValue[]? Sequence { get; }

    /// <summary>Number of axes.</summary>
    public int Rank => Dims.Length;

    /// <summary>Number of elements.</summary>
    public long Count => Dims.Aggregate(1L, (product, extent) => checked(product * extent));

    /// <summary>The shape in the graph.</summary>
    public Shape Shape => GraphShape(Dims);

    public static OnnxValue Of(OnnxTensor tensor) => new(tensor.ElementType, tensor.Extents, tensor, null, null);

    public static OnnxValue Of(NodeEntry entry, OnnxElementType type, long[] dims) =>
        new(type, dims, null, entry, null);

    public static OnnxValue Of(OnnxValue[] sequence) => new(OnnxElementType.Undefined, [], null, null, sequence);

    /// <summary>The shape that stands for extents in the graph, where nothing has rank 0.</summary>
    public static Shape GraphShape(long[] dims) => new(dims.Length == 0 ? [1] : dims);

    /// <summary>The same elements, read as another type or with other extents that lie alike in the graph.</summary>
    public OnnxValue As(OnnxElementType type, long[] dims) => new(type, dims, Constant?.As(type, dims), Entry, null);

    public override string ToString() =>
        Sequence is null ? $"{ElementType}[{string.Join(",", Dims)}]" : $"a sequence of {Sequence.Length}";
}
