using System.Text.RegularExpressions;
using System.Xml.Linq;
using CoreEngine.Graphs;
using CoreEngine.Graphs.Drawing;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Graphs.Drawing;

[TestClass]
public sealed partial class GraphPictureTests
{
    [TestMethod]
    public void AnSvgShowsEveryBoxWithItsShapesAndEveryArrow()
    {
        var picture = new GraphPicture(Facts(Network("fc")), "net");
        XDocument svg = XDocument.Parse(picture.ToSvg());
        XNamespace space = "http://www.w3.org/2000/svg";
        string[] texts = [.. svg.Descendants(space + "tspan").Select(text => text.Value)];
        foreach (
            string expected in (string[])
                ["FullyConnected", "fc", "num_hidden 3", "weight 3×4", "bias 3", "→ 2×3", "data"]
        )
        {
            CollectionAssert.Contains(texts, expected);
        }

        string[] captions = [.. svg.Root!.Elements(space + "text").Select(text => text.Value)];
        CollectionAssert.AreEqual(
            new[] { "net", "2 calls, 4 variables (100 B)", "intermediate results 64 B, planned 64 B (100.0 %)" },
            captions
        );
        Assert.HasCount(3, svg.Descendants(space + "path").Where(path => path.Attribute("marker-end") is not null));
    }

    [TestMethod]
    public void ParametersOfOneCallAreInItsBoxAndSharedOnesAreNot()
    {
        Symbol data = Symbol.Variable("data");
        Symbol weight = Symbol.Variable("weight");
        var parameters = new FullyConnectedParameters { Hidden = 4, NoBias = true };
        Symbol first = Symbol.Call("FullyConnected", parameters, [data, weight], "first");
        Symbol second = Symbol.Call("FullyConnected", parameters, [first, weight], "second");
        Symbol third = Symbol.Call("FullyConnected", parameters, [second], "third");
        var picture = new GraphPicture(new GraphFacts(third.Graph));
        CollectionAssert.AreEqual(
            new[] { "data", "weight", "FullyConnected", "FullyConnected", "FullyConnected" },
            picture.Nodes.Select(node => node.Title).ToArray()
        );
        CollectionAssert.Contains(picture.Nodes[4].Lines, "weight");
    }

    [TestMethod]
    public void WhateverIsInANameNoFormatBreaks()
    {
        const string Name = "a\"b<c>&d\\e\n#`{}|]end";
        var picture = new GraphPicture(new GraphFacts(Network(Name)), Name);
        StringAssert.Contains(
            XDocument.Parse(picture.ToSvg()).ToString(SaveOptions.DisableFormatting),
            "a\"b&lt;c&gt;&amp;d\\e"
        );

        string[] dot = picture.ToDot().Split('\n');
        Assert.IsTrue(dot.All(line => UnescapedQuotes().Count(line) % 2 == 0), picture.ToDot());
        string[] mermaid = picture.ToMermaid().Split('\n');
        Assert.HasCount(1, mermaid.Where(line => line.Contains("num_hidden")));
        Assert.IsTrue(
            mermaid.All(line => line.Count(c => c == '"') is 0 or 2 || line.StartsWith("%%")),
            picture.ToMermaid()
        );
        Assert.IsFalse(mermaid.Any(line => line.StartsWith("%%") && line.Contains('{')));
    }

    [TestMethod]
    public void MermaidAndDotHaveTheSameBoxesAndArrows()
    {
        var picture = new GraphPicture(Facts(Network("fc")));
        string mermaid = picture.ToMermaid();
        StringAssert.Contains(
            mermaid,
            "    n1[\"FullyConnected<br/>fc<br/>num_hidden 3<br/>weight 3×4<br/>bias 3<br/>→ 2×3\"]:::product"
        );
        StringAssert.Contains(mermaid, "    n0 --> n1\n    n1 --> n3\n    n2 --> n3\n");
        string dot = picture.ToDot();
        StringAssert.Contains(dot, "n1 [label=\"FullyConnected\\nfc\\nnum_hidden 3\\nweight 3×4\\nbias 3\\n→ 2×3\"");
        StringAssert.Contains(dot, "    n0 -> n1;\n    n1 -> n3;\n    n2 -> n3;\n");
    }

    [TestMethod]
    public void WithoutShapesTheVariablesInQuestionAreNamed()
    {
        var facts = new GraphFacts(Network("fc"));
        Assert.IsNull(facts.Memory);
        Assert.AreEqual("data, fc_weight, fc_bias, label", string.Join(", ", facts.Unknown.Select(node => node.Name)));
    }

    [TestMethod]
    public void ATrainingStepTakesMoreMemoryThanPrediction()
    {
        Graph forward = ResNet18.Build();
        var shapes = GraphInference.ByName(forward, new Dictionary<string, Shape> { ["data"] = [8, 3, 224, 224] });
        Node[] parameters = [.. forward.Arguments.Where(node => node.Name is not ("data" or "softmax_label"))];
        var prediction = new GraphFacts(forward, shapes);
        GraphFacts training = GraphFacts.OfTraining(forward, parameters, shapes);
        GraphFacts repeated = GraphFacts.OfTraining(forward, parameters, shapes, recompute: Mirroring.IsCheap);
        Assert.IsGreaterThan(prediction.Memory!.PlannedBytes, training.Memory!.PlannedBytes);
        Assert.IsLessThan(training.Memory.PlannedBytes, repeated.Memory!.PlannedBytes);
        // 11.7 million parameters, 9,600 moving statistics, data and labels.
        Assert.AreEqual(4 * (11_689_512 + 9_600 + (8 * 3 * 224 * 224) + 8), prediction.VariableBytes);
        XDocument.Parse(new GraphPicture(training).ToSvg());
    }

    private static GraphFacts Facts(Graph graph) =>
        new(graph, GraphInference.ByName(graph, new Dictionary<string, Shape> { ["data"] = [2, 4] }));

    private static Graph Network(string name)
    {
        Symbol fc = Symbol.Call(
            "FullyConnected",
            new FullyConnectedParameters { Hidden = 3 },
            [Symbol.Variable("data")],
            name
        );
        return Symbol.Call("SoftmaxOutput", [fc, Symbol.Variable("label")], "softmax").Graph;
    }

    [GeneratedRegex("(?<!\\\\)(\\\\\\\\)*\"")]
    private static partial Regex UnescapedQuotes();
}
