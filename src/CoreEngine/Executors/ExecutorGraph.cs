using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>
/// What an executor runs: a computation and, appended to it, the gradients of its results with respect to some of its
/// variables. The graph's heads are the results that are computed, each once, and then the gradients.
/// </summary>
internal sealed class ExecutorGraph
{
    private ExecutorGraph(Graph graph, int resultCount, GradientTarget[] targets, Node?[] headGradients)
    {
        Graph = graph;
        ResultCount = resultCount;
        Targets = targets;
        HeadGradients = headGradients;
    }

    /// <summary>Results, then gradients.</summary>
    internal Graph Graph { get; }

    /// <summary>How many of the heads are results.</summary>
    internal int ResultCount { get; }

    /// <summary>Whose gradients the other heads are.</summary>
    internal GradientTarget[] Targets { get; }

    /// <summary>
    /// By result of the computation, the variable that stands for its gradient; null where nobody reads it. Empty when no
    /// gradients are computed.
    /// </summary>
    internal Node?[] HeadGradients { get; }

    /// <summary>The results that are computed: without variables, which are there, and each once.</summary>
    internal static NodeEntry[] ResultsOf(Graph forward) =>
        [.. forward.Heads.Where(head => !head.Node.IsVariable).Distinct()];

    /// <summary>A computation and its gradients.</summary>
    /// <param name="forward">The computation.</param>
    /// <param name="requests">What to do with the gradient of each of some variables.</param>
    /// <param name="recompute">Which calls the backward pass repeats instead of keeping their results.</param>
    internal static ExecutorGraph Of(
        Graph forward,
        IEnumerable<GradientTarget> requests,
        Func<Node, bool>? recompute = null
    )
    {
        NodeEntry[] results = ResultsOf(forward);
        Dictionary<Node, GradientTarget> wanted = requests
            .Where(target => target.Request != GradientRequest.Null)
            .ToDictionary(target => target.Variable);
        if (wanted.Count == 0)
            return new ExecutorGraph(new Graph(results), results.Length, [], []);
        var training = TrainingGraph.Of(forward, [.. wanted.Keys], recompute);
        Dictionary<NodeEntry, GradientTarget> targetOf = wanted.Values.ToDictionary(target =>
            training.GradientOf(target.Variable)
        );
        NodeEntry[] gradients = [.. training.Graph.Heads.Skip(forward.Heads.Count)];
        return new ExecutorGraph(
            new Graph([.. results, .. gradients]),
            results.Length,
            Array.ConvertAll(gradients, gradient => targetOf[gradient]),
            [.. training.HeadGradients]
        );
    }

    /// <summary>
    /// How the gradient of each argument of a computation is stored, from how its variables are; the gradients that flow
    /// into results are stored as these.
    /// </summary>
    /// <param name="forward">The computation.</param>
    /// <param name="requests">Of which arguments gradients are wanted; those of others are dense here.</param>
    internal static StorageType[] GradientStorage(InferredGraph forward, ReadOnlySpan<GradientRequest> requests)
    {
        Graph graph = forward.Graph;
        var targets = new GradientTarget[requests.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = new GradientTarget(graph.Arguments[i], i, requests[i]);
        }

        var storage = new StorageType[targets.Length];
        ExecutorGraph whole = Of(graph, targets);
        var variables = new Dictionary<Node, StorageType>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes.Where(node => node.IsVariable))
        {
            variables.Add(node, forward.StorageOf(new NodeEntry(node, 0)));
        }

        for (int i = 0; i < whole.HeadGradients.Length; i++)
        {
            if (whole.HeadGradients[i] is { } headGradient)
                variables.Add(headGradient, forward.StorageOf(graph.Heads[i]));
        }

        StorageType[] stored = GraphInference.Storage(whole.Graph, variables);
        for (int i = 0; i < whole.Targets.Length; i++)
        {
            storage[whole.Targets[i].Argument] = stored[whole.Graph.NumberOf(whole.Graph.Heads[whole.ResultCount + i])];
        }

        return storage;
    }

    /// <summary>Whether a head is added to what its array holds.</summary>
    internal bool IsAdded(int head) =>
        head >= ResultCount && Targets[head - ResultCount].Request == GradientRequest.Add;
}
