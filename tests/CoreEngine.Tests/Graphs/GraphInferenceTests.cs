using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Graphs;

[TestClass]
public sealed class GraphInferenceTests
{
    private static readonly BoundOperator s_add = OperatorRegistry.Default["elemwise_add"].Bind();
    private static readonly BoundOperator s_relu = OperatorRegistry.Default["relu"].Bind();

    private static Node Variable(string name, params (string Key, string Value)[] annotations) =>
        new(null, name, [], annotations.ToDictionary(pair => pair.Key, pair => pair.Value));

    private static Node Call(BoundOperator op, string name, params Node[] inputs) =>
        new(op, name, [.. inputs.Select(node => new NodeEntry(node, 0))]);

    private static BoundOperator FullyConnected(int hidden) =>
        OperatorRegistry
            .Default["FullyConnected"]
            .Bind(new Dictionary<string, string> { ["num_hidden"] = hidden.ToString((IFormatProvider?)null) });

    private static Dictionary<Node, T> Given<T>(params (Node Node, T Value)[] values) =>
        values.ToDictionary(pair => pair.Node, pair => pair.Value);

    [TestMethod]
    public void KnowledgeFlowsForwardThroughLayers()
    {
        Node data = Variable("data");
        Node[] parameters = [.. new[] { "w1", "b1", "w2", "b2" }.Select(name => Variable(name))];
        Node first = Call(FullyConnected(6), "first", data, parameters[0], parameters[1]);
        Node second = Call(FullyConnected(2), "second", Call(s_relu, "act", first), parameters[2], parameters[3]);
        var graph = new Graph([new NodeEntry(second, 0)]);
        InferredGraph inferred = GraphInference.Complete(
            graph,
            Given((data, new Shape(8, 11))),
            Given((data, DType.Float64))
        );
        Shape[] expected =
        [
            [6, 11],
            [6],
            [2, 6],
            [2],
        ];
        CollectionAssert.AreEqual(expected, parameters.Select(p => inferred.ShapeOf(new NodeEntry(p, 0))).ToArray());
        Assert.AreEqual(new Shape(8, 2), inferred.ShapeOf(new NodeEntry(second, 0)));
        Assert.IsTrue(inferred.Types.All(type => type == DType.Float64));
        Assert.AreEqual(8 * 2 * 8, inferred.BytesOf(graph.NumberOf(new NodeEntry(second, 0))));
    }

    [TestMethod]
    public void KnowledgeFlowsBackwardAndSidewaysThroughAChain()
    {
        Node[] leaves = [.. Enumerable.Range(0, 50).Select(i => Variable($"x{i}"))];
        Node sum = leaves[0];
        foreach (Node leaf in leaves[1..])
        {
            sum = Call(s_add, "sum", sum, leaf);
        }

        var graph = new Graph([new NodeEntry(sum, 0)]);
        Shape[] shapes = GraphInference.Shapes(
            graph,
            Given((leaves[49], new Shape(2, 0)), (leaves[20], new Shape(0, 3)))
        );
        Assert.IsTrue(shapes.All(shape => shape == new Shape(2, 3)));
        DType[] types = GraphInference.Types(graph, Given((leaves[30], DType.Int32)));
        Assert.IsTrue(types.All(type => type == DType.Int32));
    }

    [TestMethod]
    public void AReshapeWithoutShapeTakesWhatItsUserSays()
    {
        Node label = Variable("label");
        Node prediction = Variable("prediction");
        Node reshaped = Call(OperatorRegistry.Default["Reshape"].Bind(), "reshaped", label);
        var sum = new NodeEntry(Call(s_add, "sum", reshaped, prediction), 0);
        InferredGraph inferred = GraphInference.Complete(
            new Graph([sum]),
            Given((label, new Shape(6)), (prediction, new Shape(6, 1))),
            Given((label, DType.Float32))
        );
        Assert.AreEqual(new Shape(6, 1), inferred.ShapeOf(new NodeEntry(reshaped, 0)));
    }

