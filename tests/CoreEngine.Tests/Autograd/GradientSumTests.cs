using CoreEngine.Operators;

namespace CoreEngine.Tests.Differentiation;

/// <summary>
/// Loss layers overwrite where their gradient is to be added, as those of MXNet do; a sum of gradients in which theirs is
/// one part is right all the same, wherever it stands.
/// </summary>
[TestClass]
public sealed class GradientSumTests : EngineTestBase
{
    private static readonly float[] s_data = [0.1f, 0.2f, 0.3f, 0.5f, 0.1f, -0.3f];

    /// <summary>The loss layer with its attributes, and the place of its call among the others.</summary>
    public static IEnumerable<object[]> Layers =>
        from layer in new[] { "SoftmaxOutput", "SVMOutput", "LinearRegressionOutput", "BatchNorm" }
        from place in Enumerable.Range(0, 3)
        select new object[] { layer, place };

    [TestMethod]
    [DynamicData(nameof(Layers))]
    public void Calls_made_one_by_one_add_up(string layer, int place)
    {
        NDArray x = Data();
        x.AttachGradient();
        NDArray[] heads;
        using (Autograd.Record())
        {
            heads = Heads(place, () => Imperative.Invoke(layer, Inputs(layer, x), Attributes(layer))[0], f => x * f);
        }

        Autograd.Backward(heads);
        Check(layer, x.Gradient!);
    }

    [TestMethod]
    [DynamicData(nameof(Layers))]
    public void Graphs_add_up(string layer, int place)
    {
        Symbol graph = Graph(layer, place);
        using Executor executor = Executor.SimpleBind(graph, new Dictionary<string, Shape> { ["x"] = new(2, 3) });
        Data().CopyTo(executor["x"]);
        NDArray[] others = Inputs(layer, executor["x"]);
        foreach ((string name, NDArray value) in Others(graph).Zip(others[1..]))
        {
            value.CopyTo(executor[name]);
        }

        executor.Forward(isTraining: true);
        executor.Backward([.. executor.Outputs.Select(_ => NDArray.Full(new Shape(2, 3), 1, DType.Float32))]);
        Check(layer, executor.GradientOf("x")!);
    }

    [TestMethod]
    [DynamicData(nameof(Layers))]
    public void Cached_operators_add_up(string layer, int place)
    {
        NDArray x = Data();
        x.AttachGradient();
        var cached = new CachedOp(Graph(layer, place));
        NDArray[] inputs = Inputs(layer, x);
        NDArray[] heads;
        using (Autograd.Record())
        {
            heads = [.. cached.Invoke(inputs), x * 7];
        }

        Autograd.Backward(heads);
        Check(layer, x.Gradient!, 7);
    }

    private static Symbol Graph(string layer, int place)
    {
        Symbol x = Symbol.Variable("x");
        return Symbol.Group(
            Heads(place, () => Symbol.Call(layer, [x], "layer", Attributes(layer)), factor => x * factor)
        );
    }

    private static string[] Others(Symbol graph) => [.. graph.ListInputs().Where(name => name != "x")];

    /// <summary>The layer among other users of its data.</summary>
    private static T[] Heads<T>(int place, Func<T> layer, Func<double, T> scaled) =>
        [
            .. Enumerable
                .Range(0, 3)
                .Select(i => i == place ? layer() : scaled(i == 0 || (i == 1 && place == 0) ? 3 : 5)),
        ];

    private static NDArray Data() => NDArray.From(s_data, new Shape(2, 3));

    private static NDArray[] Inputs(string layer, NDArray x) =>
        layer switch
        {
            "BatchNorm" => [x, Full(1), Full(0), Full(0), Full(3)],
            "LinearRegressionOutput" => [x, NDArray.Full(new Shape(2, 3), 0.5, DType.Float32)],
            _ => [x, NDArray.From(new float[] { 0, 1 }, new Shape(2))],
        };

    private static NDArray Full(double value) => NDArray.Full(new Shape(3), value, DType.Float32);

    private static Dictionary<string, string> Attributes(string layer) =>
        layer == "BatchNorm" ? new() { ["use_global_stats"] = "True", ["eps"] = "1" } : [];

    /// <summary>The layer's own gradient, from its definition, and the factors of the others.</summary>
    private static void Check(string layer, NDArray found, double further = 0)
    {
        float[] gradient = found.ToArray<float>();
        for (int i = 0; i < gradient.Length; i++)
        {
            int hit = i / 3 == 0 ? 0 : 1;
            double[] row = [.. s_data.Skip(i / 3 * 3).Take(3).Select(value => (double)value)];
            double own = layer switch
            {
                "SoftmaxOutput" => (Math.Exp(row[i % 3]) / row.Sum(Math.Exp)) - (i % 3 == hit ? 1 : 0),
                "SVMOutput" => i % 3 == hit ? -2 * (1 - row[i % 3]) : 2 * (1 + row[i % 3]),
                "LinearRegressionOutput" => (row[i % 3] - 0.5) / 3,
                _ => 0.5,
            };
            Assert.AreEqual(own + 8 + further, gradient[i], 1e-5, $"{layer} at {i}");
        }
    }
}
