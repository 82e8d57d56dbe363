using CoreEngine.Graphs;
using CoreEngine.Operators;
using static CoreEngine.Tests.Graphs.Passes.NodeBuilder;

namespace CoreEngine.Tests.Graphs.Passes;

/// <summary>What each pass does, and what it leaves alone.</summary>
[TestClass]
public sealed class PassTests : EngineTestBase
{
    private readonly NodeEntry _x = Variable("x");
    private readonly NodeEntry _y = Variable("y");

    private PassContext Context(params (NodeEntry Variable, Shape Shape)[] others)
    {
        var shapes = new Dictionary<Node, Shape> { [_x.Node] = new(4, 6), [_y.Node] = new(4, 6) };
        foreach ((NodeEntry variable, Shape shape) in others)
        {
            shapes.Add(variable.Node, shape);
        }

        return new PassContext
        {
            Shapes = shapes,
            Types = shapes.ToDictionary(pair => pair.Key, _ => DType.Float32),
            FusionBytes = 0,
        };
    }

    private static Graph Fuse(PassContext context, params NodeEntry[] heads) =>
        PointwiseFusion.Apply(context.Infer(new Graph(heads)), context);

    private static string Program(Node node) => node.Attribute("program")!;

    [TestMethod]
    [DataRow(DType.Float32, PointwiseFusion.WorthwhileBytes / 4, true)]
    [DataRow(DType.Float32, (PointwiseFusion.WorthwhileBytes / 4) - 1, false)]
    [DataRow(DType.Float64, PointwiseFusion.WorthwhileBytes / 8, true)]
    [DataRow(DType.Float64, (PointwiseFusion.WorthwhileBytes / 8) - 1, false)]
    [DataRow(DType.Float16, PointwiseFusion.WorthwhileBytes / 4, false)]
    public void ArraysThatStayInTheCacheAreNotFused(DType type, long elements, bool isFused)
    {
        var context = new PassContext
        {
            Shapes = new Dictionary<Node, Shape> { [_x.Node] = new(elements), [_y.Node] = new(1) },
            Types = new Dictionary<Node, DType> { [_x.Node] = type, [_y.Node] = type },
        };
        NodeEntry head = Call("relu", "", Call("broadcast_add", "", _x, _y));
        string[] expected = isFused ? ["_fused_pointwise"] : ["broadcast_add", "relu"];
        CollectionAssert.AreEqual(expected, OperatorsOf(Fuse(context, head)));
    }

    [TestMethod]
    public void AChainOfPointwiseCallsBecomesOne()
    {
        NodeEntry sum = Call("elemwise_add", "", _x, _y);
        NodeEntry head = Call("Activation", "act_type=relu", Call("_mul_scalar", "scalar=0.5", sum));
        Graph fused = Fuse(Context(), head);
        Node only = fused.Heads[0].Node;
        Assert.AreEqual(3, fused.Nodes.Count);
        Assert.AreEqual(
            "t0 = elemwise_add(x0, x1); t1 = _mul_scalar(t0, scalar=0.5); t2 = Activation(t1, act_type=relu); return t2",
            Program(only)
        );
        Assert.AreEqual("Activation_node_fused", only.Name);
        CollectionAssert.AreEqual((NodeEntry[])[_x, _y], only.Inputs.ToArray());
    }

    [TestMethod]
    public void ValuesThatOthersTakeComeOut()
    {
        NodeEntry inner = Call("tanh", "", _x);
        NodeEntry outer = Call("square", "", inner);
        NodeEntry sum = Call("sum", "axis=0", inner);
        Graph fused = Fuse(Context(), outer, sum);
        Assert.AreEqual("t0 = tanh(x0); t1 = square(t0); return t0, t1", Program(fused.Heads[0].Node));
        Assert.AreEqual(1, fused.Heads[0].Index);
        Assert.AreEqual(new NodeEntry(fused.Heads[0].Node, 0), fused.Heads[1].Node.Inputs[0]);
    }

