using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>Graph → graph: heads that can each be computed straight into an array of its own.</summary>
internal static class SeparateHeads
{
    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copy"].Bind();

    /// <summary>
    /// Copies a head that is a variable, or another head too, or that is added to its array although others read it.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="first">The first head that this applies to; those before it stay as they are.</param>
    /// <param name="isAdded">Whether a head is added to what its array holds.</param>
    /// <param name="mustAdd">Whether also what ignores a request to add is to be added.</param>
    internal static Graph In(Graph graph, int first, Func<int, bool> isAdded, bool mustAdd = false)
    {
        NodeEntry[] heads = [.. graph.Heads];
        var taken = new HashSet<NodeEntry>(heads.Take(first));
        var read = new HashSet<NodeEntry>(graph.Nodes.SelectMany(node => node.Inputs));
        bool isChanged = false;
        for (int i = first; i < heads.Length; i++)
        {
            NodeEntry head = heads[i];
            bool isApart = read.Contains(head) || (mustAdd && head.Node.Operator is { IgnoresAdd: true });
            if (taken.Add(head) && !head.Node.IsVariable && !(isAdded(i) && isApart))
                continue;
            heads[i] = new NodeEntry(new Node(s_copy, $"{head.Node.OutputName(head.Index)}_copy", [head]), 0);
            isChanged = true;
        }

        return isChanged ? new Graph(heads) : graph;
    }
}
