using CoreEngine.Graphs;
using static CoreEngine.Tests.Graphs.Passes.NodeBuilder;

namespace CoreEngine.Tests.Graphs.Passes;

/// <summary>
/// Layers with constant parameters that became part of each other give what the single layers give, within the rounding of
/// sums in another order.
/// </summary>
[TestClass]
public sealed class InferencePassesTests : EngineTestBase
{
    private readonly Dictionary<Node, NDArray> _constants = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, NDArray> _data = new(ReferenceEqualityComparer.Instance);
    private readonly Random _random = new(3);
    private DType _type = DType.Float32;

    private NodeEntry Data(params ReadOnlySpan<long> shape) => Fill(_data, new Shape(shape), -1, 1, _type);

    private NodeEntry Constant(params ReadOnlySpan<long> shape) => Fill(_constants, new Shape(shape), -1, 1, _type);

    private NodeEntry Fill(Dictionary<Node, NDArray> to, Shape shape, double low, double high, DType type)
    {
        double[] values = new double[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = low + ((high - low) * _random.NextDouble());
        }

        NodeEntry variable = Variable($"v{_constants.Count + _data.Count}");
        to.Add(variable.Node, NDArray.From(values, shape).AsType(type));
        return variable;
    }

    private NodeEntry Norm(NodeEntry x, long channels, string attributes)
    {
        DType type = _type == DType.Float16 ? DType.Float32 : _type;
        NodeEntry[] parameters =
        [
            .. Enumerable.Range(0, 3).Select(_ => Fill(_constants, new Shape(channels), -1, 1, type)),
            Fill(_constants, new Shape(channels), 0.25, 2, type),
        ];
        return Call("BatchNorm", attributes, [x, .. parameters]);
    }

    private Graph Optimized(Graph graph, double tolerance, GraphPasses passes = GraphPasses.All)
    {
        PassContext context = Context(_data) with { Constants = _constants };
        OptimizedGraph optimized = GraphOptimizer.Apply(graph, context, passes);
        var all = new Dictionary<Node, NDArray>(_data.Concat(_constants), ReferenceEqualityComparer.Instance);
        NDArray[] expected = GraphEvaluation.Run(graph, all);
        foreach ((Node node, NDArray value) in optimized.Constants)
        {
            all.TryAdd(node, value);
        }

        NDArray[] actual = GraphEvaluation.Run(optimized.Graph, all);
        for (int i = 0; i < expected.Length; i++)
        {
            double[] right = expected[i].AsType(DType.Float64).ToArray<double>();
            double[] values = actual[i].AsType(DType.Float64).ToArray<double>();
            double scale = Math.Max(1, right.Max(Math.Abs));
            for (int j = 0; j < right.Length; j++)
            {
                Assert.AreEqual(right[j], values[j], tolerance * scale, $"head {i}, element {j}");
            }
        }

        return optimized.Graph;
    }

    [TestMethod]
    [DataRow(DType.Float32, 1e-5)]
    [DataRow(DType.Float64, 1e-13)]
    [DataRow(DType.Float16, 1e-2)]
    public void NormalisationBecomesPartOfTheLayerBefore(DType type, double tolerance)
    {
        using var scope = new ArrayScope();
        _type = type;
        NodeEntry x = Data(2, 4, 9, 8);
        NodeEntry plain = Call("Convolution", "kernel=(3,3) num_filter=6 no_bias=True", x, Constant(6, 4, 3, 3));
        NodeEntry biased = Call(
            "Convolution",
            "kernel=(3,3) num_filter=6 num_group=2 stride=(2,2)",
            x,
            Constant(6, 2, 3, 3),
            Constant(6)
        );
        NodeEntry turned = Call(
            "Deconvolution",
            "kernel=(2,2) num_filter=6 num_group=2 stride=(2,2)",
            x,
            Constant(4, 3, 2, 2)
        );
        NodeEntry dense = Call("FullyConnected", "num_hidden=5", x, Constant(5, 288), Constant(5));
        var graph = new Graph([
            Norm(plain, 6, "fix_gamma=False"),
            Norm(biased, 6, "fix_gamma=True eps=0.01"),
            Norm(turned, 6, "fix_gamma=False"),
            Norm(dense, 5, "fix_gamma=False"),
        ]);
        const GraphPasses Folding = GraphPasses.BatchNormFolding | GraphPasses.ConstantFolding;
        Graph folded = Optimized(graph, tolerance, Folding);
        CollectionAssert.AreEqual(
            (string[])["Convolution", "Convolution", "Deconvolution", "FullyConnected"],
            OperatorsOf(folded)
        );
    }

