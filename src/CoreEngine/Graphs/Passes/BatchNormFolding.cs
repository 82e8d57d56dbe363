using System.Globalization;
using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Graph → graph, for inference: batch normalisation that follows a convolution, a transposed convolution or a fully
/// connected layer becomes part of that layer's weights and bias. Only where all of those are constants, so that
/// <see cref="ConstantFolding"/> computes them once.
/// </summary>
/// <remarks>
/// With the moments m and v of inference, gamma (W x + b - m) / sqrt(v + eps) + beta is W' x + b' with W' = s W,
/// b' = s (b - m) + beta, s = gamma / sqrt(v + eps). The results differ by the rounding of the weights: relative to the sum
/// of absolute products, by about one unit in the last place.
/// </remarks>
public static class BatchNormFolding
{
    /// <summary>Folds what can be folded; a graph that is run in training mode stays as it is.</summary>
    /// <param name="graph">The graph with its shapes and types.</param>
    /// <param name="context">How the graph will be run, and on which constants.</param>
    public static Graph Apply(InferredGraph graph, PassContext context)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(context);
        if (context.IsTraining)
            return graph.Graph;
        var uses = new GraphUses(graph.Graph);
        return graph.Graph.Rewrite(
            (norm, inputs) =>
                FindLayer(norm, graph, context, uses) is { } layer
                    ? [Fold(norm, inputs, layer, inputs[0].Node, graph), default, default]
                    : null
        );
    }

    /// <summary>The layer before a normalisation that it can become a part of.</summary>
    private static Node? FindLayer(Node norm, InferredGraph graph, PassContext context, GraphUses uses)
    {
        if (
            norm.Operator?.Name is not ("BatchNorm" or "BatchNorm_v1")
            || norm.ControlDependencies.Count > 0
            || norm.Inputs.Skip(1).Any(input => !context.Constants.ContainsKey(input.Node))
            || IsWanted(new NodeEntry(norm, 1), uses)
            || IsWanted(new NodeEntry(norm, 2), uses)
        )
        {
            return null;
        }

        NodeEntry data = norm.Inputs[0];
        Node layer = data.Node;
        bool isLayer =
            layer.Operator?.Name is "Convolution" or "Convolution_v1" or "Deconvolution" or "FullyConnected"
            && layer.Inputs.Skip(1).All(input => context.Constants.ContainsKey(input.Node))
            && uses.OnlyTakerOf(data) == norm
            && !uses.IsAwaited(layer)
            && layer.ControlDependencies.Count == 0
            && NodeTraits.SamePlace(layer, norm);
        Shape shape = graph.ShapeOf(data);
        bool isChannel = shape.Axis(norm.Operator.Parameters<BatchNormParameters>().Axis) == 1;
        bool isPlain = layer.Operator?.Name != "FullyConnected" || shape.Rank == 2;
        return isLayer && isChannel && isPlain ? layer : null;
    }

    private static bool IsWanted(NodeEntry entry, GraphUses uses) =>
        uses.IsHead(entry) || uses.TakersOf(entry).Count > 0;

    private static NodeEntry Fold(Node norm, NodeEntry[] inputs, Node original, Node layer, InferredGraph graph)
    {
        var p = norm.Operator!.Parameters<BatchNormParameters>();
        var made = new Builder(norm.Name);
        NodeEntry deviation = made.Scalar("_plus_scalar", inputs[4], p.Epsilon);
        NodeEntry scale = made.Call("rsqrt", deviation);
        if (!p.FixGamma)
            scale = made.Call("elemwise_mul", scale, inputs[1]);
        Shape weight = graph.ShapeOf(original.Inputs[1]);
        DType type = graph.TypeOf(original.Inputs[1]);
        bool isWidened = type != graph.TypeOf(norm.Inputs[2]);

        NodeEntry shift = made.Call("negative", inputs[3]);
        if (layer.Inputs.Count > 2)
        {
            NodeEntry bias = isWidened ? made.Cast(layer.Inputs[2], DType.Float32) : layer.Inputs[2];
            shift = made.Call("elemwise_sub", bias, inputs[3]);
        }

        shift = made.Call("elemwise_add", made.Call("elemwise_mul", shift, scale), inputs[2]);
        NodeEntry wide = isWidened ? made.Cast(layer.Inputs[1], DType.Float32) : layer.Inputs[1];
        NodeEntry scaled = ScaleWeight(made, original, wide, weight, scale);
        var attributes = new Dictionary<string, string>(layer.Operator!.Attributes) { ["no_bias"] = "False" };
        var folded = new Node(
            layer.Operator.Definition.Bind(attributes),
            layer.Name,
            [layer.Inputs[0], isWidened ? made.Cast(scaled, type) : scaled, isWidened ? made.Cast(shift, type) : shift],
            layer.Annotations
        );
        return new NodeEntry(folded, 0);
    }

    /// <summary>Each filter's weights times its scale. Filters are axis 0; of a transposed convolution axis 1, group by group.</summary>
    private static NodeEntry ScaleWeight(Builder made, Node layer, NodeEntry weight, Shape shape, NodeEntry scale)
    {
        long[] ones = new long[shape.Rank];
        Array.Fill(ones, 1);
        if (layer.Operator!.Name != "Deconvolution")
        {
            ones[0] = shape[0];
            return made.Call("broadcast_mul", weight, made.Reshape(scale, ones));
        }

        long groups = layer.Operator.Parameters<DeconvolutionParameters>().Groups;
        long[] grouped = [groups, shape[0] / groups, .. shape.Dims[1..]];
        long[] scales = [groups, 1, shape[1], .. ones[2..]];
        NodeEntry product = made.Call("broadcast_mul", made.Reshape(weight, grouped), made.Reshape(scale, scales));
        return made.Reshape(product, shape.Dims.ToArray());
    }

    /// <summary>Makes the calls that compute the new weights.</summary>
    private sealed class Builder(string name)
    {
        internal NodeEntry Call(string op, params NodeEntry[] inputs) =>
            Call(OperatorRegistry.Default[op].Bind(), inputs);

        internal NodeEntry Scalar(string op, NodeEntry input, double number) =>
            Call(OperatorRegistry.Default[op].Bind(number), input);

        internal NodeEntry Cast(NodeEntry input, DType type) =>
            Call(OperatorRegistry.Default["Cast"].Bind(new CastParameters { DType = type }), input);

        internal NodeEntry Reshape(NodeEntry input, long[] shape)
        {
            string text = string.Join(",", shape.Select(extent => extent.ToString(CultureInfo.InvariantCulture)));
            var attributes = new Dictionary<string, string> { ["shape"] = $"({text},)" };
            return Call(OperatorRegistry.Default["Reshape"].Bind(attributes), input);
        }

        private NodeEntry Call(BoundOperator op, params NodeEntry[] inputs) =>
            new(new Node(op, $"{name}_folded", inputs), 0);
    }
}
