using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>Graph → graph: appends the computation of gradients to a forward graph (reverse-mode differentiation).</summary>
public static class GradientPass
{
    /// <summary>Builds the gradients of the heads, weighted by their gradients, with respect to some entries.</summary>
    /// <param name="heads">What is differentiated.</param>
    /// <param name="headGradients">The gradient that flows into each head.</param>
    /// <param name="wanted">With respect to what.</param>
    /// <param name="differentiable">
    /// True to compose the gradients of operators that can be differentiated again, where there are such compositions.
    /// </param>
    /// <param name="recompute">
    /// Which calls are repeated for the gradients instead of keeping their results; null for none. A repeated call
    /// takes its inputs from repeated calls where there are such.
    /// </param>
    /// <returns>For each wanted entry its gradient, or null where the heads do not depend on it.</returns>
    /// <exception cref="OperatorException">An operator on the way has no gradient.</exception>
    public static NodeEntry?[] Build(
        ReadOnlySpan<NodeEntry> heads,
        ReadOnlySpan<NodeEntry> headGradients,
        ReadOnlySpan<NodeEntry> wanted,
        bool differentiable = false,
        Func<Node, bool>? recompute = null
    )
    {
        List<Node> order = TopologicalOrder.Of(heads);
        Dictionary<Node, Node> repeated = Repeat(order, recompute);
        HashSet<Node> relevant = Dependents(order, wanted);
        var gradients = new Dictionary<NodeEntry, List<NodeEntry>>();
        for (int i = 0; i < heads.Length; i++)
        {
            Add(gradients, heads[i], headGradients[i]);
        }

        for (int i = order.Count - 1; i >= 0; i--)
        {
            Node node = order[i];
            if (node.Operator is null || !relevant.Contains(node))
                continue;
            var context = new NodeGradientContext(node, gradients, relevant, repeated, differentiable);
            if (context.HasAnyOutputGradient)
                context.Apply();
        }

        var result = new NodeEntry?[wanted.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            result[i] = gradients.ContainsKey(wanted[i]) ? Sum(gradients, wanted[i]) : null;
        }

        return result;
    }

    /// <summary>For each call that is to be repeated its copy, on the copies of its inputs.</summary>
    private static Dictionary<Node, Node> Repeat(List<Node> order, Func<Node, bool>? recompute)
    {
        var repeated = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        if (recompute is null)
            return repeated;
        foreach (Node node in order)
        {
            if (node.IsVariable || !recompute(node))
                continue;
            NodeEntry[] inputs =
            [
                .. node.Inputs.Select(input =>
                    input with
                    {
                        Node = repeated.GetValueOrDefault(input.Node, input.Node),
                    }
                ),
            ];
            repeated.Add(node, new Node(node.Operator, $"{node.Name}_mirror", inputs, node.Annotations));
        }

        return repeated;
    }

    /// <summary>The nodes through which the wanted entries influence the heads.</summary>
    private static HashSet<Node> Dependents(List<Node> order, ReadOnlySpan<NodeEntry> wanted)
    {
        var relevant = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (NodeEntry entry in wanted)
        {
            relevant.Add(entry.Node);
        }

        foreach (Node node in order)
        {
            foreach (NodeEntry input in node.Inputs)
            {
                if (relevant.Contains(input.Node))
                {
                    relevant.Add(node);
                    break;
                }
            }
        }

        return relevant;
    }

    internal static void Add(Dictionary<NodeEntry, List<NodeEntry>> gradients, NodeEntry entry, NodeEntry gradient)
    {
        if (!gradients.TryGetValue(entry, out List<NodeEntry>? list))
            gradients[entry] = list = [];
        list.Add(gradient);
    }

    /// <summary>The sum of all gradients that flow into an entry; the list becomes that one sum.</summary>
    internal static NodeEntry Sum(Dictionary<NodeEntry, List<NodeEntry>> gradients, NodeEntry entry)
    {
        List<NodeEntry> parts = gradients[entry];
        if (parts.Count > 1 && parts.TrueForAll(IsZero))
            parts.RemoveRange(1, parts.Count - 1);
        if (parts.Count > 1)
        {
            BoundOperator sum = OperatorRegistry.Default["add_n"].Bind(new VariadicParameters { Count = parts.Count });
            var node = new Node(sum, $"{entry.Node.Name}_gradient_sum", [.. parts], GroupOf(entry.Node));
            parts.Clear();
            parts.Add(new NodeEntry(node, 0));
        }

        return parts[0];
    }

    /// <summary>Whether an entry is known to be all zeros.</summary>
    internal static bool IsZero(NodeEntry entry) => entry.Node.Operator?.Name == "zeros_like";

    /// <summary>The gradients of a call run where the call does.</summary>
    internal static IReadOnlyDictionary<string, string>? GroupOf(Node node) =>
        node.Annotations.TryGetValue(DevicePlacement.GroupKey, out string? group)
            ? new Dictionary<string, string> { [DevicePlacement.GroupKey] = group }
            : null;
}
