using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Graph → graph: calls of the same operator with the same attributes on the same entries run once. The results are the
/// same to the bit.
/// </summary>
/// <remarks>
/// Left alone are calls that draw random numbers, change an input or read what others change, results of the graph, and
/// what the backward pass repeats of the forward pass on purpose.
/// </remarks>
public static class CommonSubexpressions
{
    /// <summary>Joins equal calls.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="context">How the graph will be run.</param>
    public static Graph Apply(Graph graph, PassContext context)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(context);
        bool[] isForward = context.ForwardNodes(graph);
        HashSet<Node> written = NodeTraits.WrittenVariables(graph);
        var uses = new GraphUses(graph);
        var known = new Dictionary<Call, NodeEntry[]>();
        return graph.Rewrite(
            (node, inputs) =>
            {
                bool mayJoin =
                    NodeTraits.IsPure(node)
                    && node.ControlDependencies.Count == 0
                    && !uses.IsAwaited(node)
                    && !NodeTraits.ReadsAny(node, written);
                if (!mayJoin)
                    return null;
                var call = new Call(node, inputs, isForward[graph.IndexOf(node)]);
                if (known.TryGetValue(call, out NodeEntry[]? same))
                    return uses.HasHead(node) ? null : same;
                Node kept = inputs.SequenceEqual(node.Inputs)
                    ? node
                    : new Node(node.Operator, node.Name, inputs, node.Annotations);
                NodeEntry[] outputs = [.. Enumerable.Range(0, node.OutputCount).Select(i => new NodeEntry(kept, i))];
                known.Add(call, outputs);
                return outputs;
            }
        );
    }

    /// <summary>A call; equal calls give equal results.</summary>
    private sealed class Call(Node node, NodeEntry[] inputs, bool isForward) : IEquatable<Call>
    {
        private readonly OperatorDef _definition = node.Operator!.Definition;
        private readonly string _attributes = AttributesOf(node);
        private readonly NodeEntry[] _inputs = inputs;
        private readonly bool _isForward = isForward;

        public bool Equals(Call? other) =>
            other is not null
            && _definition == other._definition
            && _isForward == other._isForward
            && _attributes == other._attributes
            && _inputs.AsSpan().SequenceEqual(other._inputs);

        public override bool Equals(object? obj) => Equals(obj as Call);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_definition.Name);
            hash.Add(_attributes);
            foreach (NodeEntry input in _inputs)
            {
                hash.Add(input);
            }

            return hash.ToHashCode();
        }

        private static string AttributesOf(Node node)
        {
            IEnumerable<string> attributes = node.Operator!.Attributes.Where(pair =>
                    !pair.Key.StartsWith("__", StringComparison.Ordinal)
                )
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key}={pair.Value}");
            return string.Join(
                '\n',
                attributes.Prepend(node.Annotations.GetValueOrDefault(NodeTraits.ContextGroup, ""))
            );
        }
    }
}
