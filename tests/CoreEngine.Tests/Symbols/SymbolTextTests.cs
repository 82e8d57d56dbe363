using CoreEngine.Graphs;
using CoreEngine.Operators;
using CsCheck;

namespace CoreEngine.Tests.Symbols;

/// <summary>The layout of symbol files, where the recorded ones do not show it.</summary>
[TestClass]
public sealed class SymbolTextTests
{
    [TestMethod]
    public void ListsOfMoreThanTenBreakIntoLines()
    {
        Symbol x = Symbol.Variable("x");
        Symbol ten = Symbol.Call("add_n", [.. Enumerable.Repeat(x, 10)], "ten");
        Assert.Contains("\"inputs\": [[0, 0, 0], [0, 0, 0], ", ten.ToJson());
        Symbol eleven = Symbol.Call("add_n", [.. Enumerable.Repeat(x, 11)], "eleven");
        string entries = string.Join(", \n        ", Enumerable.Repeat("[0, 0, 0]", 11));
        Assert.Contains($"\"inputs\": [\n        {entries}\n      ]\n    }}\n  ], \n", eleven.ToJson());
        Symbol heads = Symbol.Group([.. Enumerable.Repeat(x, 11)]);
        entries = string.Join(", \n    ", Enumerable.Repeat("[0, 0, 0]", 11));
        Assert.Contains($"  \"heads\": [\n    {entries}\n  ], \n  \"attrs\"", heads.ToJson());
    }

    [TestMethod]
    public void ControlDependenciesFollowTheInputs()
    {
        var x = new Node(null, "x", []);
        var first = new Node(OperatorRegistry.Default["relu"].Bind(), "first", [new(x, 0)]);
        var then = new Node(OperatorRegistry.Default["abs"].Bind(), "then", [new(x, 0)], null, [first]);
        Assert.Contains(
            "\"inputs\": [[0, 0, 0]], \n      \"control_deps\": [1]\n    }\n  ], \n",
            new Symbol(new NodeEntry(then, 0)).ToJson()
        );
    }

    [TestMethod]
    public void RowsCountTheOutputsThatMXNetsOperatorsHave()
    {
        Symbol x = Symbol.Variable("x");
        Symbol warped = Symbol.Call("BilinearSampler", [x, x], "warped");
        Assert.Contains("\"node_row_ptr\": [0, 1, 3]", warped.ToJson());
        var lstm = new Dictionary<string, string>
        {
            ["mode"] = "lstm",
            ["num_layers"] = "1",
            ["state_size"] = "2",
        };
        Assert.Contains("\"node_row_ptr\": [0, 1, 2]", Symbol.Call("RNN", [x, x, x, x], "r", lstm).ToJson());
    }

    [TestMethod]
    public void SharedStatesCountTheirChanges()
    {
        Symbol x = Symbol.Variable("x");
        Symbol s = Symbol.Variable("s");
        Symbol both = Symbol.Call("BatchNorm", Symbol.Call("BatchNorm", x, x, x, s, s), x, x, s, s);
        Assert.Contains("\"inputs\": [[0, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 1], [1, 0, 2]]", both.ToJson());
        Assert.Contains("\"inputs\": [[2, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 3], [1, 0, 4]]", both.ToJson());
    }

    [TestMethod]
    public void FilesWithoutACountOfChangesKeepNone()
    {
        string counted = Symbol.Variable("x").BatchNorm(name: "bn").ToJson();
        Assert.Contains("[3, 0, 1], [4, 0, 1]]", counted);
        string upgraded = counted.Replace("[3, 0, 1], [4, 0, 1]]", "[3, 0, 0], [4, 0, 0]]");
        var symbol = Symbol.FromJson(upgraded);
        Assert.AreEqual(upgraded, symbol.ToJson());
        Assert.AreEqual(upgraded, symbol.Copy().ToJson());
        Assert.AreEqual(counted, Symbol.FromJson(counted).Copy().ToJson());
    }

    [TestMethod]
    public void AnyTextComesBack() =>
        Gen.Select(Gen.String[Gen.Char['\0', '\uD7FF'], 1, 20], Gen.String[Gen.Char['\0', '\u00FF'], 0, 20])
            .Sample(
                (name, value) =>
                {
                    Symbol x = Symbol.Variable(
                        name,
                        attributes: new Dictionary<string, string> { [$"__{name}__"] = value, ["__init__"] = name }
                    );
                    Symbol back = Symbol.FromJson(x.ToJson());
                    return back.Name == name
                        && back.Attribute($"__{name}__") == value
                        && back.Attribute("__init__") == name
                        && back.ToJson() == x.ToJson();
                },
                iter: 2_000
            );

    [TestMethod]
    public void EscapesAreThoseOfMXNet()
    {
        Symbol x = Symbol.Variable("a\"b\\c\nd\re\tf/g\u0001hé");
        Assert.Contains("""  "name": "a\"b\\c\nd\re\tf/g""" + "\u0001hé\", ", x.ToJson());
        Symbol read = Symbol.FromJson(
            """{"nodes": [{"op": "null", "name": "\u0041\/\b\f\ud83d\ude00", "inputs": []}], "heads": [[0, 0]]}"""
        );
        Assert.AreEqual("A/\b\f\U0001F600", read.Name);
    }
}
