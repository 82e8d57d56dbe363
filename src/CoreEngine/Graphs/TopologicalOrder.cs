namespace CoreEngine.Graphs;

/// <summary>The order in which a graph's nodes can run.</summary>
public static class TopologicalOrder
{
    /// <summary>
    /// All nodes that the heads depend on, each after its inputs: post-order, inputs left to right, then control
    /// dependencies, heads in the order given. Works on graphs of any depth.
    /// </summary>
    /// <param name="heads">Where to start.</param>
    /// <param name="follow">Which nodes to enter; null for all.</param>
    public static List<Node> Of(ReadOnlySpan<NodeEntry> heads, Func<Node, bool>? follow = null)
    {
        var order = new List<Node>();
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<(Node Node, int Next)>();
        foreach (NodeEntry head in heads)
        {
            Enter(head.Node);
            while (stack.TryPop(out (Node Node, int Next) top))
            {
                int inputs = top.Node.Inputs.Count;
                if (top.Next < inputs + top.Node.ControlDependencies.Count)
                {
                    stack.Push((top.Node, top.Next + 1));
                    Enter(
                        top.Next < inputs
                            ? top.Node.Inputs[top.Next].Node
                            : top.Node.ControlDependencies[top.Next - inputs]
                    );
                }
                else
                {
                    order.Add(top.Node);
                }
            }
        }

        return order;

        void Enter(Node node)
        {
            if (!seen.Contains(node) && (follow is null || follow(node)))
            {
                seen.Add(node);
                stack.Push((node, 0));
            }
        }
    }
}
