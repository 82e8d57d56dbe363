using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Graphs.Drawing;

/// <summary>
/// A graph as boxes and arrows: a box for each call, with its parameters in it, and for each other variable. The same
/// picture can be written as Mermaid, DOT and SVG.
/// </summary>
public sealed class GraphPicture
{
    private static readonly string[] s_attributes =
    [
        "kernel",
        "stride",
        "dilate",
        "pad",
        "num_filter",
        "num_group",
        "num_hidden",
        "act_type",
        "pool_type",
        "global_pool",
        "p",
        "axis",
        "dim",
        "shape",
        "scalar",
        "input_dim",
        "output_dim",
        "state_size",
        "mode",
    ];

    private readonly List<PictureNode> _nodes = [];
    private readonly List<PictureEdge> _edges = [];
    private readonly List<string> _captions = [];

    /// <summary>Makes the picture of a graph.</summary>
    /// <param name="facts">The graph and what is known of it.</param>
    /// <param name="title">What stands above it; null for nothing.</param>
    public GraphPicture(GraphFacts facts, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(facts);
        Graph graph = facts.Graph;
        HashSet<Node> folded = FindParameters(graph);
        var boxes = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            if (folded.Contains(node))
                continue;
            boxes.Add(node, _nodes.Count);
            _nodes.Add(Describe(facts, node, folded));
            foreach (NodeEntry input in node.Inputs)
            {
                if (boxes.TryGetValue(input.Node, out int from))
                    _edges.Add(new PictureEdge(from, boxes[node], input.Index == 0 ? "" : $"{input.Index}"));
            }
        }

        if (title is not null)
            _captions.Add(title);
        _captions.AddRange(Summarize(facts));
    }

    internal IReadOnlyList<PictureNode> Nodes => _nodes;

    internal IReadOnlyList<PictureEdge> Edges => _edges;

    /// <summary>What stands above the picture: its title, and figures.</summary>
    internal IReadOnlyList<string> Captions => _captions;

    /// <summary>The picture as a Mermaid flowchart.</summary>
    public string ToMermaid() => MermaidWriter.Write(this);

    /// <summary>The picture in Graphviz's language.</summary>
    public string ToDot() => DotWriter.Write(this);

    /// <summary>The picture as an SVG image.</summary>
    public string ToSvg() => SvgWriter.Write(this);

    /// <summary>
    /// The variables that are part of the boxes of the calls that use them: weights and states of one call and of its
    /// gradient. Data, labels and shared weights are boxes of their own.
    /// </summary>
    private static HashSet<Node> FindParameters(Graph graph)
    {
        var found = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var others = new HashSet<Node>(graph.Heads.Select(head => head.Node), ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                Node variable = node.Inputs[i].Node;
                if (!variable.IsVariable)
                    continue;
                if (!IsParameter(node, i) || (!node.Operator!.Definition.IsInternal && !found.Add(variable)))
                    others.Add(variable);
            }
        }

        found.ExceptWith(others);
        return found;
    }

    private static bool IsParameter(Node node, int input) =>
        input > 0
        && node.Operator!.Definition.VariadicCount.Length == 0
        && node.Operator.InputName(input) is not ("label" or "rhs" or "y" or "data");

    private static PictureNode Describe(GraphFacts facts, Node node, HashSet<Node> folded)
    {
        var lines = new List<string>();
        if (node.Operator is not { } op)
        {
            Add(Extents(facts.ShapeOf(new NodeEntry(node, 0))));
            return new PictureNode(node.Name, [.. lines], NodeKind.Variable);
        }

        Add(node.Name);
        Add(string.Join(", ", s_attributes.Select(key => Attribute(op, key)).Where(text => text.Length > 0)));
        foreach (
            IGrouping<string, string> alike in Enumerable
                .Range(0, node.Inputs.Count)
                .Where(i => folded.Contains(node.Inputs[i].Node))
                .GroupBy(i => Extents(facts.ShapeOf(node.Inputs[i])), op.InputName)
        )
        {
            Add($"{string.Join(", ", alike)} {alike.Key}".TrimEnd());
        }

        string[] results =
        [
            .. Enumerable
                .Range(0, node.VisibleOutputCount)
                .Select(output => Extents(facts.ShapeOf(new NodeEntry(node, output))))
                .Where(extents => extents.Length > 0),
        ];
        if (results.Length > 0)
            Add("→ " + string.Join(", ", results));
        return new PictureNode(op.Name, [.. lines], KindOf(op.Name));

        void Add(string line)
        {
            const int Longest = 60;
            if (line.Length > 0)
                lines.Add(line.Length <= Longest ? line : line[..(Longest - 1)] + "…");
        }
    }

    /// <summary>An attribute with its value, <c>kernel 3×3</c>; nothing where it is what everybody expects.</summary>
    private static string Attribute(BoundOperator op, string key)
    {
        if (!op.Attributes.TryGetValue(key, out string? value))
            return "";
        string[] parts = value
            .Trim('(', ')', '[', ']')
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string usual = key switch
        {
            "stride" or "dilate" or "num_group" => "1",
            "pad" => "0",
            "global_pool" => "False",
            _ => "",
        };
        return Array.TrueForAll(parts, part => part == usual) ? "" : $"{key} {string.Join("×", parts)}";
    }

    private static IEnumerable<string> Summarize(GraphFacts facts)
    {
        int calls = facts.Graph.Nodes.Count(node => !node.IsVariable);
        yield return $"{calls} calls, {facts.Graph.Nodes.Count - calls} variables"
            + (facts.VariableBytes is { } bytes ? $" ({ByteSize.Format(bytes)})" : "");
        if (facts.Memory is not { } memory)
            yield break;
        double share = memory.UnplannedBytes == 0 ? 0 : 100.0 * memory.PlannedBytes / memory.UnplannedBytes;
        yield return FormattableString.Invariant(
            $"intermediate results {ByteSize.Format(memory.UnplannedBytes)}, planned {ByteSize.Format(memory.PlannedBytes)} ({share:F1} %)"
        );
    }

    /// <summary>The extents as 8 × 3 × 224 × 224; a question mark for those unknown, nothing for an unknown shape.</summary>
    private static string Extents(Shape shape)
    {
        string[] extents = new string[shape.Rank];
        for (int i = 0; i < extents.Length; i++)
        {
            extents[i] = shape[i] == 0 ? "?" : FormattableString.Invariant($"{shape[i]}");
        }

        return string.Join("×", extents);
    }

    private static NodeKind KindOf(string name)
    {
        string[] parts = name.TrimStart('_').Split('_');
        if (parts[0] == "backward")
            return NodeKind.Gradient;
        return name switch
        {
            "Convolution"
            or "Deconvolution"
            or "_contrib_fused_convolution"
            or "FullyConnected"
            or "dot"
            or "batch_dot"
            or "Embedding"
            or "RNN" => NodeKind.Product,
            "BatchNorm" or "LayerNorm" or "InstanceNorm" or "L2Normalization" or "LRN" => NodeKind.Normalization,
            "Activation"
            or "LeakyReLU"
            or "relu"
            or "sigmoid"
            or "tanh"
            or "Dropout"
            or "softmax"
            or "_fused_pointwise" => NodeKind.Activation,
            "Pooling" or "UpSampling" or "ROIPooling" => NodeKind.Pooling,
            "Concat" or "elemwise_add" or "broadcast_add" or "add_n" or "SliceChannel" => NodeKind.Join,
            "SoftmaxOutput" or "MakeLoss" or "make_loss" or "SVMOutput" or "LinearRegressionOutput" => NodeKind.Loss,
            _ => NodeKind.Other,
        };
    }
}
