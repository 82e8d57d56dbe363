using CoreEngine.Graphs;
using CoreEngine.Kernels;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Prediction;

/// <summary>Predictors against an executor of the same model.</summary>
[TestClass]
public sealed class PredictorTests : EngineTestBase
{
    private static readonly Dictionary<string, Shape> s_shapes = new() { ["data"] = new(2, 3, 8, 8) };

    [TestMethod]
    [DataRow(GraphPasses.All)]
    [DataRow(GraphPasses.Exact)]
    public void ItGivesWhatAnExecutorGives(GraphPasses passes)
    {
        using var scope = new ArrayScope();
        Symbol net = Net();
        Dictionary<string, NDArray> parameters = Parameters(net, s_shapes);
        using Predictor predictor = Predictor.Create(net, parameters, s_shapes, new() { Passes = passes });
        CollectionAssert.AreEquivalent(new[] { "data", "softmax_label" }, predictor.InputNames.ToArray());
        Assert.AreEqual(new Shape(2, 4), predictor.OutputShape(0));
        Assert.AreEqual(DType.Float32, predictor.OutputType(0));
        for (int run = 0; run < 3; run++)
        {
            float[] data = Numbers(run, 2 * 3 * 8 * 8);
            predictor.SetInput("data", data);
            predictor.Forward();
            AreClose(Expected(net, parameters, s_shapes, data), predictor.GetOutput(0));
        }
    }

    [TestMethod]
    public void ParametersMayHaveThePrefixesOfFilesAndOthersArePassedOver()
    {
        using var scope = new ArrayScope();
        Symbol net = Net();
        Dictionary<string, NDArray> bare = Parameters(net, s_shapes);
        IReadOnlyList<string> states = net.ListAuxiliaryStates();
        Dictionary<string, NDArray> prefixed = bare.ToDictionary(
            pair => (states.Contains(pair.Key) ? "aux:" : "arg:") + pair.Key,
            pair => pair.Value
        );
        prefixed["arg:something_else"] = NDArray.Zeros(new Shape(7));
        float[] data = Numbers(5, 2 * 3 * 8 * 8);
        using Predictor predictor = Predictor.Create(net, prefixed, s_shapes);
        predictor.SetInput("data", data);
        predictor.Forward();
        AreClose(Expected(net, bare, s_shapes, data), predictor.GetOutput(0));
    }

    [TestMethod]
    public void ResultsInsideTheModelCanBeAskedFor()
    {
        using var scope = new ArrayScope();
        Symbol net = Net();
        Dictionary<string, NDArray> parameters = Parameters(net, s_shapes);
        var options = new PredictorOptions { Outputs = ["pool_output", "conv_output"] };
        using Predictor predictor = Predictor.Create(net, parameters, s_shapes, options);
        CollectionAssert.AreEqual(new[] { "pool_output", "conv_output" }, predictor.OutputNames.ToArray());
        // What only the other results need is no input.
        CollectionAssert.AreEqual(new[] { "data" }, predictor.InputNames.ToArray());
        Assert.AreEqual(new Shape(2, 5, 4, 4), predictor.OutputShape(0));
        Assert.AreEqual(new Shape(2, 5, 8, 8), predictor.OutputShape(1));
        var error = Assert.Throws<EngineException>(() =>
            Predictor.Create(net, parameters, s_shapes, new() { Outputs = ["pol_output"] })
        );
        Assert.Contains("pool_output", error.Message);
    }

    [TestMethod]
    public void OthersShareTheParametersAndNothingElse()
    {
        using var scope = new ArrayScope();
        Symbol net = Net();
        Dictionary<string, NDArray> parameters = Parameters(net, s_shapes);
        float[] first = Numbers(1, 2 * 3 * 8 * 8);
        float[] second = Numbers(2, 2 * 3 * 8 * 8);
        Predictor one = Predictor.Create(net, parameters, s_shapes);
        using Predictor other = one.Share();
        one.SetInput("data", first);
        other.SetInput("data", second);
        one.Forward();
        other.Forward();
        AreClose(Expected(net, parameters, s_shapes, first), one.GetOutput(0));
        // The parameters live as long as somebody uses them.
        one.Dispose();
        AreClose(Expected(net, parameters, s_shapes, second), other.GetOutput(0));
        other.Forward();
        AreClose(Expected(net, parameters, s_shapes, second), other.GetOutput(0));
        Assert.Throws<ObjectDisposedException>(one.Forward);
    }

