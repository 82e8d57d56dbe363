using CoreEngine.Graphs;
using static CoreEngine.Tests.Graphs.Passes.NodeBuilder;

namespace CoreEngine.Tests.Graphs.Passes;

/// <summary>The passes that promise the same bits keep them, alone and together, forward and with gradients.</summary>
[TestClass]
public sealed class ExactPassesTests : EngineTestBase
{
    [TestMethod]
    [DataRow(GraphPasses.DeadCode)]
    [DataRow(GraphPasses.CommonSubexpressions)]
    [DataRow(GraphPasses.ConstantFolding)]
    [DataRow(GraphPasses.PointwiseFusion)]
    [DataRow(GraphPasses.Exact)]
    public void ForwardGraphsKeepTheirBits(GraphPasses passes)
    {
        int saved = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            using var scope = new ArrayScope();
            var random = new RandomGraph(seed, 25);
            PassContext context = Context(random.Variables) with { Constants = DrawConstants(random, seed) };
            OptimizedGraph optimized = GraphOptimizer.Apply(random.Graph, context, passes);
            saved += random.Graph.Nodes.Count - optimized.Graph.Nodes.Count;
            AssertSameBits(random, random.Graph, optimized, isTraining: false, $"seed {seed}");
        }

        Assert.IsGreaterThan(20, saved, "the passes should find something to do");
    }

    [TestMethod]
    [DataRow(GraphPasses.DeadCode)]
    [DataRow(GraphPasses.CommonSubexpressions)]
    [DataRow(GraphPasses.PointwiseFusion)]
    [DataRow(GraphPasses.Exact)]
    public void TrainingGraphsKeepTheirBits(GraphPasses passes)
    {
        int saved = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            using var scope = new ArrayScope();
            var random = new RandomGraph(seed, 20);
            TrainingGraph training = random.Train(seed % 3 == 0 ? Mirroring.IsCheap : null);
            int heads = training.Forward.Heads.Count;
            PassContext context = Context(random.Variables) with { IsTraining = true, ForwardHeads = heads };
            OptimizedGraph optimized = GraphOptimizer.Apply(training.Graph, context, passes);
            saved += training.Graph.Nodes.Count - optimized.Graph.Nodes.Count;
            AssertSameBits(random, training.Graph, optimized, isTraining: true, $"seed {seed}");

            var forward = new Graph([.. optimized.Graph.Heads.Take(heads)]);
            foreach (Node? gradient in training.HeadGradients)
            {
                Assert.IsFalse(
                    gradient is not null && forward.Contains(gradient),
                    $"seed {seed}: the forward pass needs {gradient}"
                );
            }
        }

        Assert.IsGreaterThan(20, saved, "the passes should find something to do");
    }

    private static Dictionary<Node, NDArray> DrawConstants(RandomGraph random, int seed)
    {
        var choose = new Random(seed);
        return random.Variables.Where(_ => choose.Next(2) == 0).ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    private static void AssertSameBits(
        RandomGraph random,
        Graph plain,
        OptimizedGraph optimized,
        bool isTraining,
        string what
    )
    {
        Dictionary<Node, NDArray> expectedVariables = random.CopyVariables();
        Dictionary<Node, NDArray> actualVariables = random.CopyVariables();
        foreach ((Node node, NDArray value) in optimized.Constants)
        {
            actualVariables.TryAdd(node, value);
        }

        NDArray[] expected = GraphEvaluation.Run(plain, expectedVariables, isTraining);
        NDArray[] actual = GraphEvaluation.Run(optimized.Graph, actualVariables, isTraining);
        Assert.AreEqual(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i].Shape, actual[i].Shape);
            CollectionAssert.AreEqual(
                GraphEvaluation.Bits(expected[i]),
                GraphEvaluation.Bits(actual[i]),
                $"{what}, head {i}"
            );
        }

        foreach ((Node node, NDArray value) in expectedVariables)
        {
            CollectionAssert.AreEqual(
                GraphEvaluation.Bits(value),
                GraphEvaluation.Bits(actualVariables[node]),
                $"{what}, variable {node.Name} afterwards"
            );
        }
    }
}
