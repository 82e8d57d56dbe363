using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>A computation together with the gradients of some of its variables.</summary>
public sealed class TrainingGraph
{
    private readonly Dictionary<Node, NodeEntry> _gradients = new(ReferenceEqualityComparer.Instance);

    private TrainingGraph(Graph forward, Graph graph, Node?[] headGradients)
    {
        Forward = forward;
        Graph = graph;
        HeadGradients = headGradients;
    }

    /// <summary>The computation alone.</summary>
    public Graph Forward { get; }

    /// <summary>
    /// Computation and gradients. Its heads are those of <see cref="Forward"/>, then the gradients, those of the last
    /// layers first: so the results of a layer are not needed any more once its gradients are there. Its first nodes
    /// are exactly the nodes of <see cref="Forward"/>, in the same order.
    /// </summary>
    public Graph Graph { get; }

    /// <summary>
    /// For each head of <see cref="Forward"/> the variable that stands for the gradient flowing into it; null where it
    /// makes no difference, as for losses.
    /// </summary>
    public IReadOnlyList<Node?> HeadGradients { get; }

    /// <summary>
    /// The gradient of a variable: an output of a node of its own, which is neither a result of the computation nor the
    /// gradient of another variable.
    /// </summary>
    /// <exception cref="KeyNotFoundException">It was not asked for.</exception>
    public NodeEntry GradientOf(Node variable) => _gradients[variable];

    /// <summary>Appends gradients to a computation.</summary>
    /// <param name="forward">The computation.</param>
    /// <param name="variables">The variables whose gradients are wanted.</param>
    /// <param name="recompute">
    /// Which calls the backward pass computes again instead of keeping their results, for example
    /// <see cref="Mirroring.IsForced"/>; null for none.
    /// </param>
    /// <exception cref="OperatorException">An operator on the way from a variable to a head has no gradient.</exception>
    public static TrainingGraph Of(Graph forward, IReadOnlyList<Node> variables, Func<Node, bool>? recompute = null)
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(variables);
        Node[] headGradients = new Node[forward.Heads.Count];
        for (int i = 0; i < headGradients.Length; i++)
        {
            NodeEntry head = forward.Heads[i];
            headGradients[i] = new Node(null, $"{head.Node.OutputName(head.Index)}_gradient", []);
        }

        NodeEntry?[] found = GradientPass.Build(
            [.. forward.Heads],
            Array.ConvertAll(headGradients, node => new NodeEntry(node, 0)),
            [.. variables.Select(variable => new NodeEntry(variable, 0))],
            differentiable: false,
            recompute
        );
        var gradients = new Dictionary<Node, NodeEntry>(ReferenceEqualityComparer.Instance);
        var taken = new HashSet<NodeEntry>(forward.Heads);
        foreach (int i in LastUsedFirst(forward, variables))
        {
            Node variable = variables[i];
            NodeEntry gradient = found[i] ?? Call("zeros_like", variable, new NodeEntry(variable, 0));
            if (gradient.Node.IsVariable || !taken.Add(gradient))
                gradient = Call("_copy", variable, gradient);
            gradients.Add(variable, gradient);
        }

        var graph = new Graph([.. forward.Heads, .. gradients.Values]);
        var result = new TrainingGraph(
            forward,
            graph,
            Array.ConvertAll(headGradients, node => graph.Contains(node) ? node : null)
        );
        foreach ((Node variable, NodeEntry gradient) in gradients)
        {
            result._gradients.Add(variable, gradient);
        }

        return result;
    }

    private static NodeEntry Call(string name, Node variable, NodeEntry input) =>
        new(new Node(OperatorRegistry.Default[name].Bind(), $"{variable.Name}_gradient", [input]), 0);

    /// <summary>Places of the variables, ordered by the first call that uses them, the last such call first.</summary>
    private static IEnumerable<int> LastUsedFirst(Graph forward, IReadOnlyList<Node> variables)
    {
        var firstUses = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < forward.Nodes.Count; i++)
        {
            foreach (NodeEntry input in forward.Nodes[i].Inputs)
            {
                if (input.Node.IsVariable)
                    firstUses.TryAdd(input.Node, i);
            }
        }

        return Enumerable
            .Range(0, variables.Count)
            .OrderByDescending(i => firstUses.GetValueOrDefault(variables[i], int.MaxValue));
    }
}
