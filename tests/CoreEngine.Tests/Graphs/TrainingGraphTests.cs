using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Graphs;

[TestClass]
public sealed class TrainingGraphTests
{
    [TestMethod]
    public void RepeatedCallsGiveTheSameGradients()
    {
        Graph forward = Network();
        Node[] weights = [.. forward.Arguments.Where(node => node.Name != "label")];
        float[][] kept = Gradients(TrainingGraph.Of(forward, weights), weights);
        foreach (Func<Node, bool> recompute in (Func<Node, bool>[])[Mirroring.IsCheap, node => !node.IsVariable])
        {
            TrainingGraph repeated = TrainingGraph.Of(forward, weights, recompute);
            Assert.IsGreaterThan(forward.Nodes.Count, repeated.Graph.Nodes.Count(node => !IsGradient(node)));
            float[][] gradients = Gradients(repeated, weights);
            for (int i = 0; i < weights.Length; i++)
            {
                CollectionAssert.AreEqual(kept[i], gradients[i], weights[i].Name);
            }
        }
    }

    [TestMethod]
    public void WhatIsRepeatedIsNotReadByTheGradients()
    {
        Graph forward = Network();
        TrainingGraph training = TrainingGraph.Of(forward, forward.Arguments, Mirroring.IsCheap);
        var first = training.Graph.Nodes.Take(forward.Nodes.Count).ToHashSet();
        CollectionAssert.AreEqual(forward.Nodes.ToArray(), training.Graph.Nodes.Take(forward.Nodes.Count).ToArray());
        foreach (Node node in training.Graph.Nodes.Skip(forward.Nodes.Count))
        {
            foreach (NodeEntry input in node.Inputs)
            {
                bool isKept =
                    !first.Contains(input.Node)
                    || !Mirroring.IsCheap(input.Node)
                    || input.Index >= input.Node.VisibleOutputCount;
                Assert.IsTrue(isKept, $"{node} reads {input}");
            }
        }
    }

    [TestMethod]
    public void AnnotationsSayWhatIsRepeated()
    {
        Symbol x = Symbol.Variable("x");
        Node Annotated(string op, string key, string value) =>
            Symbol.Call(op, [x], name: null, new Dictionary<string, string> { [key] = value }).Entries[0].Node;

        Assert.IsTrue(Mirroring.IsForced(Annotated("tanh", "force_mirroring", "True")));
        Assert.IsFalse(Mirroring.IsForced(Annotated("tanh", "force_mirroring", "False")));
        Assert.IsFalse(Mirroring.IsForced(Symbol.Call("tanh", x).Entries[0].Node));
        Assert.IsTrue(Mirroring.IsCheap(Symbol.Call("tanh", x).Entries[0].Node));
        Assert.IsFalse(Mirroring.IsCheap(Annotated("tanh", "mirror_stage", "True")));
        Assert.IsFalse(Mirroring.IsCheap(Annotated("Dropout", "force_mirroring", "True")));
        Assert.IsFalse(Mirroring.IsCheap(Symbol.Call("dot", x, x).Entries[0].Node));
        Assert.IsFalse(Mirroring.IsCheap(x.Entries[0].Node));
    }

    [TestMethod]
    public void GradientsOfTheLastLayersComeFirst()
    {
        Graph forward = Network();
        TrainingGraph training = TrainingGraph.Of(forward, forward.Arguments);
        string[] order =
        [
            .. training
                .Graph.Heads.Skip(1)
                .Select(head => forward.Arguments.First(variable => training.GradientOf(variable) == head).Name),
        ];
        Assert.IsLessThan(Array.IndexOf(order, "fc1_weight"), Array.IndexOf(order, "fc2_weight"));
        Assert.IsLessThan(Array.IndexOf(order, "data"), Array.IndexOf(order, "fc1_weight"));
    }

    [TestMethod]
    public void EveryGradientIsAnEntryOfItsOwn()
    {
        Symbol x = Symbol.Variable("x");
        Symbol y = Symbol.Variable("y");
        Symbol unused = Symbol.Variable("unused");
        // Both gradients are the gradient of the sum itself; the third is zero.
        Graph forward = Symbol.Group(x + y, Symbol.Call("BlockGrad", unused)).Graph;
        TrainingGraph training = TrainingGraph.Of(forward, forward.Arguments);
        NodeEntry[] gradients = [.. forward.Arguments.Select(training.GradientOf)];
        Assert.HasCount(3, gradients.Distinct());
        Assert.IsTrue(gradients.All(gradient => !gradient.Node.IsVariable));
        Assert.IsNotNull(training.HeadGradients[0]);
    }

    [TestMethod]
    public void ALossNeedsNoGradientOfItsHead()
    {
        TrainingGraph training = TrainingGraph.Of(Network(), []);
        Assert.IsNull(training.HeadGradients[0]);
        Assert.HasCount(1, training.Graph.Heads);
    }

