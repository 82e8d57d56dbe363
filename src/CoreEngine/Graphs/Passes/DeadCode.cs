using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Graph → graph: calls that only pass a value on are left out, and nobody waits for a call that does nothing but compute
/// its outputs. What no result depends on is not part of a graph in the first place. The results are the same to the bit.
/// </summary>
/// <remarks>For graphs whose gradients have been appended: a blocked gradient cannot be seen any more afterwards.</remarks>
public static class DeadCode
{
    private const string Dropout = "Dropout";

    /// <summary>What gives its first input where that has the shape, type and storage of the output.</summary>
    private static readonly HashSet<string> s_passOn = new(StringComparer.Ordinal)
    {
        "_copy",
        "BlockGrad",
        "make_loss",
        "_identity_with_attr_like_rhs",
        "reshape_like",
        "Reshape",
        "Flatten",
        "Cast",
        "cast_storage",
        "_backward_cast",
        "broadcast_to",
        "broadcast_axis",
        "_backward_sum_like",
        "_backward_broadcast_like",
        "add_n",
        "Concat",
    };

    // These pass on one input only when they have no other; the other inputs of the rest say what the result looks like.
    private static readonly HashSet<string> s_joining = new(StringComparer.Ordinal) { "add_n", "Concat" };

    /// <summary>Leaves out what has no effect.</summary>
    /// <param name="graph">The graph with its shapes and types.</param>
    /// <param name="context">How the graph will be run.</param>
    public static Graph Apply(InferredGraph graph, PassContext context)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(context);
        var uses = new GraphUses(graph.Graph);
        HashSet<Node> written = NodeTraits.WrittenVariables(graph.Graph);
        Graph without = graph.Graph.Rewrite(
            (node, inputs) =>
                PassesOn(node, graph, context, uses)
                && !uses.HasHead(node)
                && !uses.IsAwaited(node)
                && !NodeTraits.ReadsAny(node, written)
                    ? [.. Enumerable.Repeat(inputs[0], node.OutputCount)]
                    : null
        );
        return WithoutIdleWaits(without);
    }

    private static bool PassesOn(Node node, InferredGraph graph, PassContext context, GraphUses uses)
    {
        if (node.Operator is not { } op || node.ControlDependencies.Count > 0 || node.Inputs.Count == 0)
            return false;
        if (op.Name == Dropout)
        {
            return !context.IsTraining
                && op.Parameters<DropoutParameters>().Mode == DropoutMode.Training
                && uses.TakersOf(new NodeEntry(node, 1)).Count == 0
                && IsStoredAlike(graph, node);
        }

        var output = new NodeEntry(node, 0);
        return s_passOn.Contains(op.Name)
            && NodeTraits.IsPure(node)
            && (node.Inputs.Count == 1 || !s_joining.Contains(op.Name))
            && graph.ShapeOf(node.Inputs[0]) == graph.ShapeOf(output)
            && graph.TypeOf(node.Inputs[0]) == graph.TypeOf(output)
            && IsStoredAlike(graph, node);
    }

    private static bool IsStoredAlike(InferredGraph graph, Node node) =>
        graph.StorageOf(node.Inputs[0]) == graph.StorageOf(new NodeEntry(node, 0));

    /// <summary>The order of calls shows only where one of them draws random numbers, changes arrays or runs user code.</summary>
    private static Graph WithoutIdleWaits(Graph graph) =>
        graph.Rewrite(
            (node, inputs, dependencies) =>
            {
                if (!dependencies.Any(IsIdle))
                    return null;
                Node[] needed = [.. dependencies.Where(earlier => !IsIdle(earlier))];
                var kept = new Node(node.Operator, node.Name, inputs, node.Annotations, needed);
                return [.. Enumerable.Range(0, node.OutputCount).Select(i => new NodeEntry(kept, i))];
            }
        );

    private static bool IsIdle(Node node) => node.IsVariable || NodeTraits.IsPure(node);
}
