namespace CoreEngine.Tests.Arrays;

/// <summary>Sparse arrays that store nothing.</summary>
[TestClass]
public sealed class EmptySparseTests : EngineTestBase
{
    [TestMethod]
    [DataRow("0", "False")]
    [DataRow("0", "True")]
    [DataRow("1", "False")]
    [DataRow("1", "True")]
    [DataRow("()", "False")]
    public void SumsOfSquaresAreZero(string axis, string keepDims)
    {
        using var scope = new ArrayScope();
        NDArray nothing = NDArray.Zeros(StorageType.RowSparse, [5, 3]);
        var attributes = new Dictionary<string, string> { ["axis"] = axis, ["keepdims"] = keepDims };
        NDArray sums = Imperative.Invoke("_square_sum", [nothing], attributes)[0].ToDense();
        Assert.IsTrue(sums.ToArray<float>().All(sum => sum == 0));
    }
}
