using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// One step of a computation: a call of an operator on the results of other nodes, or a variable when there is no
/// operator. Symbols, the autograd tape and cached graphs are all made of these.
/// </summary>
public class Node
{
    /// <summary>A call of an operator.</summary>
    public Node(BoundOperator? op, string name, NodeEntry[] inputs)
    {
        Operator = op;
        Name = name;
        Inputs = inputs;
    }

    /// <summary>The operator; null for a variable.</summary>
    public BoundOperator? Operator { get; }

    /// <summary>The node's name.</summary>
    public string Name { get; }

    /// <summary>Where the inputs come from, in order.</summary>
    public IReadOnlyList<NodeEntry> Inputs { get; private protected set; }

    /// <summary>True when this node is a variable.</summary>
    public bool IsVariable => Operator is null;

    /// <inheritdoc/>
    public override string ToString() => IsVariable ? Name : $"{Name} = {Operator}";
}
