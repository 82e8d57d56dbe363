using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>What passes ask of nodes before they leave them out, join them or move them.</summary>
internal static class NodeTraits
{
    private const string Custom = "Custom";

    /// <summary>
    /// A call of one of the library's own operators that does nothing but compute its outputs from its inputs, always the
    /// same: user code may do anything, random numbers differ from call to call.
    /// </summary>
    internal static bool IsPure(Node node) =>
        node.Operator is { IsRandom: false, MutableInputs.Length: 0 } op
        && op.Name != Custom
        && OperatorRegistry.Default.TryGet(op.Name, out OperatorDef? known)
        && known == op.Definition;

    /// <summary>
    /// The variables that some node writes to. What such a variable holds depends on when it is read, so calls that read
    /// one stay where they are.
    /// </summary>
    internal static HashSet<Node> WrittenVariables(Graph graph)
    {
        var written = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            foreach (int input in node.Operator?.MutableInputs ?? [])
            {
                written.Add(node.Inputs[input].Node);
            }
        }

        return written;
    }

    /// <summary>Whether a node reads something that another node writes to.</summary>
    internal static bool ReadsAny(Node node, HashSet<Node> variables) =>
        node.Inputs.Any(input => variables.Contains(input.Node));

    /// <summary>Whether two nodes run on the same device as far as annotations say.</summary>
    internal static bool SamePlace(Node left, Node right) =>
        left.Annotations.GetValueOrDefault(ContextGroup) == right.Annotations.GetValueOrDefault(ContextGroup);

    internal const string ContextGroup = "__ctx_group__";
}
