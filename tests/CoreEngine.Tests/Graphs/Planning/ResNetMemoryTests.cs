using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;

namespace CoreEngine.Tests.Graphs.Planning;

/// <summary>How much memory the planner saves in a real network: ResNet-18, 8 images of 224 x 224.</summary>
[TestClass]
public sealed class ResNetMemoryTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void PredictionTakesAFifthAtMost()
    {
        MemoryPlan plan = Plan(ResNet18.Build());
        Assert.IsLessThanOrEqualTo(0.2 * plan.UnplannedBytes, plan.PlannedBytes);
    }

    [TestMethod]
    public void TrainingTakesThreeFifthsAtMost()
    {
        Graph forward = ResNet18.Build();
        MemoryPlan plan = Plan(TrainingGraph.Of(forward, Parameters(forward)).Graph);
        Assert.IsLessThanOrEqualTo(0.6 * plan.UnplannedBytes, plan.PlannedBytes);
    }

    [TestMethod]
    public void TrainingWithRepeatedCallsTakesLess()
    {
        Graph forward = ResNet18.Build();
        MemoryPlan kept = Plan(TrainingGraph.Of(forward, Parameters(forward)).Graph);
        MemoryPlan repeated = Plan(TrainingGraph.Of(forward, Parameters(forward), Mirroring.IsCheap).Graph);
        Assert.IsLessThanOrEqualTo(0.8 * kept.PlannedBytes, repeated.PlannedBytes);
    }

    private MemoryPlan Plan(Graph graph)
    {
        MemoryPlan plan = MemoryPlanner.Plan(
            GraphInference.Complete(
                graph,
                GraphInference.ByName(graph, new Dictionary<string, Shape> { ["data"] = [8, 3, 224, 224] }),
                new Dictionary<Node, DType>()
            )
        );
        TestContext.WriteLine(
            $"{graph.Nodes.Count} nodes: unplanned {plan.UnplannedBytes >> 20} MiB, planned {plan.PlannedBytes >> 20} MiB "
                + $"({100.0 * plan.PlannedBytes / plan.UnplannedBytes:F1} %), at least {plan.LiveBytes >> 20} MiB"
        );
        return plan;
    }

    private static Node[] Parameters(Graph graph) =>
        [.. graph.Arguments.Where(variable => variable.Name is not ("data" or "softmax_label"))];
}
