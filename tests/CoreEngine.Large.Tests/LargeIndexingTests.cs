namespace CoreEngine.Large.Tests;

/// <summary>Taking, putting and moving elements beyond 2^31.</summary>
[TestClass]
public sealed class LargeIndexingTests : LargeTestBase
{
    private const long Rows = (1L << 27) + 3;
    private const long Columns = 17;

    [TestMethod]
    [DataRow("take", "axis=0")]
    [DataRow("Embedding", "input_dim=134217731 output_dim=17 dtype=uint8")]
    public void Rows_behind_the_border_are_taken(string op, string attributes)
    {
        NDArray x = Untouched([Rows, Columns]);
        Set(x, x.Size - 1, 7);
        Set(x, x.Size - Columns, 6);
        NDArray places = NDArray.From([Rows - 1, 0, Rows - 2]);
        NDArray y = op == "take" ? Call(op, attributes, x, places) : Call(op, attributes, places, x);
        Assert.AreEqual(new Shape(3, Columns), y.Shape);
        AssertHolds(y, (0, 6), (Columns - 1, 7), (Columns, 0), (y.Size - 1, 0));
    }

    [TestMethod]
    public void Single_elements_are_taken_from_one_axis()
    {
        NDArray x = Untouched([Many]);
        Set(x, Many - 1, 7);
        NDArray y = Call("take", "mode=wrap", x, NDArray.From([Many - 1, -1L, 5]));
        AssertHolds(y, (0, 7), (1, 7), (2, 0));
        NDArray z = Call("gather_nd", "", x, NDArray.From([Many - 1, 5]).Reshape(1, 2));
        AssertHolds(z, (0, 7), (1, 0));
    }

    [TestMethod]
    public void Elements_are_picked()
    {
        NDArray x = Untouched([3, Many / 3]);
        Set(x, x.Size - 1, 7);
        NDArray places = NDArray.From([0, 1, x.Shape[1] - 1]);
        AssertHolds(Call("pick", "axis=1", x, places), (0, 0), (2, 7));
        AssertHolds(Call("batch_take", "", x, places), (0, 0), (2, 7));
    }

    [TestMethod]
    public void Elements_are_scattered()
    {
        NDArray places = NDArray.From([Many - 1, 1L << 31]).Reshape(1, 2);
        NDArray y = Call("scatter_nd", $"shape=({Many},)", NDArray.From([3, 4]).AsType(DType.UInt8), places);
        AssertHolds(y, (Many - 1, 3), (1L << 31, 4), (Many - 2, 0));
    }

    [TestMethod]
    public void Rows_of_one_hot_lie_behind_the_border()
    {
        long depth = (1L << 20) + 1;
        double[] classes = new double[2049];
        classes[^1] = depth - 1;
        NDArray y = Call("one_hot", $"depth={depth} dtype=uint8", NDArray.From(classes));
        Assert.IsGreaterThan(1L << 31, y.Size);
        AssertHolds(y, (y.Size - 1, 1), (y.Size - 2, 0), (y.Size - depth, 0), (0, 1), (y.Size - (2 * depth), 1));
    }

    [TestMethod]
    public void Parts_are_sliced_and_assigned()
    {
        NDArray x = Untouched([Many]);
        Set(x, Many - 1, 7);
        Set(x, Many - 3, 5);
        AssertHolds(Call("slice", $"begin=({Many - 3},) end=({Many},)", x), (0, 5), (1, 0), (2, 7));
        AssertHolds(Call("slice_axis", "axis=0 begin=-3 end=None", x), (0, 5), (2, 7));
        AssertHolds(Call("slice_axis", $"axis=0 begin={Many - 3} end={Many}", x), (0, 5), (2, 7));
        AssertHolds(x[^3..], (0, 5), (2, 7));
        AssertHolds(Call("slice", $"begin=(None,) end=(None,) step=({-(1L << 30)},)", x), (0, 7), (1, 0), (2, 0));
        AssertHolds(Call("slice", $"begin=(1,) end=({Many},) step=({Many - 2},)", x), (0, 0), (1, 7));
        Imperative.Invoke("_slice_assign_scalar", [x], Attributes($"begin=({Many - 2},) end=({Many},) scalar=9"), [x]);
        AssertHolds(x, (Many - 1, 9), (Many - 2, 9), (Many - 3, 5), (Many - 4, 0));
    }

    [TestMethod]
    public void Views_behind_the_border_are_recorded()
    {
        NDArray x = Untouched([Many], DType.Float16);
        using (Autograd.Record())
        {
            NDArray y = x.Slice(Many - 3, Many) * 2;
            Assert.AreEqual(3, y.Size);
        }

        NDArray small = NDArray.Ones([5]);
        small.AttachGradient();
        NDArray z;
        using (Autograd.Record())
        {
            z = small[^2..] * 3;
        }

        z.Backward();
        AssertHolds(small.Gradient!, (0, 0), (2, 0), (3, 3), (4, 3));
    }

    [TestMethod]
    public void Elements_change_places()
    {
        NDArray x = Untouched([Many]);
        Set(x, Many - 1, 7);
        AssertHolds(Call("reverse", "axis=0", x), (0, 7), (1, 0), (Many - 1, 0));
    }

    [TestMethod]
    public void Axes_change_places()
    {
        NDArray x = Untouched([3, Many / 3]);
        Set(x, x.Size - 1, 7);
        Set(x, 2 * x.Shape[1], 6);
        NDArray y = Call("transpose", "", x);
        AssertHolds(y, (y.Size - 1, 7), (2, 6), (y.Size - 2, 0));
    }

    [TestMethod]
    public void Arrays_are_joined_and_split()
    {
        NDArray x = Untouched([Many - 1]);
        NDArray y = NDArray.Full([2], 3, DType.UInt8);
        NDArray z = Call("Concat", "dim=0 num_args=2", x, y);
        AssertHolds(z, (Many, 3), (Many - 1, 3), (Many - 2, 0));
        NDArray[] parts = Imperative.Invoke(
            "SliceChannel",
            [z.Slice(1, Many).Reshape(2, (Many - 1) / 2)],
            Attributes("num_outputs=2 axis=0")
        );
        AssertHolds(parts[1], (parts[1].Size - 1, 3), (parts[1].Size - 2, 0));
    }

    [TestMethod]
    public void Small_arrays_are_repeated()
    {
        NDArray x = NDArray.From([1.0, 2, 3]).AsType(DType.UInt8);
        NDArray y = Call("tile", $"reps=({Many / 3},)", x);
        AssertHolds(y, (y.Size - 1, 3), (y.Size - 2, 2));
    }

    [TestMethod]
    public void Every_element_is_repeated()
    {
        NDArray x = NDArray.From([1.0, 2, 3]).AsType(DType.UInt8);
        NDArray y = Call("repeat", $"repeats={Many / 3}", x);
        AssertHolds(y, (y.Size - 1, 3), (Many / 3, 2), (0, 1));
    }

    [TestMethod]
    public void Borders_are_added()
    {
        NDArray x = Untouched([1, 1, 1 << 16, (1 << 15) - 1], DType.UInt8);
        Set(x, x.Size - 1, 7);
        Imperative.Invoke("_plus_scalar", [x], Attributes("scalar=0"), [x]);
        NDArray y = Call("Pad", "mode=edge pad_width=(0,0,0,0,0,1,0,2)", x.AsType(DType.UInt8));
        AssertHolds(y, (y.Size - 1, 7), (y.Size - 4, 0));
    }
}
