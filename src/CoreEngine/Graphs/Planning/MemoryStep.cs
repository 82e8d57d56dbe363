using CoreEngine.Operators;

namespace CoreEngine.Graphs.Planning;

/// <summary>One call of an operator as the planner of memory sees it: what it reads and writes.</summary>
public sealed class MemoryStep
{
    private static readonly OperatorDef s_sum = OperatorRegistry.Default["add_n"];

    /// <summary>Numbers of the entries that are read, in argument order.</summary>
    public required int[] Inputs { get; init; }

    /// <summary>Numbers of the entries that are written, in order. Every entry is written by one step at most.</summary>
    public required int[] Outputs { get; init; }

    /// <summary>Places of inputs whose values are not read: they need not be there any more, or at all.</summary>
    public int[] ShapeOnlyInputs { get; init; } = [];

    /// <summary>Places of inputs and outputs that may be one and the same memory.</summary>
    public (int Input, int Output)[] Inplace { get; init; } = [];

    /// <summary>Places of the inputs that are also written: states.</summary>
    public int[] MutableInputs { get; init; } = [];

    /// <summary>Earlier steps that must be over before this one, although it reads nothing from them.</summary>
    public int[] After { get; init; } = [];

    /// <summary>
    /// True when the one output is the sum of all inputs: these may then be added up in one place as they are computed.
    /// </summary>
    public bool IsSum { get; init; }

    /// <summary>True when the step cannot add to what is in the place of an output.</summary>
    public bool IgnoresAdd { get; init; }

    /// <summary>True when the step reads the values of an input.</summary>
    internal bool Reads(int input) => Array.IndexOf(ShapeOnlyInputs, input) < 0;

    /// <summary>The steps of a graph: its calls in order, with the numbers that its entries have there.</summary>
    public static MemoryStep[] Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var steps = new List<MemoryStep>();
        int[] stepOf = new int[graph.Nodes.Count];
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            stepOf[i] = node.IsVariable ? -1 : steps.Count;
            if (node.Operator is not { } op)
                continue;
            steps.Add(
                new MemoryStep
                {
                    Inputs = [.. node.Inputs.Select(graph.NumberOf)],
                    ShapeOnlyInputs = op.ShapeOnlyInputs,
                    Outputs = [.. Enumerable.Range(graph.FirstEntryOf(i), node.OutputCount)],
                    Inplace = op.Inplace,
                    MutableInputs = op.MutableInputs,
                    After =
                    [
                        .. node
                            .ControlDependencies.Select(earlier => stepOf[graph.IndexOf(earlier)])
                            .Where(step => step >= 0),
                    ],
                    IsSum = op.Definition == s_sum,
                    IgnoresAdd = op.IgnoresAdd,
                }
            );
        }

        return [.. steps];
    }
}
