using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Graphs.Planning;

[TestClass]
public sealed class DevicePlacementTests
{
    private static readonly Device s_first = Device.Cpu(1);
    private static readonly Device s_second = Device.Cpu(2);
    private static readonly Dictionary<string, Device> s_groups = new() { ["a"] = s_first, ["b"] = s_second };

    [TestMethod]
    public void GroupsGoToTheirDevicesAndValuesAreCopiedOncePerDevice()
    {
        Node x = Variable("x", "a");
        Node y = Call("relu", "y", x, "a");
        Node left = Call("relu", "left", y, "b");
        Node right = Call("tanh", "right", y, "b");
        PlacedGraph placed = DevicePlacement.Place(Graph(left, right), Device.Cpu(), s_groups);
        CollectionAssert.AreEqual(
            new[] { "x cpu(1)", "y cpu(1)", "y_output_on_cpu(2) cpu(2)", "left cpu(2)", "right cpu(2)" },
            Describe(placed)
        );
        Assert.AreSame(placed.Graph.Nodes[3].Inputs[0].Node, placed.Graph.Nodes[4].Inputs[0].Node);
    }

    [TestMethod]
    public void WithoutAGroupInputsDecideThenConsumersThenTheDefault()
    {
        Node x = Variable("x", "a");
        Node followsInput = Call("relu", "followsInput", x);
        Node weight = Variable("weight");
        Node y = Call("relu", "followsConsumer", weight);
        var product = new Node(
            OperatorRegistry.Default["elemwise_mul"].Bind(),
            "product",
            [new(followsInput, 0), new(y, 0)]
        );
        Node alone = Call("relu", "alone", Variable("other"));
        PlacedGraph placed = DevicePlacement.Place(Graph(product, alone), Device.Cpu(), s_groups);
        CollectionAssert.AreEqual(
            new[]
            {
                "x cpu(1)",
                "followsInput cpu(1)",
                "weight cpu(1)",
                "followsConsumer cpu(1)",
                "product cpu(1)",
                "other cpu(0)",
                "alone cpu(0)",
            },
            Describe(placed)
        );
    }

    [TestMethod]
    public void ArraysThatExistStayWhereTheyAreAndHeadsGoWhereTheyAreWanted()
    {
        Node x = Variable("x");
        Node y = Call("relu", "y", x, "b");
        PlacedGraph placed = DevicePlacement.Place(
            Graph(y),
            Device.Cpu(),
            s_groups,
            new Dictionary<Node, Device> { [x] = s_first },
            [s_first]
        );
        CollectionAssert.AreEqual(
            new[] { "x cpu(1)", "x_on_cpu(2) cpu(2)", "y cpu(2)", "y_output_on_cpu(1) cpu(1)" },
            Describe(placed)
        );
    }

    [TestMethod]
    public void AGraphOnOneDeviceStaysTheSame()
    {
        Graph graph = Graph(Call("relu", "y", Variable("x")));
        PlacedGraph placed = DevicePlacement.Place(graph, s_first, s_groups);
        Assert.AreSame(graph, placed.Graph);
        Assert.IsTrue(placed.Devices.All(device => device == s_first));
    }

    [TestMethod]
    public void GradientsRunWhereTheirCallsDo()
    {
        Node x = Variable("x", "a");
        Node y = Call("tanh", "y", x, "a");
        Node z = Call("sigmoid", "z", y, "b");
        TrainingGraph training = TrainingGraph.Of(Graph(z), [x]);
        PlacedGraph placed = DevicePlacement.Place(training.Graph, Device.Cpu(), s_groups);
        string[] nodes = Describe(placed);
        CollectionAssert.Contains(nodes, "z_backward cpu(2)");
        CollectionAssert.Contains(nodes, "y_backward cpu(1)");
    }

    [TestMethod]
    public void AStateOnAnotherDeviceIsRefused()
    {
        NodeEntry[] inputs = [.. Enumerable.Range(0, 5).Select(i => new NodeEntry(Variable($"v{i}", "a"), 0))];
        var gradient = new Node(
            OperatorRegistry.Default["_backward_BatchNorm"].Bind(),
            "norm",
            [new(Variable("g", "a"), 0), .. inputs],
            new Dictionary<string, string> { [DevicePlacement.GroupKey] = "b" }
        );
        var error = Assert.ThrowsExactly<OperatorException>(() =>
            DevicePlacement.Place(Graph(gradient), Device.Cpu(), s_groups)
        );
        StringAssert.Contains(error.Message, "'norm' runs on cpu(2)");
    }

    private static string[] Describe(PlacedGraph placed) =>
        [.. placed.Graph.Nodes.Select((node, i) => $"{node.Name} {placed.Devices[i]}")];

    private static Graph Graph(params Node[] heads) => new([.. heads.Select(node => new NodeEntry(node, 0))]);

    private static Node Variable(string name, string? group = null) => new(null, name, [], Annotations(group));

    private static Node Call(string op, string name, Node input, string? group = null) =>
        new(OperatorRegistry.Default[op].Bind(), name, [new NodeEntry(input, 0)], Annotations(group));

    private static Dictionary<string, string>? Annotations(string? group) =>
        group is null ? null : new() { [DevicePlacement.GroupKey] = group };
}
