using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>What passes may rely on: how the graph will be run, and on what.</summary>
public sealed record PassContext
{
    private static readonly Dictionary<Node, NDArray> s_noConstants = [];

    /// <summary>The variables' shapes; those of constants may be left out.</summary>
    public required IReadOnlyDictionary<Node, Shape> Shapes { get; init; }

    /// <summary>The variables' types; those of constants may be left out.</summary>
    public required IReadOnlyDictionary<Node, DType> Types { get; init; }

    /// <summary>How variables are stored that are neither constants nor dense.</summary>
    public IReadOnlyDictionary<Node, StorageType> Storage { get; init; } = new Dictionary<Node, StorageType>();

    /// <summary>Variables whose arrays keep their values for as long as the graph is run, for example a trained model's parameters.</summary>
    public IReadOnlyDictionary<Node, NDArray> Constants { get; init; } = s_noConstants;

    /// <summary>Whether operators run in their training mode (dropout drops, batch normalisation uses the batch).</summary>
    public bool IsTraining { get; init; }

    /// <summary>
    /// The first so many heads must be computable before anything is known that only the other heads need, as the results
    /// of a <see cref="TrainingGraph"/>: nothing that belongs to both sides is joined.
    /// </summary>
    public int ForwardHeads { get; init; } = int.MaxValue;

    /// <summary>
    /// The size of a point-wise call's result in bytes from which <see cref="PointwiseFusion"/> fuses it with others; 0 fuses
    /// all.
    /// </summary>
    public long FusionBytes { get; init; } = PointwiseFusion.WorthwhileBytes;

    /// <summary>Shapes, types and storage of a graph's entries.</summary>
    /// <exception cref="IncompleteInferenceException">Some cannot be deduced.</exception>
    public InferredGraph Infer(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var shapes = new Dictionary<Node, Shape>(Shapes, ReferenceEqualityComparer.Instance);
        var types = new Dictionary<Node, DType>(Types, ReferenceEqualityComparer.Instance);
        var storage = new Dictionary<Node, StorageType>(Storage, ReferenceEqualityComparer.Instance);
        foreach ((Node node, NDArray array) in Constants)
        {
            shapes[node] = array.Shape;
            types[node] = array.DType;
            storage[node] = array.StorageType;
        }

        return GraphInference.Complete(graph, shapes, types, storage);
    }

    /// <summary>For each node of a graph whether one of the first <see cref="ForwardHeads"/> heads depends on it.</summary>
    internal bool[] ForwardNodes(Graph graph)
    {
        NodeEntry[] heads = [.. graph.Heads.Take(ForwardHeads)];
        bool[] isForward = new bool[graph.Nodes.Count];
        foreach (Node node in TopologicalOrder.Of(heads))
        {
            isForward[graph.IndexOf(node)] = true;
        }

        return isForward;
    }
}
