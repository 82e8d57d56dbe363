using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>Lets an operator's gradient rule append nodes to a graph.</summary>
internal sealed class NodeGradientContext(
    Node node,
    Dictionary<NodeEntry, List<NodeEntry>> gradients,
    HashSet<Node> relevant,
    Dictionary<Node, Node> repeated,
    bool differentiable
) : GradientContext
{
    private readonly List<(NodeEntry Input, NodeEntry Gradient)> _found = [];
    private bool _looked;

    public override BoundOperator Operator => node.Operator!;

    public override int InputCount => node.Inputs.Count;

    internal bool HasAnyOutputGradient
    {
        get
        {
            for (int i = 0; i < Operator.OutputCount; i++)
            {
                if (HasOutputGradient(i))
                    return true;
            }

            return false;
        }
    }

    internal void Apply()
    {
        OperatorDef definition = Operator.Definition;
        GradientRule? rule = differentiable ? definition.ComposedGradient ?? definition.Gradient : definition.Gradient;
        if (rule is null)
        {
            throw new OperatorException(
                definition.Name,
                "this operator has no gradient. Keep it off the path from the loss to the variables, or block the "
                    + "gradient with BlockGrad."
            );
        }

        rule(this);
        // Element by element, and out of zeros: the rule's own answer would be zeros, too, at the price of keeping
        // what it reads. Rules that did not look are those of losses, whose gradients come from nowhere.
        bool isZero = _looked && Operator.Pointwise != Pointwise.Never && HasOnlyZeroGradients;
        foreach ((NodeEntry input, NodeEntry gradient) in _found)
        {
            GradientPass.Add(gradients, input, isZero ? ToEntry(Call("zeros_like", ToKept(input))) : gradient);
        }
    }

    private bool HasOnlyZeroGradients
    {
        get
        {
            for (int i = 0; i < Operator.OutputCount; i++)
            {
                if (
                    gradients.TryGetValue(new NodeEntry(node, i), out List<NodeEntry>? parts)
                    && !parts.TrueForAll(GradientPass.IsZero)
                )
                    return false;
            }

            return true;
        }
    }

    public override Value Input(int index) => ToKept(node.Inputs[index]);

    public override Value Output(int index) =>
        // Hidden outputs are notes for the gradient, and small.
        index < node.VisibleOutputCount
            ? ToKept(new NodeEntry(node, index))
            : new Value(node, index);

    public override bool HasOutputGradient(int index) => gradients.ContainsKey(new NodeEntry(node, index));

    public override Value OutputGradient(int index)
    {
        _looked = true;
        var output = new NodeEntry(node, index);
        return gradients.ContainsKey(output)
            ? ToValue(GradientPass.Sum(gradients, output))
            : Call("zeros_like", ToKept(output));
    }

    public override Value Call(BoundOperator op, params ReadOnlySpan<Value> inputs)
    {
        var entries = new NodeEntry[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            entries[i] = ToEntry(inputs[i]);
        }

        return new Value(new Node(op, $"{node.Name}_backward", entries, GradientPass.GroupOf(node)), 0);
    }

    public override void Set(int input, Value gradient)
    {
        NodeEntry entry = node.Inputs[input];
        if (!gradient.IsNone && relevant.Contains(entry.Node))
            _found.Add((entry, ToEntry(gradient)));
    }

    /// <summary>A result of the forward computation, or of the call that repeats it.</summary>
    private Value ToKept(NodeEntry entry) => new(repeated.GetValueOrDefault(entry.Node, entry.Node), entry.Index);

    private static Value ToValue(NodeEntry entry) => new(entry.Node, entry.Index);

    private static NodeEntry ToEntry(Value value) => new((Node)value.Node!, value.Index);
}
