using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;

namespace CoreEngine.Graphs.Drawing;

/// <summary>A graph with what is known of its shapes, types and memory: what text and pictures of it tell.</summary>
public sealed class GraphFacts
{
    private readonly Shape[] _shapes;

    /// <summary>Finds out what can be known.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="shapes">What is known of the variables' shapes; what follows from it is deduced.</param>
    /// <param name="types">What is known of the variables' types; float32 where nothing follows from it.</param>
    /// <exception cref="OperatorException">Shapes or types contradict each other; the message names the node.</exception>
    public GraphFacts(
        Graph graph,
        IReadOnlyDictionary<Node, Shape>? shapes = null,
        IReadOnlyDictionary<Node, DType>? types = null
    )
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
        shapes ??= new Dictionary<Node, Shape>(ReferenceEqualityComparer.Instance);
        _shapes = GraphInference.Shapes(graph, shapes);
        Unknown =
        [
            .. graph.Nodes.Where(node => node.IsVariable && !_shapes[graph.NumberOf(new NodeEntry(node, 0))].IsKnown),
        ];
        if (!Array.TrueForAll(_shapes, shape => shape.IsKnown))
            return;
        Inferred = GraphInference.Complete(graph, shapes, types ?? new Dictionary<Node, DType>());
        Memory = MemoryPlanner.Plan(Inferred);
    }

    /// <summary>A computation with the gradients of some of its variables, as a training step runs them.</summary>
    /// <param name="forward">The computation.</param>
    /// <param name="variables">The variables whose gradients are computed.</param>
    /// <param name="shapes">What is known of the variables' shapes.</param>
    /// <param name="types">What is known of the variables' types; float32 where nothing follows from it.</param>
    /// <param name="recompute">Which calls are repeated instead of keeping their results; null for none.</param>
    /// <exception cref="OperatorException">
    /// Shapes or types contradict each other, or a call on the way has no gradient; the message says which.
    /// </exception>
    public static GraphFacts OfTraining(
        Graph forward,
        IReadOnlyList<Node> variables,
        IReadOnlyDictionary<Node, Shape>? shapes = null,
        IReadOnlyDictionary<Node, DType>? types = null,
        Func<Node, bool>? recompute = null
    )
    {
        var before = new GraphFacts(forward, shapes, types);
        var training = TrainingGraph.Of(forward, variables, recompute);
        var allShapes = new Dictionary<Node, Shape>(shapes ?? new Dictionary<Node, Shape>());
        var allTypes = new Dictionary<Node, DType>(types ?? new Dictionary<Node, DType>());
        for (int i = 0; i < training.HeadGradients.Count; i++)
        {
            if (training.HeadGradients[i] is not { } gradient)
                continue;
            allShapes[gradient] = before.ShapeOf(forward.Heads[i]);
            if (before.Inferred is not null)
                allTypes[gradient] = before.Inferred.TypeOf(forward.Heads[i]);
        }

        return new GraphFacts(training.Graph, allShapes, allTypes);
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>All shapes and types; null when some shape is unknown.</summary>
    public InferredGraph? Inferred { get; }

    /// <summary>Where intermediate results lie; null when some shape is unknown.</summary>
    public MemoryPlan? Memory { get; }

    /// <summary>The variables whose shapes are unknown.</summary>
    public IReadOnlyList<Node> Unknown { get; }

    /// <summary>What is known of an entry's shape; rank 0 for nothing, extent 0 for an unknown one.</summary>
    public Shape ShapeOf(NodeEntry entry) => _shapes[Graph.NumberOf(entry)];

    /// <summary>Bytes of the variables; null when some shape is unknown.</summary>
    public long? VariableBytes =>
        Inferred is null
            ? null
            : Graph
                .Nodes.Where(node => node.IsVariable)
                .Sum(node => Inferred.BytesOf(Graph.NumberOf(new NodeEntry(node, 0))));
}
