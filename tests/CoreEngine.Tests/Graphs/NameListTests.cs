using CoreEngine.Graphs;

namespace CoreEngine.Tests.Graphs;

[TestClass]
public sealed class NameListTests
{
    [TestMethod]
    public void LongListsAreCut()
    {
        Assert.AreEqual("none", NameList.Of([]));
        Assert.AreEqual("a, b", NameList.Of(["a", "b"]));
        Assert.AreEqual(
            "n0, n1, n2, n3, n4, n5, n6, n7 and 92 more",
            NameList.Of(Enumerable.Range(0, 100).Select(i => $"n{i}"))
        );
    }

    [TestMethod]
    [DataRow("dta", ". Did you mean data?")]
    [DataRow("DATA", ". Did you mean data?")]
    [DataRow("fc1", ". Did you mean fc1_weight?")]
    [DataRow("nothing like it", ".")]
    public void WhatWasMeantIsNamed(string wanted, string expected) =>
        Assert.AreEqual($"label, data, fc1_weight{expected}", NameList.Of(["label", "data", "fc1_weight"], wanted));
}
