namespace CoreEngine.Large.Tests;

/// <summary>Element-wise operators, broadcasting and copies beyond 2^31 elements.</summary>
[TestClass]
public sealed class LargeElementwiseTests : LargeTestBase
{
    [TestMethod]
    public void Arrays_are_made_written_and_read()
    {
        NDArray x = Untouched([Many], DType.Int8);
        Assert.AreEqual(Many, x.Size);
        Set(x, Many - 1, -7);
        Set(x, int.MaxValue, 3);
        Set(x, 1L << 31, 4);
        AssertHolds(x, (Many - 1, -7), (int.MaxValue, 3), (1L << 31, 4), (Many - 2, 0), ((1L << 31) - 2, 0), (0, 0));
        EngineException error = Assert.ThrowsExactly<EngineException>(() => x.ToArray<sbyte>());
        Assert.Contains("take slices", error.Message);
        Assert.AreEqual(-7, x.AsTensorSpan<sbyte>()[[unchecked((nint)Many) - 1]]);
    }

    [TestMethod]
    public void Ones_are_written_everywhere()
    {
        NDArray x = NDArray.Ones([Many], DType.UInt8);
        AssertHolds(x, (0, 1), (int.MaxValue, 1), (1L << 31, 1), (Many - 1, 1));
        NDArray y = x.Copy();
        AssertHolds(y, (0, 1), (1L << 31, 1), (Many - 1, 1));
    }

    [TestMethod]
    public void Arithmetic_reaches_the_last_element()
    {
        NDArray x = Untouched([3, Many / 3]);
        long last = x.Size - 1;
        Set(x, last, 5);
        Set(x, 1L << 31, 6);
        NDArray y = Imperative.Invoke("_plus_scalar", [x], Attributes("scalar=2"), [x])[0];
        AssertHolds(y, (last, 7), (1L << 31, 8), (last - 1, 2), (0, 2), (int.MaxValue, 2));
        Imperative.Invoke("elemwise_mul", [x, x], null, [x]);
        AssertHolds(x, (last, 49), (1L << 31, 64), (last - 1, 4), (0, 4));
    }

    [TestMethod]
    public void Types_are_converted()
    {
        NDArray x = Untouched([Many], DType.Int8);
        Set(x, Many - 1, -7);
        AssertHolds(x.AsType(DType.UInt8), (Many - 1, 249), (Many - 2, 0));
    }

    [TestMethod]
    public void Small_arrays_broadcast_to_large_ones()
    {
        long rows = (1 << 16) + 1;
        long columns = (1 << 15) + 3;
        NDArray x = NDArray.Zeros([rows, 1], DType.UInt8);
        NDArray y = NDArray.Zeros([1, columns], DType.UInt8);
        Set(x, rows - 1, 3);
        Set(y, columns - 1, 4);
        NDArray z = Call("broadcast_add", "", x, y);
        long last = (rows * columns) - 1;
        Assert.IsGreaterThan(1L << 31, last);
        AssertHolds(z, (last, 7), (last - 1, 3), (last - columns, 4), (last - columns - 1, 0));
    }

    [TestMethod]
    public void One_row_is_added_to_all()
    {
        NDArray x = NDArray.Zeros([Many / 3, 3], DType.UInt8);
        NDArray row = NDArray.Zeros([1, 3], DType.UInt8);
        Set(row, 2, 9);
        Set(x, x.Size - 1, 1);
        Imperative.Invoke("broadcast_add", [x, row], null, [x]);
        AssertHolds(x, (x.Size - 1, 10), (x.Size - 2, 0), (x.Size - 4, 9));
    }

    [TestMethod]
    public void Where_takes_the_right_side()
    {
        NDArray condition = Untouched([Many]);
        Set(condition, Many - 1, 1);
        NDArray y = Call("where", "", condition, Untouched([Many]), condition);
        AssertHolds(y, (Many - 1, 0), (Many - 2, 0));
        NDArray z = Call("where", "", condition, condition, Untouched([Many]));
        AssertHolds(z, (Many - 1, 1), (Many - 2, 0));
    }
}
