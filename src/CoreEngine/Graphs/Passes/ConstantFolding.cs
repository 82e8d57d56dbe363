using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Graph → graph: what depends on constants alone is computed now, and a variable with its value stands for it. The results
/// are the same to the bit.
/// </summary>
public static class ConstantFolding
{
    /// <summary>A constant may have so many bytes whatever it is made from, for example a row of numbers.</summary>
    private const long SmallBytes = 1 << 20;

    /// <summary>
    /// Otherwise a constant may have so many times the bytes of what it is made from. Weights transformed by Winograd's
    /// method have four times as many and what their rows are filled up with.
    /// </summary>
    private const long MostGrowth = 8;

    /// <summary>Computes what can be computed.</summary>
    /// <param name="graph">The graph with its shapes and types.</param>
    /// <param name="context">How the graph will be run, and on which constants.</param>
    public static OptimizedGraph Apply(InferredGraph graph, PassContext context)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(context);
        HashSet<Node> foldable = FindFoldable(graph, context);
        var constants = new Dictionary<Node, NDArray>(context.Constants, ReferenceEqualityComparer.Instance);
        if (foldable.Count == 0)
            return new OptimizedGraph(graph.Graph, constants);

        // Only what others take must be kept; the rest is let go with this scope.
        var uses = new GraphUses(graph.Graph);
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        var values = new Dictionary<NodeEntry, NDArray>();
        var temporary = new List<NDArray>();
        Graph folded = graph.Graph.Rewrite(
            (node, _) =>
            {
                if (!foldable.Contains(node))
                    return null;
                NDArray[] outputs = Compute(node, graph, context, values);
                var replaced = new NodeEntry[outputs.Length];
                for (int i = 0; i < outputs.Length; i++)
                {
                    var entry = new NodeEntry(node, i);
                    values.Add(entry, outputs[i]);
                    replaced[i] = new NodeEntry(new Node(null, node.OutputName(i), [], node.Annotations), 0);
                    if (uses.TakersOf(entry).All(foldable.Contains))
                        temporary.Add(outputs[i]);
                    else
                        constants.Add(replaced[i].Node, outputs[i]);
                }

                return replaced;
            }
        );
        temporary.ForEach(array => array.Dispose());
        return new OptimizedGraph(folded, constants);
    }

    private static HashSet<Node> FindFoldable(InferredGraph graph, PassContext context)
    {
        var foldable = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var uses = new GraphUses(graph.Graph);
        HashSet<Node> written = NodeTraits.WrittenVariables(graph.Graph);
        foreach (Node node in graph.Graph.Nodes)
        {
            bool isConstant =
                NodeTraits.IsPure(node)
                && node.ControlDependencies.Count == 0
                && !uses.HasHead(node)
                && !uses.IsAwaited(node)
                && node.Inputs.All(input =>
                    foldable.Contains(input.Node)
                    || (context.Constants.ContainsKey(input.Node) && !written.Contains(input.Node))
                );
            if (isConstant && IsModest(graph, node))
                foldable.Add(node);
        }

        return foldable;
    }

    private static bool IsModest(InferredGraph graph, Node node)
    {
        long inputs = node.Inputs.Sum(input => graph.BytesOf(graph.Graph.NumberOf(input)));
        long outputs = 0;
        for (int i = 0; i < node.OutputCount; i++)
        {
            outputs += graph.BytesOf(graph.Graph.NumberOf(new NodeEntry(node, i)));
        }

        return outputs <= Math.Max(SmallBytes, MostGrowth * inputs);
    }

    private static NDArray[] Compute(
        Node node,
        InferredGraph graph,
        PassContext context,
        Dictionary<NodeEntry, NDArray> values
    )
    {
        NDArray[] inputs =
        [
            .. node.Inputs.Select(input =>
                values.TryGetValue(input, out NDArray? value) ? value : context.Constants[input.Node]
            ),
        ];
        // Given arrays, because the call alone may not say it all: the batch of an initial state follows from the rest.
        Device? device = inputs.Length == 0 ? node.Operator!.Device : inputs[0].Device;
        var outputs = new NDArray?[node.OutputCount];
        for (int i = 0; i < outputs.Length; i++)
        {
            var entry = new NodeEntry(node, i);
            outputs[i] = NDArray.New(
                graph.StorageOf(entry),
                graph.ShapeOf(entry),
                graph.TypeOf(entry),
                device ?? Device.Cpu()
            );
        }

        Dispatcher.Run(node.Operator!, inputs, outputs, requests: default, context.IsTraining);
        return outputs!;
    }
}