    [TestMethod]
    public void WhatDependsOnAGroupFromOutsideDoesNotJoinIt()
    {
        // softmax written out: the quotient needs the sum, which needs the exponentials.
        NodeEntry exponential = Call("exp", "", Call("negative", "", _x));
        NodeEntry sum = Call("sum", "axis=1 keepdims=True", exponential);
        NodeEntry head = Call("square", "", Call("broadcast_div", "", exponential, sum));
        Graph fused = Fuse(Context(), head);
        CollectionAssert.AreEqual((string[])["_fused_pointwise", "sum", "_fused_pointwise"], OperatorsOf(fused));
        Assert.AreEqual("t0 = broadcast_div(x0, x1); t1 = square(t0); return t1", Program(fused.Heads[0].Node));
    }

    [TestMethod]
    public void GroupsThatWouldWaitForEachOtherStayApart()
    {
        // a1 -> dense -> b2 and b1 -> dense -> a2, where a1, a2 and b1, b2 are neighbours.
        NodeEntry w = Variable("w");
        NodeEntry a1 = Call("tanh", "", _x);
        NodeEntry b1 = Call("tanh", "", _y);
        NodeEntry viaA = Call("FullyConnected", "num_hidden=6 no_bias=True", a1, w);
        NodeEntry viaB = Call("FullyConnected", "num_hidden=6 no_bias=True", b1, w);
        NodeEntry a2 = Call("elemwise_mul", "", a1, viaB);
        NodeEntry b2 = Call("elemwise_mul", "", b1, viaA);
        Graph fused = Fuse(Context((w, new Shape(6, 6))), a2, b2);
        var seen = new HashSet<Node>();
        foreach (Node node in fused.Nodes)
        {
            Assert.IsTrue(node.Inputs.All(input => seen.Contains(input.Node)), "inputs come first");
            seen.Add(node);
        }

        Assert.HasCount(5, OperatorsOf(fused));
    }

    [TestMethod]
    public void ShapesThatDifferAreRepeatedOrKeptApart()
    {
        NodeEntry row = Variable("row");
        NodeEntry scaled = Call("broadcast_mul", "", _x, Call("square", "", row));
        Graph fused = Fuse(Context((row, new Shape(1, 6))), Call("relu", "", scaled));
        CollectionAssert.AreEqual((string[])["square", "_fused_pointwise"], OperatorsOf(fused));
        Assert.AreEqual("t0 = broadcast_mul(x0, x1); t1 = relu(t0); return t1", Program(fused.Heads[0].Node));
    }

    [TestMethod]
    public void DevicesAndControlDependenciesKeepCallsApart()
    {
        var first = new NodeEntry(
            new Node(
                OperatorRegistry.Default["tanh"].Bind(),
                "first",
                [_x],
                new Dictionary<string, string> { ["__ctx_group__"] = "a" }
            ),
            0
        );
        CollectionAssert.AreEqual(
            (string[])["tanh", "square"],
            OperatorsOf(Fuse(Context(), Call("square", "", first)))
        );
        var waiting = new Node(OperatorRegistry.Default["square"].Bind(), "waiting", [_x], null, [_y.Node]);
        NodeEntry after = Call("relu", "", new NodeEntry(waiting, 0));
        CollectionAssert.AreEqual((string[])["square", "relu"], OperatorsOf(Fuse(Context(), after)));
    }

    [TestMethod]
    public void SumsOfLayersResultsAreLeftToThePlanner()
    {
        NodeEntry w = Variable("w");
        NodeEntry dense = Call("FullyConnected", "num_hidden=6 no_bias=True", _x, w);
        NodeEntry sum = Call("add_n", "num_args=2", dense, Call("tanh", "", _y));
        Graph fused = Fuse(Context((w, new Shape(6, 6))), Call("relu", "", sum));
        CollectionAssert.Contains(OperatorsOf(fused), "add_n");
    }

    [TestMethod]
    public void EqualCallsRunOnce()
    {
        NodeEntry left = Call("_mul_scalar", "scalar=2", Call("tanh", "", _x));
        NodeEntry right = Call("_mul_scalar", "scalar=2", Call("tanh", "", _x));
        NodeEntry other = Call("_mul_scalar", "scalar=3", Call("tanh", "", _x));
        var graph = new Graph([Call("add_n", "num_args=3", left, right, other)]);
        Graph joined = CommonSubexpressions.Apply(graph, Context());
        CollectionAssert.AreEqual((string[])["tanh", "_mul_scalar", "_mul_scalar", "add_n"], OperatorsOf(joined));
        Assert.AreEqual(joined.Heads[0].Node.Inputs[0], joined.Heads[0].Node.Inputs[1]);
    }

