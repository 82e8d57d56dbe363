using CoreEngine.Optimizers;
using CoreEngine.Tests.Files;

namespace CoreEngine.Tests;

/// <summary>The example in README.md runs, and is the code below to the letter.</summary>
[TestClass]
public sealed class ReadmeExampleTests : EngineTestBase
{
    [TestMethod]
    public void TheExampleFitsTheLine()
    {
        using var console = new StringWriter();
        RunExample(console);
        Assert.AreEqual("y = 2.0 x + -3.0", console.ToString().Trim());
    }

    [TestMethod]
    public void TheModelPredictsAndLearns()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in (string[])["lenet-symbol.json", "lenet-0000.params"])
        {
            File.WriteAllBytes(folder[file], GoldenFiles.Read($"networks/{file}"));
        }

        var random = new Random(1);
        float[] images = [.. Enumerable.Range(0, 4 * 28 * 28).Select(_ => random.NextSingle())];
        using var console = new StringWriter();
        RunModel(console, folder["lenet"], images, labels: [3, 1, 4, 1]);
        StringAssert.EndsWith(console.ToString().Trim(), "now 3 1 4 1");
        IReadOnlyDictionary<string, NDArray> saved = NDArray.LoadDictionary(folder["lenet-0001.params"]);
        Assert.HasCount(8, saved);
        foreach (NDArray array in saved.Values)
        {
            array.Dispose();
        }
    }

    [TestMethod]
    [DataRow("example")]
    [DataRow("model")]
    public void TheExampleIsTheOneInTheReadme(string example)
    {
        string text = DocumentExample.RequireSame("README.md", example);
        // "A 20-line example" is the promise; blank lines, braces and usings are not counted.
        Assert.IsLessThanOrEqualTo(22, text.Split('\n').Count(line => line.Any(char.IsLetterOrDigit)));
    }

    private static void RunExample(StringWriter Console)
    {
        // example:begin
        // Fit y = 2x - 3 to noisy points.
        RandomState.Seed(1);
        using NDArray x = NDArray.RandomUniform(-1, 1, [256, 1]);
        using NDArray y = x * 2 - 3 + NDArray.RandomNormal(0, 0.05, [256, 1]);
        using NDArray slope = NDArray.Zeros([1, 1]);
        using NDArray offset = NDArray.Zeros([1, 1]);
        slope.AttachGradient();
        offset.AttachGradient();
        using var sgd = new Sgd(learningRate: 0.1) { Momentum = 0.9 };
        for (int step = 0; step < 100; step++)
        {
            using var scope = new ArrayScope(); // gives the memory of this step's arrays back at once
            NDArray loss;
            using (Autograd.Record())
            {
                NDArray error = x * slope + offset - y;
                loss = error.Square().Mean();
            }

            loss.Backward();
            sgd.Update(0, slope, slope.Gradient!);
            sgd.Update(1, offset, offset.Gradient!);
        }

        Console.WriteLine($"y = {slope.ToScalar<float>():0.0} x + {offset.ToScalar<float>():0.0}");
        // example:end
    }

    private static void RunModel(StringWriter Console, string model, float[] images, float[] labels)
    {
        // model:begin
        Symbol net = Symbol.Load($"{model}-symbol.json");
        string[] weights = [.. net.ListArguments().Except(["data", "softmax_label"])];
        var shapes = new Dictionary<string, Shape> { ["data"] = [4, 1, 28, 28] };
        using Executor executor = Executor.SimpleBind(net, shapes, GradientRequests.Of(weights));
        executor.CopyFrom(NDArray.LoadDictionary($"{model}-0000.params"));
        executor["data"].CopyFrom<float>(images);
        Console.WriteLine($"classes {string.Join(' ', executor.Forward()[0].ArgMax(1).ToArray<float>())}");

        // Train it further, and save it for whoever reads MXNet's files.
        executor["softmax_label"].CopyFrom<float>(labels);
        using var sgd = new Sgd(learningRate: 0.05) { Momentum = 0.9, RescaleGradient = 1.0 / 4 };
        for (int step = 0; step < 50; step++)
        {
            executor.Forward(isTraining: true);
            executor.Backward();
            sgd.Update(executor);
        }

        Console.WriteLine($"now {string.Join(' ', executor.Forward()[0].ArgMax(1).ToArray<float>())}");
        NDArray.Save($"{model}-0001.params", weights.ToDictionary(name => $"arg:{name}", name => executor[name]));
        // model:end
    }
}
