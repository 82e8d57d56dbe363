using CoreEngine.Operators;

namespace CoreEngine.Tests.Execution;

[TestClass]
public sealed class EmptyResultTests
{
    [TestMethod]
    public void Attributes_may_ask_for_results_without_elements()
    {
        using NDArray x = NDArray.Ones([2, 3]);
        NDArray tiled = Imperative.Invoke("tile", [x], new Dictionary<string, string> { ["reps"] = "(2, 0, 4, 5)" })[0];
        Assert.AreEqual(new Shape(2, 0, 8, 15), tiled.Shape);
        NDArray encoded = Imperative.Invoke("one_hot", [x], new Dictionary<string, string> { ["depth"] = "0" })[0];
        Assert.AreEqual(new Shape(2, 3, 0), encoded.Shape);
        Assert.AreEqual(0, encoded.ToArray<float>().Length);
    }

    [TestMethod]
    public void Arrays_without_elements_give_results_without_elements()
    {
        using NDArray nothing = NDArray.Zeros(StorageType.RowSparse, [3, 4]).StoredValues();
        Assert.AreEqual(0, nothing.Size);
        NDArray tiled = Imperative.Invoke("tile", [nothing], new Dictionary<string, string> { ["reps"] = "(2,)" })[0];
        Assert.AreEqual(new Shape(0, 8), tiled.Shape);
    }

    [TestMethod]
    public void Results_with_elements_cannot_be_computed_of_none()
    {
        using NDArray nothing = NDArray.Zeros(StorageType.RowSparse, [3, 4]).StoredValues();
        using NDArray indices = NDArray.Zeros([2]);
        ShapeMismatchException error = Assert.ThrowsExactly<ShapeMismatchException>(() => nothing.Take(indices));
        StringAssert.Contains(error.Message, "without elements");
    }
}