    [TestMethod]
    public void RandomCallsResultsAndReadersOfWhatIsWrittenAreNotJoined()
    {
        NodeEntry Drop() => Call("Dropout", "p=0.5", _x);
        var random = new Graph([Call("elemwise_add", "", Drop(), Drop())]);
        Assert.AreEqual(random.Nodes.Count, CommonSubexpressions.Apply(random, Context()).Nodes.Count);

        var results = new Graph([Call("tanh", "", _x), Call("tanh", "", _x)]);
        Assert.AreEqual(3, CommonSubexpressions.Apply(results, Context()).Nodes.Count);

        NodeEntry before = Call("square", "", _x);
        NodeEntry update = Call("sgd_mom_update", "lr=0.1", _y, _y, _x);
        NodeEntry after = Call("square", "", _x);
        var updated = new Graph([Call("add_n", "num_args=3", before, update, after)]);
        Assert.AreEqual(updated.Nodes.Count, CommonSubexpressions.Apply(updated, Context()).Nodes.Count);
    }

    [TestMethod]
    public void CallsThatOnlyPassOnAreLeftOut()
    {
        NodeEntry chain = Call("Dropout", "p=0.5", Call("Cast", "dtype=float32", Call("_copy", "", _x)));
        chain = Call("Reshape", "shape=(4,6)", Call("BlockGrad", "", chain));
        NodeEntry turned = Call("Reshape", "shape=(6,4)", chain);
        var graph = new Graph([Call("square", "", turned), Call("_copy", "", chain)]);
        Graph without = DeadCode.Apply(Context().Infer(graph), Context());
        CollectionAssert.AreEqual((string[])["Reshape", "square", "_copy"], OperatorsOf(without));

        PassContext training = Context() with { IsTraining = true };
        CollectionAssert.Contains(OperatorsOf(DeadCode.Apply(training.Infer(graph), training)), "Dropout");
    }

    [TestMethod]
    public void NobodyWaitsForCallsWithoutEffect()
    {
        Node idle = Call("square", "", _y).Node;
        Node update = Call("sgd_mom_update", "lr=0.1", _x, _x, _y).Node;
        var waiting = new Node(OperatorRegistry.Default["tanh"].Bind(), "waiting", [_x], null, [idle, update]);
        var graph = new Graph([new NodeEntry(waiting, 0)]);
        Graph without = DeadCode.Apply(Context().Infer(graph), Context());
        CollectionAssert.AreEqual((Node[])[update], without.Heads[0].Node.ControlDependencies.ToArray());
        Assert.IsFalse(without.Contains(idle));
    }

    [TestMethod]
    public void WhatDependsOnConstantsAloneIsComputedOnce()
    {
        using NDArray value = NDArray.From([1f, 2, 3, 4, 5, 6], new Shape(1, 6));
        NodeEntry constant = Variable("c");
        NodeEntry factor = Call("_plus_scalar", "scalar=1", Call("square", "", constant));
        NodeEntry head = Call("broadcast_mul", "", _x, factor);
        NodeEntry large = Call("broadcast_to", "shape=(1000,6000)", Call("sum", "axis=1 keepdims=True", constant));
        PassContext context = Context() with { Constants = new Dictionary<Node, NDArray> { [constant.Node] = value } };
        OptimizedGraph folded = ConstantFolding.Apply(
            context.Infer(new Graph([head, Call("sum", "", large)])),
            context
        );
        NodeEntry variable = folded.Graph.Heads[0].Node.Inputs[1];
        Assert.IsTrue(variable.Node.IsVariable);
        CollectionAssert.AreEqual((float[])[2, 5, 10, 17, 26, 37], folded.Constants[variable.Node].ToArray<float>());
        CollectionAssert.Contains(
            OperatorsOf(folded.Graph),
            "broadcast_to",
            "what would become large is computed in each run"
        );
        foreach (Node node in folded.Constants.Keys.Where(node => node != constant.Node))
        {
            folded.Constants[node].Dispose();
        }
    }

    [TestMethod]
    public void NothingIsDoneWithoutPasses()
    {
        var graph = new Graph([Call("square", "", Call("_copy", "", _x))]);
        Assert.AreSame(graph, GraphOptimizer.Apply(graph, Context(), GraphPasses.None).Graph);
    }
}