    /// <summary>
    /// Two chains side by side in opposite directions, joined at every step: knowledge has to go back and forth through the
    /// order of the nodes. A way of deducing whose time grows with the square of the size would not come to an end here.
    /// </summary>
    [TestMethod]
    public void KnowledgeThatTurnsOftenIsDeducedInTimeProportionalToTheGraph()
    {
        const int Count = 50_000;
        Node[] x = [.. Enumerable.Range(0, Count + 1).Select(i => Variable($"x{i}"))];
        // Each call ties two neighbours; the calls stand in an order that runs against the chain every other time.
        IEnumerable<int> order = Enumerable.Range(0, Count).OrderBy(i => i % 2 == 0 ? i : Count - i);
        var graph = new Graph([.. order.Select(i => new NodeEntry(Call(s_add, $"tie{i}", x[i], x[i + 1]), 0))]);
        Shape[] shapes = GraphInference.Shapes(graph, Given((x[Count / 2], new Shape(2, 3))));
        Assert.IsTrue(shapes.All(shape => shape == new Shape(2, 3)));
        Assert.IsTrue(GraphInference.TypesOrFloat32(graph, Given<DType>()).All(type => type == DType.Float32));
    }

    [TestMethod]
    public void AnArrayUsedTwiceMergesWhatBothUsesSay()
    {
        Node x = Variable("x");
        var graph = new Graph([new NodeEntry(Call(s_add, "twice", x, x), 0)]);
        Shape[] shapes = GraphInference.Shapes(graph, Given((x, new Shape(4, 0))));
        Assert.AreEqual(new Shape(4, 0), shapes[1]);
    }

    [TestMethod]
    public void AnnotationsCountWhereNothingIsGiven()
    {
        Node x = Variable("x", ("__shape__", "(3, 0)"), ("__dtype__", "1"), ("__storage_type__", "2"));
        var graph = new Graph([new NodeEntry(x, 0)]);
        Assert.AreEqual(new Shape(3, 0), GraphInference.Shapes(graph, Given<Shape>())[0]);
        Assert.AreEqual(new Shape(3, 4), GraphInference.Shapes(graph, Given((x, new Shape(0, 4))))[0]);
        Assert.AreEqual(new Shape(7), GraphInference.Shapes(graph, Given((x, new Shape(7))))[0]);
        Assert.AreEqual(new Shape(7, 0), GraphInference.Shapes(graph, Given((x, new Shape(7, 0))))[0]);
        Assert.AreEqual(DType.Float64, GraphInference.Types(graph, Given<DType>())[0]);
        Assert.AreEqual(DType.Int8, GraphInference.Types(graph, Given((x, DType.Int8)))[0]);
        Assert.AreEqual(StorageType.Csr, GraphInference.Storage(graph, Given<StorageType>())[0]);
        Assert.AreEqual(StorageType.RowSparse, GraphInference.Storage(graph, Given((x, StorageType.RowSparse)))[0]);
    }

    [TestMethod]
    [DataRow("__shape__", "(3, x)")]
    [DataRow("__shape__", "(-3,)")]
    [DataRow("__dtype__", "float32")]
    [DataRow("__dtype__", "7")]
    [DataRow("__storage_type__", "3")]
    public void MalformedAnnotationsAreRefusedByName(string key, string text)
    {
        var graph = new Graph([new NodeEntry(Variable("weight", (key, text)), 0)]);
        AttributeException error = Assert.ThrowsExactly<AttributeException>(() =>
        {
            GraphInference.Shapes(graph, Given<Shape>());
            GraphInference.Types(graph, Given<DType>());
            GraphInference.Storage(graph, Given<StorageType>());
        });
        StringAssert.Contains(error.Message, "weight");
        StringAssert.Contains(error.Message, key);
        StringAssert.Contains(error.Message, text);
    }

    [TestMethod]
    public void ContradictionsNameTheNode()
    {
        Node a = Variable("a");
        Node b = Variable("b");
        var graph = new Graph([new NodeEntry(Call(s_add, "residual_3", a, b), 0)]);
        string message = Assert
            .ThrowsExactly<ShapeMismatchException>(() =>
                GraphInference.Shapes(graph, Given((a, new Shape(2, 3)), (b, new Shape(2, 4))))
            )
            .Message;
        StringAssert.Contains(message, "elemwise_add: node 'residual_3'");
        StringAssert.Contains(message, "(2,3)");
        message = Assert
            .ThrowsExactly<TypeMismatchException>(() =>
                GraphInference.Types(graph, Given((a, DType.Float32), (b, DType.Int32)))
            )
            .Message;
        StringAssert.Contains(message, "elemwise_add: node 'residual_3'");
    }

