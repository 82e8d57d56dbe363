using System.Globalization;
using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

public sealed partial class Symbol
{
    /// <summary>
    /// The computation of an array that autograd recorded, as a symbol: what was marked or given from outside are
    /// variables <c>var0</c>, <c>var1</c> ... in the order in which the graph runs.
    /// </summary>
    /// <exception cref="EngineException">The array was not recorded, or a backward pass has let go of the record.</exception>
    public static Symbol FromRecorded(NDArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Entry is not { } head || (head.Node as TapeNode)?.IsReleased == true)
        {
            throw new EngineException(
                $"FromRecorded: {array} is no recorded result. Compute it inside Autograd.Record() from a marked "
                    + "variable, and keep the record with retainGraph: true if Backward runs before."
            );
        }

        var made = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        int variables = 0;
        using var names = new NameScope();
        foreach (Node node in new Graph([head]).Nodes)
        {
            NodeEntry[] inputs = [.. node.Inputs.Select(input => input with { Node = made[input.Node] })];
            made[node] = node.Operator is { } op
                ? new Node(Sparing(op), NameScope.NameOf(null, op.Name), inputs)
                : new Node(null, string.Create(CultureInfo.InvariantCulture, $"var{variables++}"), inputs);
        }

        return new Symbol(head with { Node = made[head.Node] });
    }

    /// <summary>The operator with only those attributes that differ from their defaults, as a user would write it.</summary>
    private static BoundOperator Sparing(BoundOperator op) =>
        Composition.IsRegistered(op)
            ? Composition.Bind(op.Definition, Composition.WithoutDefaults(op.Definition, op.Attributes)).Operator
            : op;
}