    [TestMethod]
    public void SharedParametersTakeNoMemoryAgain()
    {
        using var scope = new ArrayScope();
        Symbol net = Symbol.Variable("data").FullyConnected(512, name: "fc");
        var shapes = new Dictionary<string, Shape> { ["data"] = new(1, 2048) };
        using Predictor one = Predictor.Create(net, Parameters(net, shapes), shapes);
        Engine.Default.WaitForAll();
        StoragePool pool = StoragePool.For(Device.Cpu());
        long before = pool.Statistics.InUse;
        Predictor[] others = [.. Enumerable.Range(0, 8).Select(_ => one.Share())];
        Engine.Default.WaitForAll();
        long added = pool.Statistics.InUse - before;
        Assert.IsTrue(added < 2048 * 512 * sizeof(float), $"Eight predictors more take {added} bytes.");
        Array.ForEach(others, other => other.Dispose());
    }

    [TestMethod]
    public void ThreadsRunTheirOwnPredictorsAtTheSameTime()
    {
        using var scope = new ArrayScope();
        Symbol net = Net();
        Dictionary<string, NDArray> parameters = Parameters(net, s_shapes);
        float[][] data = [.. Enumerable.Range(0, 4).Select(i => Numbers(i, 2 * 3 * 8 * 8))];
        float[][] expected = [.. data.Select(one => Expected(net, parameters, s_shapes, one))];
        using Predictor first = Predictor.Create(net, parameters, s_shapes);
        Parallel.For(
            0,
            4,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            i =>
            {
                using Predictor own = first.Share();
                for (int run = 0; run < 50; run++)
                {
                    own.SetInput("data", data[i]);
                    own.Forward();
                    AreClose(expected[i], own.GetOutput(0));
                }
            }
        );
    }

    [TestMethod]
    public void OtherShapesMakeOtherPredictors()
    {
        using var scope = new ArrayScope();
        Symbol net = Net();
        Dictionary<string, NDArray> parameters = Parameters(net, s_shapes);
        using Predictor two = Predictor.Create(net, parameters, s_shapes);
        var shapes = new Dictionary<string, Shape> { ["data"] = new(5, 3, 8, 8) };
        using Predictor five = two.Reshape(shapes);
        float[] data = Numbers(3, 5 * 3 * 8 * 8);
        five.SetInput("data", data);
        five.Forward();
        Assert.AreEqual(new Shape(5, 4), five.OutputShape(0));
        Assert.AreEqual(new Shape(2, 4), two.OutputShape(0));
        AreClose(Expected(net, parameters, shapes, data), five.GetOutput(0));
        Assert.Throws<EngineException>(() => two.Reshape(new Dictionary<string, Shape> { ["fc_weight"] = new(4, 80) }));
        Assert.Throws<EngineException>(() => two.Reshape(new Dictionary<string, Shape> { ["dat"] = new(4, 80) }));
        Assert.Throws<EngineException>(() => two.Reshape(new Dictionary<string, Shape> { ["data"] = new(1, 3, 4, 4) }));
    }

    [TestMethod]
    public void NodesCanBeRunOneByOneAndWatched()
    {
        using var scope = new ArrayScope();
        Symbol net = Net();
        Dictionary<string, NDArray> parameters = Parameters(net, s_shapes);
        float[] data = Numbers(4, 2 * 3 * 8 * 8);
        float[] expected = Expected(net, parameters, s_shapes, data);
        using Predictor predictor = Predictor.Create(net, parameters, s_shapes);
        predictor.SetInput("data", data);
        int step = 0;
        while (predictor.PartialForward(step) > 0)
        {
            step++;
        }

        AreClose(expected, predictor.GetOutput(0));
        var seen = new List<string>();
        predictor.SetMonitor(
            (name, array) =>
            {
                seen.Add(name);
                array.Dispose();
            }
        );
        predictor.Forward();
        AreClose(expected, predictor.GetOutput(0));
        CollectionAssert.IsSubsetOf(new[] { "conv_output", "bn_output", "softmax_output" }, seen);
        predictor.SetMonitor(null);
        seen.Clear();
        predictor.Forward();
        AreClose(expected, predictor.GetOutput(0));
        Assert.IsEmpty(seen);
    }

