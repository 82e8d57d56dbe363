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
            GradientPass.Add(gradients, entry, ToEntry(gradient));
    }

    /// <summary>A result of the forward computation, or of the call that repeats it.</summary>
    private Value ToKept(NodeEntry entry) => new(repeated.GetValueOrDefault(entry.Node, entry.Node), entry.Index);

    private static Value ToValue(NodeEntry entry) => new(entry.Node, entry.Index);

    private static NodeEntry ToEntry(Value value) => new((Node)value.Node!, value.Index);
}
