namespace CoreEngine.Graphs;

/// <summary>Runs the passes that make a graph cheaper, in the order in which they help each other.</summary>
public static class GraphOptimizer
{
    /// <summary>Applies passes to a graph.</summary>
    /// <param name="graph">The graph, gradients included where they are wanted.</param>
    /// <param name="context">How the graph will be run: shapes, types, constants, mode.</param>
    /// <param name="passes">Which passes to apply.</param>
    /// <returns>A graph with the same heads in the same order, and the values of the constants in it.</returns>
    /// <exception cref="IncompleteInferenceException">Some shape or type cannot be deduced.</exception>
    /// <example><code>
    /// var context = new PassContext { Shapes = shapes, Types = types, Constants = parameters };
    /// OptimizedGraph optimized = GraphOptimizer.Apply(graph, context);
    /// </code></example>
    public static OptimizedGraph Apply(Graph graph, PassContext context, GraphPasses passes = GraphPasses.All)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyDictionary<Node, NDArray> given = context.Constants;
        if (passes.HasFlag(GraphPasses.DeadCode))
            graph = DeadCode.Apply(context.Infer(graph), context);
        if (passes.HasFlag(GraphPasses.CommonSubexpressions))
            graph = CommonSubexpressions.Apply(graph, context);
        if (passes.HasFlag(GraphPasses.BatchNormFolding))
            graph = BatchNormFolding.Apply(context.Infer(graph), context);
        (graph, context) = Fold(graph, context, passes);
        if (passes.HasFlag(GraphPasses.ConvolutionFusion))
            graph = ConvolutionFusion.Apply(context.Infer(graph), context);
        (graph, context) = Fold(graph, context, passes);
        if (passes.HasFlag(GraphPasses.PointwiseFusion))
            graph = PointwiseFusion.Apply(context.Infer(graph), context);
        return new OptimizedGraph(graph, Needed(graph, context.Constants, given));
    }

    /// <summary>The constants of a graph. Of those that passes have made, what is not needed after all is let go.</summary>
    private static Dictionary<Node, NDArray> Needed(
        Graph graph,
        IReadOnlyDictionary<Node, NDArray> constants,
        IReadOnlyDictionary<Node, NDArray> given
    )
    {
        var needed = new Dictionary<Node, NDArray>(ReferenceEqualityComparer.Instance);
        foreach ((Node node, NDArray value) in constants)
        {
            if (graph.Contains(node))
                needed.Add(node, value);
            else if (!given.ContainsKey(node))
                value.Dispose();
        }

        return needed;
    }

    private static (Graph Graph, PassContext Context) Fold(Graph graph, PassContext context, GraphPasses passes)
    {
        if (!passes.HasFlag(GraphPasses.ConstantFolding))
            return (graph, context);
        (Graph folded, IReadOnlyDictionary<Node, NDArray> constants) = ConstantFolding.Apply(
            context.Infer(graph),
            context
        );
        return (folded, context with { Constants = constants });
    }
}
