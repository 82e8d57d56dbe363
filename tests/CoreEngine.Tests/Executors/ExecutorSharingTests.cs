namespace CoreEngine.Tests.Executors;

/// <summary>Executors that use each other's arrays.</summary>
[TestClass]
public sealed class ExecutorSharingTests : EngineTestBase
{
    private static Symbol Doubled() => Symbol.Variable("x") * 2;

    private static Executor Bind(int rows, BindOptions? options = null) =>
        Executor.SimpleBind(
            Doubled(),
            new Dictionary<string, Shape> { ["x"] = new(rows, 3) },
            GradientRequests.None,
            options: options
        );

    [TestMethod]
    public void Results_lie_in_those_of_the_other_executor_where_they_fit()
    {
        using Executor large = Bind(4);
        using Executor small = Bind(2, new BindOptions { SharedExecutor = large, SharesResults = true });
        large["x"].Fill(1);
        small["x"].Fill(5);
        large.Forward();
        small.Forward();
        float[] expected = [10, 10, 10, 10, 10, 10, 2, 2, 2, 2, 2, 2];
        CollectionAssert.AreEqual(expected, large.Outputs[0].ToArray<float>());
        CollectionAssert.AreEqual(expected[..6], small.Outputs[0].ToArray<float>());
    }

    [TestMethod]
    public void Larger_results_are_new()
    {
        using Executor small = Bind(2);
        using Executor large = Bind(4, new BindOptions { SharedExecutor = small, SharesResults = true });
        small["x"].Fill(1);
        small.Forward();
        large.Forward();
        Assert.AreEqual(2f, small.Outputs[0].ToArray<float>()[0]);
    }

    [TestMethod]
    public void A_result_is_never_written_over_the_argument_it_is_computed_from()
    {
        using Executor first = Bind(2);
        using Executor second = Executor.Bind(
            Symbol.Variable("x") + 1,
            [first.Outputs[0]],
            options: new BindOptions { SharedExecutor = first, SharesResults = true }
        );
        first["x"].Fill(3);
        first.Forward();
        second.Forward();
        Assert.AreEqual(6f, first.Outputs[0].ToArray<float>()[0]);
        Assert.AreEqual(7f, second.Outputs[0].ToArray<float>()[0]);
    }

    [TestMethod]
    public void Shared_parameters_are_new_when_there_is_nobody_to_share_with()
    {
        var pool = new Dictionary<string, NDArray>();
        using Executor executor = Executor.SimpleBind(
            Symbol.Variable("data") * Symbol.Variable("weight"),
            new Dictionary<string, Shape> { ["data"] = new(2) },
            options: new BindOptions { SharedArrays = pool, SharedParameters = ["weight"] }
        );
        CollectionAssert.AreEquivalent(new[] { "data", "gradient of data" }, pool.Keys.ToArray());
        Assert.AreEqual(new Shape(2), executor["weight"].Shape);
        foreach (NDArray array in pool.Values)
        {
            array.Dispose();
        }
    }

    [TestMethod]
    public void A_monitor_can_be_shown_inputs_too()
    {
        using Executor executor = Executor.SimpleBind(
            Symbol.Call(
                "FullyConnected",
                [Symbol.Variable("x")],
                "fc",
                new Dictionary<string, string> { ["num_hidden"] = "2" }
            ),
            new Dictionary<string, Shape> { ["x"] = new(1, 3) },
            GradientRequests.None
        );
        var seen = new List<string>();
        executor.SetMonitor(
            (name, array) =>
            {
                array.Dispose();
                seen.Add(name);
            },
            includesInputs: true
        );
        executor.Forward();
        CollectionAssert.AreEqual(new[] { "fc_data", "fc_weight", "fc_bias", "fc_output" }, seen);
    }
}
