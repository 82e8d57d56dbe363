using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// The gradients of a cached graph, taken apart: what the forward pass has to keep, and the backward pass as a graph of
/// its own. Nothing here depends on shapes.
/// </summary>
internal sealed class CachedGradients
{
    private readonly Dictionary<NodeEntry, Node> _standIns = [];

    /// <summary>Differentiates a computation.</summary>
    /// <param name="forward">The computation.</param>
    /// <param name="inputs">Its variables in the order of the call's inputs.</param>
    /// <exception cref="OperatorException">An operator has no gradient.</exception>
    internal CachedGradients(Graph forward, IReadOnlyList<Node> inputs)
    {
        NodeEntry[] outputs = [.. forward.Heads];
        Node[] headGradients = [.. outputs.Select((_, i) => new Node(null, $"output{i}_gradient", []))];
        int[] places = [.. Enumerable.Range(0, inputs.Count).Where(i => forward.Arguments.Contains(inputs[i]))];
        NodeEntry?[] gradients = GradientPass.Build(
            outputs,
            Array.ConvertAll(headGradients, node => new NodeEntry(node, 0)),
            Array.ConvertAll(places, place => new NodeEntry(inputs[place], 0))
        );
        Targets = [.. places.Where((_, i) => gradients[i] is not null)];
        NodeEntry[] heads = [.. gradients.Where(gradient => gradient is not null).Select(gradient => gradient!.Value)];
        Whole = new Graph([.. outputs, .. heads]);
        Backward = new Graph(heads).Rewrite(
            (node, _) =>
                forward.Contains(node) && !node.IsVariable
                    ? [.. Enumerable.Range(0, node.OutputCount).Select(i => StandIn(new NodeEntry(node, i)))]
                    : null
        );
        HashSet<Node> read = FindRead(Backward);
        UsedHeadGradients = [.. Enumerable.Range(0, outputs.Length).Where(i => read.Contains(headGradients[i]))];
        HeadGradients = Array.ConvertAll(UsedHeadGradients, i => headGradients[i]);
        UsedInputs = [.. Enumerable.Range(0, inputs.Count).Where(i => read.Contains(inputs[i]))];
        UsedOutputs =
        [
            .. Enumerable
                .Range(0, outputs.Length)
                .Where(i => _standIns.TryGetValue(outputs[i], out Node? variable) && read.Contains(variable))
                .DistinctBy(i => outputs[i]),
        ];
        Outputs = Array.ConvertAll(UsedOutputs, i => _standIns[outputs[i]]);
        Kept = [.. _standIns.Where(pair => read.Contains(pair.Value) && !outputs.Contains(pair.Key))];
    }

    /// <summary>Computation and gradients in one graph.</summary>
    internal Graph Whole { get; }

    /// <summary>The backward pass; its heads are the gradients of <see cref="Targets"/>.</summary>
    internal Graph Backward { get; }

    /// <summary>Places of the inputs that have a gradient.</summary>
    internal int[] Targets { get; }

    /// <summary>Places of the results whose gradients the backward pass reads.</summary>
    internal int[] UsedHeadGradients { get; }

    /// <summary>The variables that stand for those gradients.</summary>
    internal Node[] HeadGradients { get; }

    /// <summary>Places of the inputs that the backward pass reads.</summary>
    internal int[] UsedInputs { get; }

    /// <summary>Places of the results that the backward pass reads.</summary>
    internal int[] UsedOutputs { get; }

    /// <summary>The variables that stand for them in it.</summary>
    internal Node[] Outputs { get; }

    /// <summary>Intermediate results that have to be kept, and the variables that stand for them in the backward pass.</summary>
    internal KeyValuePair<NodeEntry, Node>[] Kept { get; }

    /// <summary>Every result of the forward pass that the backward pass mentions, and the variable that stands for it.</summary>
    internal IReadOnlyDictionary<NodeEntry, Node> StandIns => _standIns;

    private NodeEntry StandIn(NodeEntry entry)
    {
        if (!_standIns.TryGetValue(entry, out Node? variable))
            _standIns[entry] = variable = new Node(null, entry.Node.OutputName(entry.Index), []);
        return new NodeEntry(variable, 0);
    }

    /// <summary>The variables whose values some call reads, or that are results themselves.</summary>
    private static HashSet<Node> FindRead(Graph graph)
    {
        var read = new HashSet<Node>(graph.Heads.Select(head => head.Node), ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (Array.IndexOf(node.Operator!.ShapeOnlyInputs, i) < 0)
                    read.Add(node.Inputs[i].Node);
            }
        }

        return read;
    }
}