    [TestMethod]
    public void NormalisationStaysWhereItCannotBeFolded()
    {
        using var scope = new ArrayScope();
        NodeEntry x = Data(2, 4, 5, 5);
        NodeEntry shared = Call("Convolution", "kernel=(1,1) num_filter=3", x, Constant(3, 4, 1, 1), Constant(3));
        NodeEntry fed = Call("Convolution", "kernel=(1,1) num_filter=3 no_bias=True", x, Data(3, 4, 1, 1));
        NodeEntry last = Call("Convolution", "kernel=(1,1) num_filter=3 no_bias=True", x, Constant(3, 4, 1, 1));
        var graph = new Graph([
            Norm(shared, 3, "fix_gamma=False"),
            shared,
            Norm(fed, 3, "fix_gamma=False"),
            Norm(last, 5, "fix_gamma=False axis=-1"),
            Norm(Call("relu", "", x), 4, "fix_gamma=False"),
        ]);
        Graph folded = Optimized(graph, 0, GraphPasses.BatchNormFolding | GraphPasses.ConstantFolding);
        Assert.AreEqual(4, OperatorsOf(folded).Count(name => name == "BatchNorm"));

        PassContext training = Context(_data) with { Constants = _constants, IsTraining = true };
        var one = new Graph([Norm(last, 3, "fix_gamma=False")]);
        Assert.AreSame(one, BatchNormFolding.Apply(training.Infer(one), training));
    }

    [TestMethod]
    [DataRow(DType.Float32, 1e-5)]
    [DataRow(DType.Float64, 1e-13)]
    [DataRow(DType.Float16, 1e-2)]
    public void AResidualBlockBecomesTwoCalls(DType type, double tolerance)
    {
        using var scope = new ArrayScope();
        _type = type;
        const string Window = "kernel=(3,3) pad=(1,1) num_filter=8 no_bias=True";
        NodeEntry x = Data(2, 8, 10, 9);
        NodeEntry y = Call("Convolution", Window, x, Constant(8, 8, 3, 3));
        y = Call("Activation", "act_type=relu", Norm(y, 8, "fix_gamma=False"));
        y = Norm(Call("Convolution", Window, y, Constant(8, 8, 3, 3)), 8, "fix_gamma=False");
        var graph = new Graph([Call("relu", "", Call("elemwise_add", "", x, y))]);
        Graph optimized = Optimized(graph, tolerance);
        string[] operators = OperatorsOf(optimized);
        CollectionAssert.AreEqual((string[])["_contrib_fused_convolution", "_contrib_fused_convolution"], operators);
        Node last = optimized.Heads[0].Node;
        Assert.AreEqual("True", last.Attribute("with_residual"));
        Assert.AreEqual("relu", last.Attribute("act_type"));
        Assert.AreEqual("prepared", last.Attribute("weight_layout"));
    }

    [TestMethod]
    [DataRow(64, 14)]
    [DataRow(128, 28)]
    [DataRow(256, 7)]
    public void WeightsArePreparedOnceHoweverMuchTheyGrow(int filters, int size)
    {
        using var scope = new ArrayScope();
        NodeEntry x = Data(1, filters, size, size);
        NodeEntry y = Call(
            "Convolution",
            $"kernel=(3,3) pad=(1,1) num_filter={filters} no_bias=True",
            x,
            Constant(filters, filters, 3, 3)
        );
        Graph optimized = Optimized(new Graph([Call("relu", "", y)]), 1e-4);
        CollectionAssert.AreEqual((string[])["_contrib_fused_convolution"], OperatorsOf(optimized));
    }