    [TestMethod]
    public void InputsAndResultsOfOtherTypesAreConverted()
    {
        using var scope = new ArrayScope();
        Symbol net = Symbol.Variable("data").FullyConnected(2, noBias: true, name: "fc");
        var parameters = new Dictionary<string, NDArray>
        {
            ["fc_weight"] = NDArray.From(new float[] { 1, 2, 3, 4 }, new Shape(2, 2)).AsType(DType.Float16),
        };
        var shapes = new Dictionary<string, Shape> { ["data"] = new(1, 2) };
        using Predictor predictor = Predictor.Create(net, parameters, shapes);
        Assert.AreEqual(DType.Float16, predictor.OutputType(0));
        predictor.SetInput("data", [1, 0.5f]);
        predictor.Forward();
        CollectionAssert.AreEqual(new float[] { 2, 5 }, predictor.GetOutput(0));
        predictor.SetInput("data", NDArray.From(new double[] { 0, 1 }, new Shape(1, 2)));
        predictor.Forward();
        CollectionAssert.AreEqual(new float[] { 2, 4 }, predictor.GetOutput(0));
        using NDArray copy = predictor.CopyOutput(0);
        Assert.AreEqual(DType.Float16, copy.DType);
    }

    [TestMethod]
    public void BadCallsSayWhatIsWrong()
    {
        using var scope = new ArrayScope();
        Symbol net = Net();
        Dictionary<string, NDArray> parameters = Parameters(net, s_shapes);
        Refused(
            "(4,80)",
            () => Predictor.Create(net, parameters, new Dictionary<string, Shape> { ["data"] = new(2, 3, 4, 4) })
        );
        Refused(
            "'dat'",
            () => Predictor.Create(net, parameters, new Dictionary<string, Shape> { ["dat"] = new(2, 3, 8, 8) })
        );
        Refused("data", () => Predictor.Create(net, parameters, new Dictionary<string, Shape>()));
        using Predictor predictor = Predictor.Create(net, parameters, s_shapes);
        Refused("no input 'dat'", () => predictor.SetInput("dat", [1]));
        Refused("is a parameter", () => predictor.SetInput("fc_weight", [1]));
        Refused("values were given", () => predictor.SetInput("data", [1]));
        Refused("no result 1", () => predictor.GetOutput(1));
        Refused("no result -1", () => predictor.OutputShape(-1));
        Refused("room for", () => predictor.GetOutput(0, new float[1]));
        Refused("the array", () => predictor.SetInput("data", NDArray.Zeros(new Shape(1))));
    }

    private static void Refused(string word, Action call) =>
        Assert.Contains(word, Assert.Throws<EngineException>(call).Message);

    private static Symbol Net() =>
        Symbol
            .Variable("data")
            .Convolution([3, 3], 5, pad: [1, 1], name: "conv")
            .BatchNorm(fixGamma: false, name: "bn")
            .Activation(ActivationFunction.Relu, name: "relu")
            .Pooling(PoolingKind.Max, [2, 2], stride: [2, 2], name: "pool")
            .FullyConnected(4, name: "fc")
            .SoftmaxOutput(name: "softmax");

    /// <summary>Random values for everything but data and labels; variances are positive.</summary>
    private static Dictionary<string, NDArray> Parameters(Symbol net, Dictionary<string, Shape> shapes)
    {
        using Executor executor = Executor.SimpleBind(net, shapes, GradientRequests.None);
        var parameters = new Dictionary<string, NDArray>();
        foreach (
            (string name, NDArray array) in executor
                .ArgumentNames.Concat(executor.AuxiliaryStateNames)
                .Zip(executor.Arguments.Concat(executor.AuxiliaryStates))
        )
        {
            if (name is "data" or "softmax_label")
                continue;
            float[] values = Numbers(parameters.Count + 10, (int)array.Size);
            if (name == "bn_moving_var")
                values = Array.ConvertAll(values, v => 1 + Math.Abs(v));
            parameters[name] = NDArray.From(values, array.Shape);
        }

        return parameters;
    }

    private static float[] Expected(
        Symbol net,
        Dictionary<string, NDArray> parameters,
        Dictionary<string, Shape> shapes,
        float[] data
    )
    {
        var options = new BindOptions { Passes = GraphPasses.None };
        using Executor executor = Executor.SimpleBind(net, shapes, GradientRequests.None, options: options);
        executor.CopyFrom(parameters);
        executor["data"].CopyFrom<float>(data);
        return executor.Forward()[0].ToArray<float>();
    }

    private static void AreClose(float[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-5, $"at {i}");
        }
    }

    private static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }
}
