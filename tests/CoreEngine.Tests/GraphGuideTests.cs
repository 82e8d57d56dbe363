using CoreEngine.Optimizers;

namespace CoreEngine.Tests;

/// <summary>The examples of docs/graphs.md run, and are the code below.</summary>
[TestClass]
public sealed class GraphGuideTests : EngineTestBase
{
    [TestMethod]
    [DataRow("compose")]
    [DataRow("cached")]
    [DataRow("custom")]
    [DataRow("scaled")]
    public void TheExampleIsTheOneInTheGuide(string example) => DocumentExample.RequireSame("docs/graphs.md", example);

    [TestMethod]
    public void AComposedNetworkLearns()
    {
        RandomState.Seed(7);
        // compose:begin
        Symbol net = Symbol
            .Variable("data")
            .FullyConnected(16, name: "fc1")
            .Relu()
            .FullyConnected(2, name: "fc2")
            .SoftmaxOutput(name: "softmax");
        string[] weights = [.. net.ListArguments().Except(["data", "softmax_label"])];
        using Executor executor = Executor.SimpleBind(
            net,
            new Dictionary<string, Shape> { ["data"] = [64, 2] },
            GradientRequests.Of(weights)
        );
        foreach (string weight in weights)
            NDArray.RandomUniform(-0.7, 0.7, executor[weight].Shape).CopyTo(executor[weight]);

        using Optimizer adam = Optimizer.FromJson(
            """{"optimizer": "adam", "learning_rate": 0.02, "rescale_grad": 0.015625}"""
        );
        for (int step = 0; step < 200; step++)
        {
            using var scope = new ArrayScope();
            NDArray points = NDArray.RandomUniform(-1, 1, [64, 2]);
            points.CopyTo(executor["data"]);
            (points.Square().Sum([1]) < 0.5).CopyTo(executor["softmax_label"]); // inside a circle?
            executor.Forward(isTraining: true);
            executor.Backward();
            adam.Update(executor);
        }
        // compose:end

        float[] labels = executor["softmax_label"].ToArray<float>();
        using NDArray classes = executor.Forward()[0].ArgMax(1);
        Assert.IsGreaterThan(55, classes.ToArray<float>().Zip(labels).Count(pair => pair.First == pair.Second));
    }

    [TestMethod]
    public void ACachedOperatorIsDifferentiatedTwice()
    {
        using var Console = new StringWriter();
        // cached:begin
        Symbol x = Symbol.Variable("x");
        var cube = new CachedOp(x * x * x);
        using NDArray two = NDArray.Full([1], 2);
        two.AttachGradient();
        NDArray slope;
        using (Autograd.Record())
        {
            NDArray y = cube.Invoke([two])[0];
            slope = Autograd.Gradients([y], [two], createGraph: true)[0]; // 3 x^2
        }

        slope.Backward(); // 6 x
        Console.WriteLine($"{slope.ToScalar<float>()} {two.Gradient!.ToScalar<float>()}");
        // cached:end
        Assert.AreEqual("12 12", Console.ToString().Trim());
    }

    [TestMethod]
    public void ACustomOperatorWorksOnArraysAndInSymbols()
    {
        // custom:begin
        CustomOperator.Register("scaled", attributes => new Scaled(double.Parse(attributes["factor"])));
        var attributes = new Dictionary<string, string> { ["op_type"] = "scaled", ["factor"] = "3" };
        using NDArray x = NDArray.Full([2], 5);
        using NDArray y = Imperative.Invoke("Custom", [x], attributes)[0];
        Symbol scaled = Symbol.Call("Custom", [Symbol.Variable("x")], "s", attributes);
        // custom:end
        using Executor executor = Executor.Bind(scaled, [x]);
        CollectionAssert.AreEqual(new[] { 15f, 15f }, y.ToArray<float>());
        CollectionAssert.AreEqual(new[] { 15f, 15f }, executor.Forward()[0].ToArray<float>());
    }

    // scaled:begin
    private sealed class Scaled(double factor) : CustomOperator
    {
        public override void Forward(CustomForward call) => call.Set(0, call.Inputs[0] * factor);

        public override void Backward(CustomBackward call) => call.Set(0, call.OutputGradients[0] * factor);
    }
    // scaled:end
}