    [TestMethod]
    public void AnExecutorThatRepeatsCallsTakesLessMemoryAndGivesTheSameGradients()
    {
        Symbol symbol = Symbol.Variable("data");
        for (int i = 0; i < 6; i++)
        {
            var parameters = new ConvolutionParameters
            {
                Kernel = [3, 3],
                Filters = 4,
                Pad = [1, 1],
            };
            symbol = Symbol.Call("tanh", Symbol.Call("BatchNorm", Symbol.Call("Convolution", parameters, [symbol])));
        }

        var shapes = new Dictionary<string, Shape> { ["data"] = [6, 3, 5, 5] };
        using Executor keeps = Executor.SimpleBind(symbol, shapes);
        using Executor repeats = Executor.SimpleBind(
            symbol,
            shapes,
            options: new BindOptions { RepeatsCheapCalls = true }
        );
        foreach (Executor executor in (Executor[])[keeps, repeats])
        {
            for (int i = 0; i < executor.Arguments.Count; i++)
            {
                var random = new Random(i);
                foreach (ref float value in executor.Arguments[i].AsWritableSpan<float>())
                {
                    value = random.NextSingle();
                }
            }

            executor.Forward(isTraining: true);
            executor.Backward();
        }

        Assert.IsLessThan(keeps.PlannedBytes, repeats.PlannedBytes);
        for (int i = 0; i < keeps.Arguments.Count; i++)
        {
            CollectionAssert.AreEqual(
                keeps.Gradients[i]!.AsSpan<float>().ToArray(),
                repeats.Gradients[i]!.AsSpan<float>().ToArray(),
                keeps.ArgumentNames[i]
            );
        }
    }

    [TestMethod]
    public void BlockedGradientsKeepNothing()
    {
        Symbol x = Symbol.Variable("x");
        Graph forward = (x * x).Exp().BlockGradient().Graph;
        TrainingGraph training = TrainingGraph.Of(forward, forward.Arguments);
        Node gradient = training.GradientOf(forward.Arguments[0]).Node;
        Assert.AreEqual("zeros_like", gradient.Operator!.Name);
        Assert.AreEqual(forward.Arguments[0], gradient.Inputs[0].Node);
        Assert.AreEqual(forward.Nodes.Count + 1, training.Graph.Nodes.Count);
    }

    [TestMethod]
    public void LossesHaveGradientsWhateverComesAfterThem()
    {
        using Executor executor = Executor.SimpleBind(
            Symbol.Call("make_loss", Symbol.Variable("x")).BlockGradient(),
            new Dictionary<string, Shape> { ["x"] = new(3) }
        );
        executor.Forward(isTraining: true);
        executor.Backward();
        CollectionAssert.AreEqual(new float[] { 1, 1, 1 }, executor.GradientOf("x")!.ToArray<float>());
    }

    private static bool IsGradient(Node node) => node.Name.Contains("_backward") || node.Name.Contains("_gradient");

    private static float[][] Gradients(TrainingGraph training, Node[] variables)
    {
        var inferred = GraphInference.Complete(
            training.Forward,
            GraphInference.ByName(training.Forward, new Dictionary<string, Shape> { ["data"] = [6, 3, 5, 5] }),
            training.Forward.Nodes.Where(node => node.IsVariable).ToDictionary(node => node, _ => DType.Float32)
        );
        int seed = 0;
        var arrays = training
            .Forward.Nodes.Where(node => node.IsVariable)
            .ToDictionary(
                node => node,
                node =>
                {
                    var random = new Random(seed++);
                    long size = inferred.ShapeOf(new NodeEntry(node, 0)).Size;
                    float[] values = [.. Enumerable.Range(0, (int)size).Select(_ => random.NextSingle())];
                    return NDArray.From(values, inferred.ShapeOf(new NodeEntry(node, 0)));
                }
            );
        NDArray[] heads = GraphEvaluation.Run(training.Graph, node => arrays[node]);
        return
        [
            .. variables.Select(variable =>
            {
                int place = Enumerable
                    .Range(0, heads.Length)
                    .First(i => training.Graph.Heads[i] == training.GradientOf(variable));
                return heads[place].AsSpan<float>().ToArray();
            }),
        ];
    }

    private static Graph Network()
    {
        Symbol x = Symbol.Variable("data");
        x = Symbol.Call(
            "Convolution",
            new ConvolutionParameters
            {
                Kernel = [3, 3],
                Filters = 4,
                Pad = [1, 1],
            },
            [x],
            "conv"
        );
        Symbol y = Symbol.Call("BatchNorm", [x], name: "norm");
        x = Symbol.Call("tanh", y) + Symbol.Call("sigmoid", x) * y;
        x = Symbol.Call("FullyConnected", new FullyConnectedParameters { Hidden = 7 }, [x], "fc1");
        x = Symbol.Call("Activation", new ActivationParameters { Function = ActivationFunction.Relu }, [x]);
        x = Symbol.Call("FullyConnected", new FullyConnectedParameters { Hidden = 3 }, [x * x], "fc2");
        return Symbol.Call("SoftmaxOutput", [x, Symbol.Variable("label")]).Graph;
    }
}
