namespace CoreEngine.Large.Tests;

/// <summary>Reductions of more than 2^31 elements.</summary>
[TestClass]
public sealed class LargeReductionTests : LargeTestBase
{
    [TestMethod]
    public void Sums_reach_the_last_element()
    {
        NDArray x = Untouched([Many]);
        Set(x, Many - 1, 5);
        Set(x, 1L << 31, 6);
        Assert.AreEqual(11, Get(Call("sum", "", x), 0));
        Assert.AreEqual(6, Get(Call("max", "", x), 0));
        Assert.AreEqual(0, Get(Call("min", "", x), 0));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void Sums_along_every_axis(int axis)
    {
        Shape shape = [(1 << 10) + 1, 1 << 11, (1 << 10) + 1];
        NDArray x = Untouched(shape);
        Set(x, x.Size - 1, 5);
        Set(x, x.Size - 2, 3);
        NDArray sums = Call("sum", $"axis={axis}", x);
        long last = sums.Size - 1;
        AssertHolds(sums, (last, axis == 2 ? 8 : 5), (last - 1, axis == 2 ? 0 : 3), (0, 0));
    }

    [TestMethod]
    public void The_largest_element_is_found()
    {
        // A multiple of 256, so that float32 holds the place.
        long place = (1L << 31) + 4096;
        NDArray x = Untouched([Many], DType.Float32);
        Set(x, place, 1);
        Assert.AreEqual(place, Get(Call("argmax", "axis=0", x), 0));
        Set(x, place, -1);
        Assert.AreEqual(place, Get(Call("argmin", "axis=0", x), 0));
    }

    [TestMethod]
    public void Norms_and_means_count_all_elements()
    {
        NDArray x = Untouched([Many], DType.Float32);
        Set(x, Many - 1, 3);
        Set(x, Many - 2, 4);
        Assert.AreEqual(5, Get(Call("norm", "", x), 0));
        Assert.AreEqual(7.0 / Many, Get(Call("mean", "", x), 0), 1e-6 * 7.0 / Many);
    }

    [TestMethod]
    public void Rows_are_ranked_far_behind()
    {
        NDArray x = Untouched([Many / 1025, 1025]);
        long rows = x.Shape[0];
        Set(x, x.Size - 3, 9);
        AssertHolds(Call("max", "axis=1", x), (rows - 1, 9), (rows - 2, 0));
        NDArray values = Call("topk", "axis=1 k=1 ret_typ=value", x);
        AssertHolds(values, (rows - 1, 9), (rows - 2, 0));
    }
}
