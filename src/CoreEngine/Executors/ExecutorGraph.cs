using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>
/// What an executor runs: a computation and, appended to it, the gradients of its results with respect to some of its
/// variables. Results and gradients are the graph's heads, in this order.
/// </summary>
internal sealed class ExecutorGraph
{
    private ExecutorGraph(Graph graph, int outputCount, GradientTarget[] targets, Node?[] headGradients)
    {
        Graph = graph;
        OutputCount = outputCount;
        Targets = targets;
        HeadGradients = headGradients;
        ForwardNodeCount = TopologicalOrder.Of([.. graph.Heads.Take(outputCount)]).Count;
    }

    /// <summary>Results, then gradients.</summary>
    internal Graph Graph { get; }

    /// <summary>How many of the heads are results.</summary>
    internal int OutputCount { get; }

    /// <summary>How many of the nodes the results depend on; they come first.</summary>
    internal int ForwardNodeCount { get; }

    /// <summary>Whose gradients the other heads are.</summary>
    internal GradientTarget[] Targets { get; }

    /// <summary>The variables that stand for the gradients of the results; null where nobody reads it.</summary>
    internal Node?[] HeadGradients { get; }

    /// <summary>The computation alone.</summary>
    internal static ExecutorGraph Forward(Graph graph) => new(graph, graph.Heads.Count, [], []);

    /// <summary>The computation and its gradients.</summary>
    /// <param name="forward">The computation.</param>
    /// <param name="requests">What to do with the gradient of each of some variables.</param>
    /// <param name="recompute">Which calls the backward pass repeats instead of keeping their results.</param>
    internal static ExecutorGraph WithGradients(
        Graph forward,
        IEnumerable<GradientTarget> requests,
        Func<Node, bool>? recompute = null
    )
    {
        Dictionary<Node, GradientTarget> wanted = requests
            .Where(target => target.Request != GradientRequest.Null)
            .ToDictionary(target => target.Variable);
        if (wanted.Count == 0)
            return Forward(forward);
        var training = TrainingGraph.Of(forward, [.. wanted.Keys], recompute);
        Dictionary<NodeEntry, GradientTarget> targetOf = wanted.Values.ToDictionary(target =>
            training.GradientOf(target.Variable)
        );
        int outputCount = forward.Heads.Count;
        return new ExecutorGraph(
            training.Graph,
            outputCount,
            [.. training.Graph.Heads.Skip(outputCount).Select(head => targetOf[head])],
            [.. training.HeadGradients]
        );
    }

    /// <summary>The same with a graph that a pass has made of this one.</summary>
    internal ExecutorGraph With(Graph graph) =>
        ReferenceEquals(graph, Graph) ? this : new ExecutorGraph(graph, OutputCount, Targets, HeadGradients);

    /// <summary>
    /// The same with gradients that can be computed straight into their arrays: a gradient that is another head too, or
    /// a variable, or that is added to its array although others read it, is copied there.
    /// </summary>
    internal ExecutorGraph WithSeparateGradients() =>
        With(SeparateHeads.In(Graph, OutputCount, i => Targets[i - OutputCount].Request == GradientRequest.Add));
}
