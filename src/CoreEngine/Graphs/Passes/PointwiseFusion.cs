using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Graph → graph: point-wise calls that pass values to each other become one <c>_fused_pointwise</c>, which goes through
/// memory once. Values inside that others need come out as well. The results are the same to the bit.
/// </summary>
/// <remarks>
/// When it pays: every value that stays inside saves one pass of writing over an array and one of reading it, and one that
/// is needed outside too saves the reading. A pass saved is worth time only where the array would have left the core's own
/// cache between the calls, while cutting into tiles costs time everywhere. So the calls whose results have at least
/// <see cref="WorthwhileBytes"/> are fused.
/// </remarks>
public static class PointwiseFusion
{
    /// <summary>
    /// Bytes of a result from which fusing pays: as much as the second-level cache of many a core holds. Of four
    /// programs on smaller arrays all lost at 16 KiB (a tenth to a third) and two at 64 KiB.
    /// </summary>
    public const long WorthwhileBytes = 512 * 1024;

    /// <summary>Fuses what can be fused.</summary>
    /// <param name="graph">The graph with its shapes and types.</param>
    /// <param name="context">How the graph will be run.</param>
    public static Graph Apply(InferredGraph graph, PassContext context)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(context);
        var groups = new PointwiseGroups(graph, context.ForwardNodes(graph.Graph), context.FusionBytes);
        return groups.Any ? Rebuild(graph.Graph, groups) : graph.Graph;
    }

    private static Graph Rebuild(Graph graph, PointwiseGroups groups)
    {
        var copy = new GraphCopy(graph);
        var uses = new GraphUses(graph);
        IEnumerable<int> order = Enumerable.Range(0, graph.Nodes.Count).OrderBy(groups.PositionOf);
        foreach (int i in order)
        {
            IReadOnlyList<int> members = groups.MembersOf(i);
            if (members.Count == 1)
                copy.Keep(graph.Nodes[i]);
            else if (members[0] == i)
                Fuse(graph, [.. members.Select(member => graph.Nodes[member])], uses, copy);
        }

        return copy.Finish();
    }

    /// <summary>Puts one call in the place of several, which stand in an order in which they can run.</summary>
    private static void Fuse(Graph graph, Node[] members, GraphUses uses, GraphCopy copy)
    {
        var inside = new HashSet<Node>(members, ReferenceEqualityComparer.Instance);
        List<NodeEntry> inputs = [];
        foreach (NodeEntry input in members.SelectMany(member => member.Inputs))
        {
            if (!inside.Contains(input.Node) && !inputs.Contains(input))
                inputs.Add(input);
        }

        var values = new Dictionary<NodeEntry, int>();
        foreach (NodeEntry input in inputs)
        {
            values.Add(input, values.Count);
        }

        var steps = new List<PointwiseStep>();
        List<NodeEntry> outputs = [];
        foreach (Node member in members)
        {
            steps.Add(new PointwiseStep(member.Operator!, [.. member.Inputs.Select(input => values[input])]));
            for (int i = 0; i < member.OutputCount; i++)
            {
                var output = new NodeEntry(member, i);
                values.Add(output, values.Count);
                if (uses.IsHead(output) || uses.TakersOf(output).Any(taker => !inside.Contains(taker)))
                    outputs.Add(output);
            }
        }

        var program = new PointwiseProgram(
            inputs.Count,
            steps.ToArray(),
            [.. outputs.Select(output => values[output])]
        );
        var fused = new Node(
            OperatorRegistry.Default["_fused_pointwise"].Bind(new FusedPointwiseParameters(program)),
            members[^1].Name + "_fused",
            [.. inputs.Select(copy.Of)],
            members[^1].Annotations
        );
        for (int i = 0; i < outputs.Count; i++)
        {
            copy.Set(outputs[i], new NodeEntry(fused, i));
        }
    }
}