    [TestMethod]
    public void WhatRemainsUnknownIsNamed()
    {
        Node a = Variable("a");
        Node b = Variable("bias_of_c");
        var graph = new Graph([new NodeEntry(Call(s_add, "sum", a, b), 0)]);
        string message = Assert
            .ThrowsExactly<IncompleteInferenceException>(() =>
                GraphInference.Complete(graph, Given((a, new Shape(2, 0))), Given<DType>())
            )
            .Message;
        StringAssert.Contains(message, "bias_of_c (2,0)");
    }

    [TestMethod]
    public void OfManyUnknownVariablesTheFirstAreNamed()
    {
        Node[] leaves = [.. Enumerable.Range(0, 20).Select(i => Variable($"x{i}"))];
        BoundOperator sum = OperatorRegistry.Default["add_n"].Bind(new VariadicParameters { Count = leaves.Length });
        var graph = new Graph([new NodeEntry(Call(sum, "sum", leaves), 0)]);
        string message = Assert
            .ThrowsExactly<IncompleteInferenceException>(() =>
                GraphInference.Complete(graph, Given<Shape>(), Given<DType>())
            )
            .Message;
        StringAssert.Contains(message, "x0 (), x1 ()");
        StringAssert.Contains(message, "x7 () and 12 more");
    }

    [TestMethod]
    public void TypesOfWhichNothingFollowsAreFloat32()
    {
        Node data = Variable("data");
        Node weight = Variable("weight");
        Node other = Variable("other");
        BoundOperator convolution = OperatorRegistry
            .Default["Convolution"]
            .Bind(
                new Dictionary<string, string>
                {
                    ["kernel"] = "(1,1)",
                    ["num_filter"] = "1",
                    ["no_bias"] = "1",
                }
            );
        Node layer = Call(convolution, "layer", data, weight);
        Node leaky = Call(OperatorRegistry.Default["LeakyReLU"].Bind(), "leaky", other);
        var graph = new Graph([new NodeEntry(leaky, 0), new NodeEntry(Call(s_add, "sum", layer, leaky), 0)]);
        Assert.IsTrue(GraphInference.TypesOrFloat32(graph, Given<DType>()).All(type => type == DType.Float32));
        // What is learned at the end counts from the beginning.
        DType[] types = GraphInference.TypesOrFloat32(graph, Given((weight, DType.Float64)));
        Assert.IsTrue(types.All(type => type == DType.Float64));
        // MXNet's way is another: one layer takes float32 at once, the other refuses.
        Assert.AreEqual(DType.Float32, GraphInference.Types(new Graph([new NodeEntry(leaky, 0)]), Given<DType>())[1]);
        string message = Assert
            .ThrowsExactly<TypeMismatchException>(() =>
                GraphInference.Types(new Graph([new NodeEntry(layer, 0)]), Given<DType>())
            )
            .Message;
        StringAssert.Contains(message, "node 'layer'");
        StringAssert.Contains(message, "the type of 'data' must be known");
    }

    [TestMethod]
    public void NamesThatNoVariableHasAreRefusedWithThoseThereAre()
    {
        Node a = Variable("a");
        var graph = new Graph([new NodeEntry(Call(s_relu, "act", a), 0)]);
        Dictionary<Node, int> found = GraphInference.ByName(graph, new Dictionary<string, int> { ["a"] = 3 });
        Assert.AreEqual(3, found[a]);
        EngineException error = Assert.ThrowsExactly<EngineException>(() =>
            GraphInference.ByName(graph, new Dictionary<string, int> { ["act"] = 3 })
        );
        StringAssert.Contains(error.Message, "'act'");
        StringAssert.Contains(error.Message, "are: a.");
    }

    [TestMethod]
    public void SizesBeyond64BitsAreAnError()
    {
        Node a = Variable("a");
        var graph = new Graph([new NodeEntry(Call(OperatorRegistry.Default["Flatten"].Bind(), "flat", a), 0)]);
        ShapeMismatchException error = Assert.ThrowsExactly<ShapeMismatchException>(() =>
            GraphInference.Shapes(graph, Given((a, new Shape(2, long.MaxValue, 3))))
        );
        StringAssert.Contains(error.Message, "flat");
    }
}
