using System.Text;
using CoreEngine.Files;
using CoreEngine.Tests.Files;

namespace CoreEngine.Tests.Symbols;

[TestClass]
public sealed class HostileSymbolTests
{
    private const string X = """{"op": "null", "name": "x", "inputs": []}""";

    [TestMethod]
    [DataRow("", "an object is expected here, but the text ends")]
    [DataRow("[]", "an object is expected here")]
    [DataRow("{}", "there are no 'nodes'")]
    [DataRow("""{"nodes": []}""", "there are no 'heads'")]
    [DataRow("""{"nodes": [], "arg_nodes": [], "heads": []} x""", "goes on after its end")]
    [DataRow("""{"nodes": [], "nodes": []}""", "'nodes' is unknown in the graph, or there twice")]
    [DataRow("""{"nodes": [{"op": "null"}], "heads": []}""", "has no 'name'")]
    [DataRow("""{"nodes": [{"name": "x"}], "heads": []}""", "has no 'op'")]
    [DataRow("""{"nodes": [{"op": "null", "name": "x", "colour": 1}]}""", "'colour' is unknown in a node")]
    [DataRow("""{"nodes": [{"op": "null", "name": "x", "subgraphs": []}]}""", "control flow")]
    [DataRow("""{"nodes": [{"op": "null", "name": "x""", "has no end")]
    [DataRow("""{"nodes": [{"op": "null", "name": "\q"}]}""", "no such escape")]
    [DataRow("""{"nodes": [{"op": "null", "name": "\u12g4"}]}""", "four hexadecimal digits")]
    [DataRow("""{"nodes": [{"op": "null", "name": "\ud800x"}]}""", "no valid Unicode")]
    [DataRow("""{"nodes": [], "heads": [[0]]}""", "two or three numbers")]
    [DataRow("""{"nodes": [], "heads": [[0, 0, 0, 0]]}""", "two or three numbers")]
    [DataRow("""{"nodes": [], "heads": [[0, 99999999999]]}""", "a whole number of 32 bits")]
    [DataRow("""{"nodes": [], "heads": [[0, 0.5]]}""", "',' or the end of the array is expected")]
    [DataRow("""{"nodes": [], "heads": [[0, 0]]}""", "'heads' names output 0 of node 0, which does not exist")]
    [DataRow("""{"nodes": [], "heads": [], "attrs": {"mxnet_version": 10000}}""", "an array is expected")]
    [DataRow("""{"nodes": [], "heads": [], "attrs": {"mxnet_version": ["str", "1"]}}""", "has the form")]
    [DataRow("""{"nodes": [], "heads": [], "arg_nodes": [0]}""", "'arg_nodes' names node 0")]
    public void WhatIsNoSymbolIsRefused(string json, string problem) => AssertRefused(json, problem);

    [TestMethod]
    [DataRow("""{"op": "NoSuchOperator", "name": "n", "inputs": [[0, 0]]}""", "no operator with this name")]
    [DataRow("""{"op": "_backward_relu", "name": "n", "inputs": [[0, 0], [0, 0]]}""", "a part of a gradient")]
    [DataRow("""{"op": "Activation", "name": "n", "inputs": [[0, 0]]}""", "'act_type'")]
    [DataRow("""{"op": "relu", "name": "n", "inputs": [[0, 0], [0, 0]]}""", "it has 2 inputs")]
    [DataRow("""{"op": "relu", "name": "n", "inputs": [[2, 0]]}""", "its input output 0 of node 2 does not exist")]
    [DataRow("""{"op": "relu", "name": "n", "inputs": [[-1, 0]]}""", "does not exist")]
    [DataRow("""{"op": "relu", "name": "n", "inputs": [[0, 1]]}""", "its output 1 is used, but it has 1")]
    [DataRow("""{"op": "relu", "name": "n", "inputs": [[0, -1]]}""", "does not exist")]
    [DataRow("""{"op": "relu", "name": "n", "inputs": [[1, 0]]}""", "it depends on itself")]
    [DataRow("""{"op": "relu", "name": "n", "inputs": [[0, 0]], "control_deps": [1]}""", "it depends on itself")]
    [DataRow("""{"op": "relu", "name": "n", "inputs": [[0, 0]], "control_deps": [5]}""", "waits for node 5")]
    [DataRow("""{"op": "null", "name": "n", "inputs": [[0, 0]]}""", "a variable has no inputs")]
    public void NodesThatCannotBeAreNamed(string node, string problem) =>
        Assert.Contains(
            "node ",
            AssertRefused(
                $$"""
                {"nodes": [{{X}}, {{node}}], "arg_nodes": [0], "heads": [[1, 0]],
                 "attrs": {"mxnet_version": ["int", 10000] } }
                """,
                problem
            )
        );

