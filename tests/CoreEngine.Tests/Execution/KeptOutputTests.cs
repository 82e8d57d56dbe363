namespace CoreEngine.Tests.Execution;

/// <summary>An operator that writes parts of an array keeps the rest, and makes it zero where there was no array.</summary>
[TestClass]
public sealed class KeptOutputTests : EngineTestBase
{
    private static readonly Dictionary<string, string> s_six = new() { ["shape"] = "(6,)" };

    [TestMethod]
    public void WithoutAnArrayTheRestIsZero()
    {
        using var scope = new ArrayScope();
        // Memory that was written before must not show.
        NDArray.Full([6], 7).Dispose();
        NDArray result = Imperative.Invoke("_scatter_set_nd", [Data(), Places()], s_six)[0];
        CollectionAssert.AreEqual(new float[] { 0, 2, 0, 0, 1, 0 }, result.ToArray<float>());
    }

    [TestMethod]
    public void AGivenArrayKeepsTheRest()
    {
        using var scope = new ArrayScope();
        NDArray given = NDArray.Full([6], 7);
        Imperative.Invoke("_scatter_set_nd", [Data(), Places()], s_six, [given]);
        CollectionAssert.AreEqual(new float[] { 7, 2, 7, 7, 1, 7 }, given.ToArray<float>());
    }

    [TestMethod]
    public void AnArrayThatOverlapsTheDataKeepsTheRest()
    {
        using var scope = new ArrayScope();
        NDArray given = NDArray.From([10f, 20f, 30f, 40f, 50f, 60f]);
        Imperative.Invoke("_scatter_set_nd", [given[..2], Places()], s_six, [given]);
        CollectionAssert.AreEqual(new float[] { 10, 20, 30, 40, 10, 60 }, given.ToArray<float>());
    }

    private static NDArray Data() => NDArray.From([1f, 2f]);

    private static NDArray Places() => NDArray.From([4f, 1f], [1, 2]);
}
