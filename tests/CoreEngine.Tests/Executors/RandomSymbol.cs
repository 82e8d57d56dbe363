using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Executors;

/// <summary>
/// A random computation on matrices: layers with parameters and states, sums, products, joins, splits and random
/// operators, results that are used again, and several results.
/// </summary>
internal sealed class RandomSymbol
{
    private const int Rows = 3;

    private readonly Random _random;
    private readonly List<(Symbol Value, int Columns)> _values = [];

    internal RandomSymbol(int seed, int calls = 14, bool useRandomOperators = true)
    {
        _random = new Random(seed);
        for (int i = 0; i < 2; i++)
        {
            int columns = _random.Next(2, 6);
            Shapes[$"x{i}"] = new Shape(Rows, columns);
            _values.Add((Symbol.Variable($"x{i}"), columns));
        }

        for (int i = 0; i < calls; i++)
        {
            Add($"n{i}", useRandomOperators);
        }

        int heads = _random.Next(1, 4);
        // Sometimes a result is a variable, or two results are one.
        Symbol = Symbol.Group([.. Enumerable.Range(0, heads).Select(i => i == 0 ? _values[^1].Value : Pick().Value)]);
        foreach (string unused in Shapes.Keys.Except(Symbol.ListArguments()).ToArray())
        {
            Shapes.Remove(unused);
        }
    }

    internal Symbol Symbol { get; }

    internal Dictionary<string, Shape> Shapes { get; } = [];

    /// <summary>Values for all variables: auxiliary states positive.</summary>
    internal NDArray[] Arrays(IReadOnlyList<Node> variables, Executor shapes)
    {
        return
        [
            .. variables.Select(node =>
            {
                NDArray like = shapes[node.Name];
                float[] values =
                [
                    .. Enumerable.Range(0, (int)like.Size).Select(_ => (float)((_random.NextDouble() * 1.5) + 0.25)),
                ];
                return NDArray.From(values, like.Shape);
            }),
        ];
    }

    private void Add(string name, bool useRandomOperators)
    {
        (Symbol x, int columns) = Pick();
        switch (_random.Next(useRandomOperators ? 11 : 10))
        {
            case 0:
                int hidden = _random.Next(2, 6);
                _values.Add((Symbol.Call("FullyConnected", [x], name, With("num_hidden", hidden)), hidden));
                break;
            case 1:
                string function = new[] { "relu", "tanh", "sigmoid", "softrelu" }[_random.Next(4)];
                _values.Add((Symbol.Call("Activation", [x], name, With("act_type", function)), columns));
                break;
            case 2:
                string unary = new[] { "square", "negative", "sin", "BlockGrad", "identity", "zeros_like" }[
                    _random.Next(6)
                ];
                _values.Add((Symbol.Call(unary, [x], name), columns));
                break;
            case 3 or 4:
                Symbol y = Like(columns);
                string binary = new[] { "elemwise_add", "elemwise_mul", "elemwise_sub" }[_random.Next(3)];
                _values.Add((Symbol.Call(binary, [x, y], name), columns));
                break;
            case 5:
                (Symbol other, int more) = Pick();
                _values.Add((Symbol.Call("Concat", [x, other], name, With("dim", 1)), columns + more));
                break;
            case 6:
                _values.Add((Symbol.Call("BatchNorm", [x], name, With("fix_gamma", _random.Next(2) == 0)), columns));
                break;
            case 7:
                Symbol parts = Symbol.Call("SliceChannel", [Even(x, ref columns)], name, With("num_outputs", 2));
                _values.Add((parts[0], columns / 2));
                _values.Add((parts[1], columns / 2));
                break;
            case 8:
                _values.Add((Symbol.Call("softmax", [x], name), columns));
                break;
            case 9:
                Symbol mean = Symbol.Call(
                    "mean",
                    [x],
                    name + "_mean",
                    new Dictionary<string, string> { ["axis"] = "0", ["keepdims"] = "True" }
                );
                _values.Add((Symbol.Call("broadcast_sub", [x, mean], name), columns));
                break;
            default:
                _values.Add((Symbol.Call("Dropout", [x], name, With("p", 0.5)), columns));
                break;
        }
    }

    private static Symbol Even(Symbol x, ref int columns)
    {
        if (columns % 2 == 0)
            return x;
        columns *= 2;
        return Symbol.Call("Concat", [x, x], name: null, With("dim", 1));
    }

    private Symbol Like(int columns)
    {
        (Symbol Value, int Columns)[] fitting = [.. _values.Where(value => value.Columns == columns)];
        return fitting[_random.Next(fitting.Length)].Value;
    }

    private (Symbol Value, int Columns) Pick() => _values[_random.Next(_values.Count)];

    private static Dictionary<string, string> With(string key, object value) =>
        new() { [key] = FormattableString.Invariant($"{value}") };
}