    [TestMethod]
    [DataRow("SliceChannel", "num_outputs", 10000, "at most 65536")]
    [DataRow("SliceChannel", "num_outputs", 800, "at most 65536")]
    [DataRow("Concat", "num_args", 10000, "at most 65536")]
    [DataRow("Concat", "num_args", 800, "at most 65536")]
    [DataRow("add_n", "num_args", 800, "at most 65536")]
    public void LargeNumbersFillNoMemory(string op, string attribute, int version, string problem)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(
            $$"""
            {"nodes": [{{X}}, {"op": "{{op}}", "name": "n", "attrs": {"{{attribute}}": "2000000000"},
              "inputs": [[0, 0]]}], "arg_nodes": [0], "heads": [[1, 0]],
             "attrs": {"mxnet_version": ["int", {{version}}] } }
            """,
            problem
        );
        Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void ManyOutputsFillNoMemory()
    {
        const string Parts =
            """{"op": "SliceChannel", "name": "n", "attrs": {"num_outputs": "65536"}, "inputs": [[0, 0]]}""";
        AssertRefused(
            $$"""
            {"nodes": [{"op": "null", "name": "x", "inputs": []}, {{string.Join(", ", Enumerable.Repeat(Parts, 17))}}],
            "arg_nodes": [0], "heads": [{{string.Join(", ", Enumerable.Range(1, 17).Select(i => $"[{i}, 0]"))}}],
            "attrs": {"mxnet_version": ["int", 10000] } }
            """,
            "no more than 1,048,576 are read"
        );
    }

    [TestMethod]
    public void AStateMustBeAVariable() =>
        AssertRefused(
            """
            {"nodes": [
              {"op": "null", "name": "x", "inputs": []},
              {"op": "relu", "name": "r", "inputs": [[0, 0]]},
              {"op": "BatchNorm", "name": "n", "inputs": [[0, 0], [0, 0], [0, 0], [0, 0], [1, 0]]}
             ], "arg_nodes": [0], "heads": [[2, 0]], "attrs": {"mxnet_version": ["int", 10000]}}
            """,
            "its state 'moving_var' is kept in r_output"
        );

    [TestMethod]
    public void DeepNestingIsRefused()
    {
        string json = $$"""{"nodes": [], "heads": [], "attrs": {"x": {{new string('[', 100_000)}}""";
        AssertRefused(json, "nested deeper than 64 levels");
    }

    [TestMethod]
    public void LongChainsAreRead()
    {
        const int Length = 100_000;
        var json = new StringBuilder($$"""{"nodes": [{{X}}""");
        for (int i = 0; i < Length; i++)
        {
            json.Append($$""", {"op": "relu", "name": "r", "inputs": [[{{i}}, 0]]}""");
        }

        json.Append(
            $$"""], "arg_nodes": [0], "heads": [[{{Length}}, 0]], "attrs": {"mxnet_version": ["int", 10000] } }"""
        );
        var symbol = Symbol.FromJson(json.ToString());
        Assert.HasCount(Length + 1, symbol.Graph.Nodes);
        Assert.AreEqual(symbol.ToJson(), Symbol.FromJson(symbol.ToJson()).ToJson());
    }

    [TestMethod]
    public void NodesMayStandInAnyOrder()
    {
        var symbol = Symbol.FromJson(
            """
            {"nodes": [
              {"op": "relu", "name": "r", "inputs": [[1, 0]], "control_deps": [2]},
              {"op": "null", "name": "x", "inputs": []},
              {"op": "abs", "name": "a", "inputs": [[1, 0]]}
             ], "arg_nodes": [1], "heads": [[0, 0]], "attrs": {"mxnet_version": ["int", 10000]}}
            """
        );
        CollectionAssert.AreEqual(new[] { "x", "a", "r" }, symbol.Graph.Nodes.Select(node => node.Name).ToArray());
        Assert.Contains("\"control_deps\": [1]", symbol.ToJson());
    }

    private static string AssertRefused(string json, string problem)
    {
        string message = Assert.ThrowsExactly<FileFormatException>(() => Symbol.FromJson(json)).Message;
        Assert.Contains(problem, message);
        return message;
    }
}
