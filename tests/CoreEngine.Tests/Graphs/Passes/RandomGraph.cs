using System.Globalization;
using CoreEngine.Graphs;
using CoreEngine.Operators;
using static CoreEngine.Tests.Graphs.Passes.NodeBuilder;

namespace CoreEngine.Tests.Graphs.Passes;

/// <summary>A graph of point-wise, broadcasting, reducing and layer-like calls, drawn at random, with its variables' arrays.</summary>
internal sealed class RandomGraph
{
    private static readonly string[] s_unary = ["tanh", "sigmoid", "relu", "square", "abs", "negative", "_copy"];
    private static readonly string[] s_binary = ["elemwise_add", "elemwise_sub", "elemwise_mul", "_maximum"];
    private static readonly string[] s_broadcast = ["broadcast_add", "broadcast_mul", "broadcast_minimum"];
    private static readonly string[] s_scalar = ["_plus_scalar", "_mul_scalar", "_rminus_scalar", "_greater_scalar"];
    private static readonly Shape s_full = new(5, 8);
    private static readonly Shape[] s_small = [new(1), new(8), new(5, 1), new(1, 8)];

    private readonly Random _random;
    private readonly List<(NodeEntry Entry, Shape Shape)> _entries = [];
    private readonly Dictionary<Node, NDArray> _variables = new(ReferenceEqualityComparer.Instance);
    private readonly List<Node> _trained = [];

    internal RandomGraph(int seed, int calls)
    {
        _random = new Random(seed);
        for (int i = 0; i < 3; i++)
        {
            _trained.Add(NewVariable(s_full).Node);
        }

        while (calls-- > 0)
        {
            Append();
        }

        List<NodeEntry> heads = [_entries[^1].Entry];
        for (int i = _random.Next(3); i > 0; i--)
        {
            NodeEntry head = _entries[_random.Next(_entries.Count)].Entry;
            if (!head.Node.IsVariable && !heads.Contains(head))
                heads.Add(head);
        }

        Graph = new Graph([.. heads]);
        _trained.RemoveAll(variable => !Graph.Contains(variable));
    }

    internal Graph Graph { get; }

    /// <summary>The arrays of the variables.</summary>
    internal IReadOnlyDictionary<Node, NDArray> Variables => _variables;

    /// <summary>Computation and gradients; the variables that stand for the heads' gradients get arrays too.</summary>
    internal TrainingGraph Train(Func<Node, bool>? recompute)
    {
        TrainingGraph training = TrainingGraph.Of(Graph, _trained, recompute);
        for (int i = 0; i < Graph.Heads.Count; i++)
        {
            Shape shape = _entries.First(entry => entry.Entry == Graph.Heads[i]).Shape;
            if (training.HeadGradients[i] is { } node)
                _variables[node] = NewArray(shape);
        }

        return training;
    }

    /// <summary>Copies of the arrays, for a run that may change them.</summary>
    internal Dictionary<Node, NDArray> CopyVariables() =>
        new(
            _variables.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Copy())),
            ReferenceEqualityComparer.Instance
        );

    private NDArray NewArray(Shape shape)
    {
        float[] values = new float[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((_random.NextDouble() * 2) - 1);
        }

        return NDArray.From(values, shape);
    }

    private NodeEntry NewVariable(Shape shape, NDArray? value = null)
    {
        NodeEntry variable = Variable($"v{_variables.Count}");
        _variables.Add(variable.Node, value ?? NewArray(shape));
        _entries.Add((variable, shape));
        return variable;
    }

    private NodeEntry Pick() => Pick(shape => shape == s_full);

    private NodeEntry Pick(Predicate<Shape> fits)
    {
        List<(NodeEntry Entry, Shape Shape)> candidates = _entries.FindAll(entry => fits(entry.Shape));
        int recent = _random.Next(2) == 0 ? Math.Max(0, candidates.Count - 4) : 0;
        return candidates[_random.Next(recent, candidates.Count)].Entry;
    }

    private string Pick(string[] names) => names[_random.Next(names.Length)];

    private void Append()
    {
        switch (_random.Next(17))
        {
            case 0 or 1 or 2:
                Add(s_full, Call(Pick(s_unary), "", Pick()));
                break;
            case 3 or 4 or 5:
                Add(s_full, Call(Pick(s_binary), "", Pick(), Pick()));
                break;
            case 6:
                string number = (_random.Next(-4, 5) / 4.0).ToString(CultureInfo.InvariantCulture);
                Add(s_full, Call(Pick(s_scalar), $"scalar={number}", Pick()));
                break;
            case 7:
                Shape small = s_small[_random.Next(s_small.Length)];
                if (!_entries.Exists(entry => entry.Shape == small))
                    NewVariable(small);
                Add(s_full, Call(Pick(s_broadcast), "", Pick(), Pick(shape => shape == small)));
                break;
            case 8:
                string axis = _random.Next(2) == 0 ? "0" : "1";
                Add(axis == "0" ? new Shape(1, 8) : new Shape(5, 1), Call("sum", $"axis={axis} keepdims=True", Pick()));
                break;
            case 9:
                Add(s_full, Call("FullyConnected", "num_hidden=8 no_bias=True", Pick(), NewVariable(new Shape(8, 8))));
                break;
            case 10:
                NodeEntry halves = Call("SliceChannel", "num_outputs=2 axis=1", Pick());
                Add(s_full, Call("Concat", "num_args=2 dim=1", halves.Output(1), halves));
                break;
            case 11:
                NodeEntry wide = Call("Cast", "dtype=float64", Pick());
                Add(s_full, Call("Cast", "dtype=float32", Call("tanh", "", wide)));
                break;
            case 12 or 14 or 15:
                Again();
                break;
            case 13:
                NodeEntry[] moments = [.. Enumerable.Range(0, 3).Select(_ => NewVariable(new Shape(8)))];
                NodeEntry variance = NewVariable(new Shape(8), NDArray.Ones(new Shape(8)));
                string fixGamma = _random.Next(2) == 0 ? "True" : "False";
                Add(s_full, Call("BatchNorm", $"fix_gamma={fixGamma}", [Pick(), .. moments, variance]));
                break;
            default:
                Add(s_full, Call("Reshape", "shape=(5,8)", Call("BlockGrad", "", Pick())));
                break;
        }
    }

    /// <summary>A call that was made before, and both results together.</summary>
    private void Again()
    {
        NodeEntry entry = Pick();
        if (entry.Node.Operator is not { MutableInputs.Length: 0 } op)
            return;
        var again = new NodeEntry(new Node(op, "again", [.. entry.Node.Inputs]), entry.Index);
        Add(s_full, Call("elemwise_mul", "", entry, again));
    }

    private void Add(Shape shape, NodeEntry entry) => _entries.Add((entry, shape));
}
