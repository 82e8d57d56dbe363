namespace CoreEngine.Tests.Executors;

/// <summary>Layers of float16, which are computed in float32, in bound graphs.</summary>
[TestClass]
public sealed class HalfPrecisionExecutorTests : EngineTestBase
{
    [TestMethod]
    public void AGradientThatNeedsOnlyTheShapeOfItsInputGetsNoValues()
    {
        using var scope = new ArrayScope();
        var flow = new Dictionary<string, string> { ["transform_type"] = "warp" };
        Symbol squares = Symbol.Call("square", Symbol.Variable("flow"));
        Symbol grid = Symbol.Call("GridGenerator", [squares], "grid", flow);
        Shape shape = [1, 2, 3, 3];
        using Executor executor = Executor.SimpleBind(
            grid,
            new Dictionary<string, Shape> { ["flow"] = shape },
            GradientRequests.Of(["flow"]),
            new Dictionary<string, DType> { ["flow"] = DType.Float16 }
        );
        executor["flow"].Fill(0.5);
        executor.Forward(isTraining: true);
        executor.Backward([NDArray.Ones(shape, DType.Float16)]);
        // A flow in pixels moves the grid, which spans -1 to 1, by 2 / (extent - 1); the square's derivative is 1 there.
        Assert.IsTrue(executor.GradientOf("flow")!.ToArray<Half>().All(value => value == (Half)1));
    }
}
