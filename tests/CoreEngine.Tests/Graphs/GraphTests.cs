using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Graphs;

[TestClass]
public sealed class GraphTests
{
    private static readonly BoundOperator s_add = OperatorRegistry.Default["elemwise_add"].Bind();
    private static readonly BoundOperator s_relu = OperatorRegistry.Default["relu"].Bind();

    private static Node Variable(string name) => new(null, name, []);

    private static NodeEntry Out(Node node, int index = 0) => new(node, index);

    [TestMethod]
    public void NodesStandInPostOrderAndEntriesAreNumberedInIt()
    {
        Node x = Variable("x");
        Node y = Variable("y");
        var split = new Node(
            OperatorRegistry.Default["SliceChannel"].Bind(new Dictionary<string, string> { ["num_outputs"] = "3" }),
            "split",
            [Out(y)]
        );
        var sum = new Node(s_add, "sum", [Out(x), Out(split, 2)]);
        var graph = new Graph([Out(sum), Out(split, 1)]);
        CollectionAssert.AreEqual(new[] { x, y, split, sum }, graph.Nodes.ToArray());
        Assert.AreEqual(6, graph.EntryCount);
        Assert.AreEqual(4, graph.NumberOf(Out(split, 2)));
        Assert.AreEqual(5, graph.NumberOf(Out(sum)));
        CollectionAssert.AreEqual(new[] { x, y }, graph.Arguments.ToArray());
        Assert.IsEmpty(graph.AuxiliaryStates);
    }

    [TestMethod]
    public void VariablesThatHoldAnOperatorsStateAreAuxiliary()
    {
        Node[] inputs = [.. OperatorRegistry.Default["BatchNorm"].Inputs.Select(Variable)];
        var norm = new Node(OperatorRegistry.Default["BatchNorm"].Bind(), "bn", [.. inputs.Select(v => Out(v))]);
        var graph = new Graph([Out(norm)]);
        CollectionAssert.AreEqual(inputs[..3], graph.Arguments.ToArray());
        CollectionAssert.AreEqual(inputs[3..], graph.AuxiliaryStates.ToArray());
    }

    [TestMethod]
    public void ControlDependenciesComeAfterTheInputsAndBeforeTheNode()
    {
        Node x = Variable("x");
        var first = new Node(s_relu, "first", [Out(Variable("y"))]);
        var second = new Node(s_relu, "second", [Out(x)], controlDependencies: [first]);
        var graph = new Graph([Out(second)]);
        Assert.AreEqual(x, graph.Nodes[0]);
        Assert.AreEqual(2, graph.IndexOf(first));
        Assert.AreEqual(3, graph.IndexOf(second));

        var other = new Node(s_relu, "other", first.Inputs.ToArray());
        Graph rewritten = graph.Rewrite((node, _) => node == first ? [Out(other)] : null);
        Assert.AreEqual(other, rewritten.Heads[0].Node.ControlDependencies[0]);
        Assert.IsFalse(rewritten.Contains(first));
    }

    [TestMethod]
    public void RewritingSharesWhatDoesNotDependOnTheReplacedNode()
    {
        Node x = Variable("x");
        var left = new Node(s_relu, "left", [Out(x)]);
        var right = new Node(s_relu, "right", [Out(x)]);
        var sum = new Node(s_add, "sum", [Out(left), Out(right)], new Dictionary<string, string> { ["__k__"] = "v" });
        var graph = new Graph([Out(sum)]);
        Graph rewritten = graph.Rewrite((node, inputs) => node == right ? [inputs[0]] : null);
        Node changed = rewritten.Heads[0].Node;
        Assert.AreNotEqual(sum, changed);
        Assert.AreEqual("v", changed.Annotations["__k__"]);
        Assert.AreEqual(left, changed.Inputs[0].Node);
        Assert.AreEqual(x, changed.Inputs[1].Node);
        CollectionAssert.AreEqual(new[] { x, left, right, sum }, graph.Nodes.ToArray(), "the source stays as it was");
        Assert.AreSame(graph, graph.Rewrite((_, _) => null), "nothing replaced");
    }

    [TestMethod]
    public void AHundredThousandNodesInARowAreNoProblem()
    {
        Node node = Variable("x");
        for (int i = 0; i < 100_000; i++)
        {
            node = new Node(s_relu, "", [Out(node)]);
        }

        var graph = new Graph([Out(node)]);
        Assert.AreEqual(100_001, graph.Nodes.Count);
        Assert.AreEqual(100_001, graph.Rewrite((n, _) => n.IsVariable ? [Out(Variable("y"))] : null).Nodes.Count);
    }

    [TestMethod]
    public void OutputsAreNamedAfterTheirNode()
    {
        Assert.AreEqual("x", Variable("x").OutputName(0));
        Assert.AreEqual("r_output", new Node(s_relu, "r", [Out(Variable("x"))]).OutputName(0));
        Assert.AreEqual("output", new Node(s_relu, "", [Out(Variable("x"))]).OutputName(0));
    }

    [TestMethod]
    public void AnnotationsMayBeAddedAndTheOperatorsAttributesStayReadable()
    {
        var node = new Node(
            OperatorRegistry.Default["Activation"].Bind(new Dictionary<string, string> { ["act_type"] = "relu" }),
            "a",
            [Out(Variable("x"))]
        );
        node.Annotate("__lr_mult__", "2");
        Assert.AreEqual("relu", node.Attribute("act_type"));
        Assert.AreEqual("2", node.Attribute("__lr_mult__"));
        Assert.IsNull(node.Attribute("absent"));
        CollectionAssert.AreEqual(new[] { "__lr_mult__", "act_type" }, node.AllAttributes().Keys.ToArray());
    }
}