    [TestMethod]
    public void ConvolutionsAreFusedWithWhatFollowsThem()
    {
        using var scope = new ArrayScope();
        NodeEntry x = Data(1, 3, 7, 7);
        NodeEntry Convolve() => Call("Convolution", "kernel=(3,3) num_filter=4", x, Constant(4, 3, 3, 3), Constant(4));
        NodeEntry fed = Call("Convolution", "kernel=(3,3) num_filter=4 no_bias=True", x, Data(4, 3, 3, 3));
        var graph = new Graph([
            Call("clip", "a_min=0 a_max=1", Convolve()),
            Call("relu", "", Call("broadcast_add", "", Convolve(), Convolve())),
            Call("tanh", "", Call("elemwise_add", "", Convolve(), Data(1, 4, 5, 5))),
            Call("relu", "", fed),
            Convolve(),
        ]);
        Graph optimized = Optimized(graph, 1e-5, GraphPasses.ConvolutionFusion | GraphPasses.ConstantFolding);
        string[] operators = OperatorsOf(optimized);
        Assert.AreEqual(6, operators.Count(name => name == "_contrib_fused_convolution"));
        Assert.AreEqual(1, operators.Count(name => name == "tanh"));
        Assert.HasCount(7, operators);
        Assert.AreEqual("clipped_relu", optimized.Heads[0].Node.Attribute("act_type"));
        Assert.IsNull(optimized.Heads[3].Node.Attribute("weight_layout"));
    }

    [TestMethod]
    public void ASumOfTwoConvolutionsOfTheSameTakesNeitherTwice()
    {
        using var scope = new ArrayScope();
        NodeEntry x = Data(1, 3, 5, 5);
        NodeEntry one = Call("Convolution", "kernel=(1,1) num_filter=3 no_bias=True", x, Constant(3, 3, 1, 1));
        var graph = new Graph([Call("elemwise_add", "", one, one), Call("relu", "", x)]);
        Graph optimized = Optimized(graph, 1e-5);
        CollectionAssert.Contains(OperatorsOf(optimized), "elemwise_add");
    }

    [TestMethod]
    public void ResNet18BecomesFusedConvolutions()
    {
        Graph graph = ResNet18.Build();
        NodeEntry scores = graph.Heads[0].Node.Inputs[0];
        graph = new Graph([Call("softmax", "", scores)]);
        using var scope = new ArrayScope();
        Node data = graph.Arguments.First(node => node.Name == "data");
        Shape[] shapes = GraphInference.Shapes(graph, new Dictionary<Node, Shape> { [data] = new(1, 3, 64, 64) });
        foreach (Node node in graph.Nodes.Where(node => node.IsVariable))
        {
            Shape shape = shapes[graph.NumberOf(new NodeEntry(node, 0))];
            bool isPositive = node.Name.EndsWith("_var", StringComparison.Ordinal);
            double size = Math.Sqrt(6.0 / Math.Max(1, shape.Product(1, shape.Rank)));
            (double low, double high) = isPositive ? (0.5, 1.5) : (-size, size);
            NodeEntry filled = Fill(node == data ? _data : _constants, shape, low, high, _type);
            Dictionary<Node, NDArray> to = node == data ? _data : _constants;
            to.Remove(filled.Node, out NDArray? value);
            to.Add(node, value!);
        }

        string[] operators = OperatorsOf(Optimized(graph, 1e-4));
        Assert.AreEqual(20, operators.Count(name => name == "_contrib_fused_convolution"));
        CollectionAssert.DoesNotContain(operators, "BatchNorm");
        CollectionAssert.DoesNotContain(operators, "Activation");
        CollectionAssert.DoesNotContain(operators, "elemwise_add");
    }
}
