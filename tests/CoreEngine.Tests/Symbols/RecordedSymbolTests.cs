using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Symbols;

[TestClass]
public sealed class RecordedSymbolTests : EngineTestBase
{
    [TestMethod]
    public void WhatAutogradRecordedIsASymbol()
    {
        using NDArray x = NDArray.From<float>([1f, 2f, 3f, 4f], new Shape(2, 2));
        using NDArray w = NDArray.From<float>([1f, 0f, 0f, 1f], new Shape(2, 2));
        x.AttachGradient();
        using var scope = new ArrayScope();
        NDArray y;
        using (Autograd.Record())
        {
            y = x.Dot(w, transposeOther: true).Relu() + x;
        }

        Symbol symbol = Symbol.FromRecorded(y);
        CollectionAssert.AreEqual(new[] { "var0", "var1" }, symbol.ListArguments().ToArray());
        CollectionAssert.AreEqual(new[] { "elemwise_add0_output" }, symbol.ListOutputs().ToArray());
        Symbol dot = symbol.Internals()["dot0_output"];
        CollectionAssert.AreEqual(new[] { "transpose_b" }, dot.ListAttributes().Keys.ToArray());
        Assert.AreEqual(symbol.ToJson(), Symbol.FromJson(symbol.ToJson()).ToJson());
        CollectionAssert.AreEqual(
            new Shape[] { new(2, 2) },
            symbol.InferShapes(("var0", new Shape(2, 2)), ("var1", new Shape(2, 2))).Outputs.ToArray()
        );
        y.Backward();
        EngineException error = Assert.ThrowsExactly<EngineException>(() => Symbol.FromRecorded(y));
        Assert.Contains("retainGraph: true", error.Message);
        Assert.ThrowsExactly<EngineException>(() => Symbol.FromRecorded(w));
    }

    [TestMethod]
    public void OperatorsWithoutNamesInFilesAreNotWritten()
    {
        OperatorDef relu = OperatorRegistry.Default["relu"];
        var own = new OperatorDef("relu") { Kernel = relu.Kernel };
        var node = new Node(own.Bind(), "mine", [Symbol.Variable("x").Entries[0]]);
        SymbolException error = Assert.ThrowsExactly<SymbolException>(() =>
            new Symbol(new NodeEntry(node, 0)).ToJson()
        );
        Assert.Contains("relu 'mine' cannot be written", error.Message);
    }
}
