using System.Globalization;
using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Graph → graph, for inference: a convolution, an addition that follows it and a rectifier after that become one
/// <c>_contrib_fused_convolution</c>. Constant weights are brought into the order of the kernels, by a call that
/// <see cref="ConstantFolding"/> makes once.
/// </summary>
/// <remarks>
/// Bias and sum are added in another order than by the single calls, and products may be computed by another algorithm:
/// relative to the sum of absolute products, the results differ by a few units in the last place.
/// </remarks>
public static class ConvolutionFusion
{
    /// <summary>Fuses what can be fused; a graph that is run in training mode stays as it is.</summary>
    /// <param name="graph">The graph with its shapes and types.</param>
    /// <param name="context">How the graph will be run, and on which constants.</param>
    public static Graph Apply(InferredGraph graph, PassContext context)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(context);
        if (context.IsTraining)
            return graph.Graph;
        Dictionary<Node, Chain> chains = FindChains(graph, context);
        var copies = new Dictionary<Node, NodeEntry[]>(ReferenceEqualityComparer.Instance);
        return graph.Graph.Rewrite(
            (node, inputs) =>
            {
                copies.Add(node, inputs);
                return chains.TryGetValue(node, out Chain? chain) ? [Fuse(chain, graph, context, copies)] : null;
            }
        );
    }

    /// <summary>For each last call of a chain the chain.</summary>
    private static Dictionary<Node, Chain> FindChains(InferredGraph graph, PassContext context)
    {
        var chains = new Dictionary<Node, Chain>(ReferenceEqualityComparer.Instance);
        var uses = new GraphUses(graph.Graph);
        // Where two convolutions are added, one of them becomes the other's residual.
        var sums = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Graph.Nodes)
        {
            if (node.Operator?.Name is not ("Convolution" or "Convolution_v1") || node.ControlDependencies.Count > 0)
                continue;
            var chain = new Chain(node);
            Node? next = NextOf(chain.Last, uses);
            if (next is not null && ResidualOf(next, chain.Last, graph) is { } place && sums.Add(next))
            {
                (chain.Sum, chain.Residual, chain.Last) = (next, place, next);
                next = NextOf(chain.Last, uses);
            }

            if (next is not null && RectifierOf(next) is { } rectifier)
                (chain.Rectifier, chain.Last) = (rectifier, next);
            if (chain.Last != node || context.Constants.ContainsKey(node.Inputs[1].Node))
                chains.Add(chain.Last, chain);
        }

        return chains;
    }

    private static Node? NextOf(Node node, GraphUses uses)
    {
        Node? next = uses.OnlyTakerOf(new NodeEntry(node, 0));
        return
            next is null
            || uses.IsAwaited(node)
            || next.ControlDependencies.Count > 0
            || !NodeTraits.SamePlace(node, next)
            ? null
            : next;
    }

    /// <summary>Which input of an addition is added to a convolution's result; null for other calls.</summary>
    private static int? ResidualOf(Node sum, Node before, InferredGraph graph)
    {
        if (sum.Operator?.Name is not ("elemwise_add" or "broadcast_add") || sum.Inputs[0] == sum.Inputs[1])
            return null;
        int residual = sum.Inputs[0].Node == before ? 1 : 0;
        bool agree = graph.ShapeOf(sum.Inputs[0]) == graph.ShapeOf(sum.Inputs[1]);
        bool isDense = graph.StorageOf(sum.Inputs[residual]) == StorageType.Default;
        return agree && isDense ? residual : null;
    }

    /// <summary>The attributes that make the fused convolution do what a rectifier does; null for other calls.</summary>
    private static (string Type, double Limit)? RectifierOf(Node node) =>
        node.Operator!.Name switch
        {
            "relu" => ("relu", 0),
            "Activation" when node.Operator.Parameters<ActivationParameters>().Function == ActivationFunction.Relu => (
                "relu",
                0
            ),
            "clip" when node.Operator.Parameters<ClipParameters>() is { Min: 0, Max: >= 0 } p => (
                "clipped_relu",
                p.Max
            ),
            _ => null,
        };

    private static NodeEntry Fuse(
        Chain chain,
        InferredGraph graph,
        PassContext context,
        Dictionary<Node, NodeEntry[]> copies
    )
    {
        Node convolution = chain.Convolution;
        List<NodeEntry> inputs = [.. copies[convolution]];
        var attributes = new Dictionary<string, string>(convolution.Operator!.Attributes, StringComparer.Ordinal);
        if (chain.Rectifier is { } rectifier)
        {
            attributes["act_type"] = rectifier.Type;
            attributes["act_limit"] = rectifier.Limit.ToString("R", CultureInfo.InvariantCulture);
        }

        if (context.Constants.ContainsKey(convolution.Inputs[1].Node))
        {
            attributes["weight_layout"] = "prepared";
            inputs[1] = Prepare(convolution, inputs[1], graph.ShapeOf(convolution.Inputs[0]));
        }

        if (chain.Sum is { } sum)
        {
            attributes["with_residual"] = "True";
            inputs.Add(copies[sum][chain.Residual]);
        }

        BoundOperator fused = OperatorRegistry.Default["_contrib_fused_convolution"].Bind(attributes);
        return new NodeEntry(new Node(fused, chain.Last.Name, [.. inputs], chain.Last.Annotations), 0);
    }

    private static NodeEntry Prepare(Node convolution, NodeEntry weight, Shape data)
    {
        var attributes = new Dictionary<string, string>(convolution.Operator!.Attributes, StringComparer.Ordinal)
        {
            ["data_size"] = new Shape(data.Dims[2..]).ToString(),
        };
        BoundOperator prepare = OperatorRegistry.Default["_contrib_prepare_convolution_weight"].Bind(attributes);
        return new NodeEntry(new Node(prepare, $"{weight.Node.Name}_prepared", [weight], convolution.Annotations), 0);
    }

    /// <summary>A convolution and the calls that become part of it.</summary>
    private sealed class Chain(Node convolution)
    {
        internal Node Convolution { get; } = convolution;

        internal Node Last { get; set; } = convolution;

        internal Node? Sum { get; set; }

        internal int Residual { get; set; }

        internal (string Type, double Limit)? Rectifier { get; set; }
    }
}
