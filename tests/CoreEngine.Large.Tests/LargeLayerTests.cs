namespace CoreEngine.Large.Tests;

/// <summary>Products, layers and graphs over more than 2^31 elements.</summary>
[TestClass]
public sealed class LargeLayerTests : LargeTestBase
{
    [TestMethod]
    public void A_matrix_is_multiplied_by_a_vector()
    {
        NDArray x = Untouched([(1 << 21) + 1, 1025], DType.Float32);
        Set(x, x.Size - 1, 3);
        NDArray y = NDArray.Ones([1025, 1]);
        NDArray z = Call("dot", "", x, y);
        AssertHolds(z, (z.Size - 1, 3), (z.Size - 2, 0));
        NDArray left = NDArray.Ones([1, x.Shape[0]]);
        AssertHolds(Call("dot", "", left, x), (1024, 3), (1023, 0));
    }

    [TestMethod]
    public void A_layer_has_many_weights()
    {
        NDArray weight = Untouched([(1 << 21) + 1, 1025], DType.Float32);
        Set(weight, weight.Size - 1, 3);
        NDArray z = Call(
            "FullyConnected",
            $"num_hidden={weight.Shape[0]} no_bias=True",
            NDArray.Ones([2, 1025]),
            weight
        );
        AssertHolds(z, (z.Size - 1, 3), (z.Size - 2, 0));
    }

    [TestMethod]
    public void A_large_image_is_pooled_and_convolved()
    {
        NDArray x = Untouched([1, 1, (1 << 15) + 1, 1 << 16], DType.Float32);
        Set(x, x.Size - 1, 3);
        NDArray pooled = Call("Pooling", "kernel=(1,1024) stride=(64,1024) pool_type=max", x);
        AssertHolds(pooled, (pooled.Size - 1, 3), (pooled.Size - 2, 0));
        NDArray convolved = Call(
            "Convolution",
            "kernel=(1,4) stride=(64,64) num_filter=1 no_bias=True",
            x.Reshape(1, 1, x.Size / 1024, 1024),
            NDArray.Ones([1, 1, 1, 4])
        );
        Assert.AreEqual(0, Get(convolved, convolved.Size - 1));
    }

    [TestMethod]
    public void A_graph_plans_its_memory()
    {
        Symbol x = Symbol.Variable("x");
        Symbol y = Symbol.Call("_plus_scalar", [Symbol.Call("negative", x)], "y", Attributes("scalar=3"));
        Symbol z = Symbol.Call("max", y);
        using Executor executor = Executor.SimpleBind(
            z,
            new Dictionary<string, Shape> { ["x"] = [Many] },
            GradientRequests.None,
            new Dictionary<string, DType> { ["x"] = DType.Int8 }
        );
        Set(executor["x"], Many - 1, -9);
        Assert.AreEqual(12, Get(executor.Forward()[0], 0));
    }
}
