using System.Xml.Linq;
using CoreEngine.Operators;

namespace CoreEngine.Cli.Tests;

[TestClass]
public sealed class GraphCommandTests
{
    [TestMethod]
    public async Task TextTellsTheMemoryWhenShapesAreKnown()
    {
        using var folder = new TemporaryFolder();
        string model = SaveModel(folder);
        CommandRun run = await CommandRun.Of("graph", model, "--shape", "data=2,4");
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "Op:FullyConnected, Name=fc");
        StringAssert.Contains(run.Output, "Total 0 MB allocated");
        StringAssert.Contains(run.Output, "TempSpace resource requested");
        Assert.AreEqual("", run.Error);
    }

    [TestMethod]
    public async Task TheFilesNameDecidesTheFormat()
    {
        using var folder = new TemporaryFolder();
        string model = SaveModel(folder);
        foreach (
            (string name, string start) in ((string, string)[])
                [("a.svg", "<svg"), ("a.dot", "digraph"), ("a.mmd", "%%")]
        )
        {
            string target = Path.Combine(folder.Path, name);
            CommandRun run = await CommandRun.Of("graph", model, "--shape", "data=(2, 4)", "--train", "--out", target);
            Assert.AreEqual(0, run.Code, run.Error);
            StringAssert.StartsWith(await File.ReadAllTextAsync(target), start);
        }

        string svg = await File.ReadAllTextAsync(Path.Combine(folder.Path, "a.svg"));
        StringAssert.Contains(XDocument.Parse(svg).ToString(), "_backward_FullyConnected");
    }

    [TestMethod]
    public async Task ShapesComeFromTheParameters()
    {
        using var folder = new TemporaryFolder();
        string model = SaveModel(folder);
        string parameters = Path.Combine(folder.Path, "model-0000.params");
        NDArray.Save(
            parameters,
            new Dictionary<string, NDArray>
            {
                ["arg:fc_weight"] = NDArray.Zeros([3, 4]),
                ["arg:other"] = NDArray.Zeros([7]),
            }
        );
        CommandRun run = await CommandRun.Of("graph", model, "--params", parameters, "--format", "mermaid");
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "weight 3×4");
        StringAssert.Contains(run.Error, "without the shapes of data, fc_bias, label there are no memory figures");

        run = await CommandRun.Of("graph", model, "--params", parameters, "--shape", "data=2,5");
        Assert.AreEqual(1, run.Code);
        StringAssert.Contains(run.Error, "fc");
    }

    [TestMethod]
    public async Task PassesAreShownWhenAskedFor()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model-symbol.json");
        Symbol.Call("sqrt", Symbol.Call("exp", Symbol.Call("abs", Symbol.Variable("data")))).Save(path);
        CommandRun plain = await CommandRun.Of("graph", path, "--shape", "data=200000");
        StringAssert.Contains(plain.Output, "Op:exp");
        CommandRun fused = await CommandRun.Of("graph", path, "--shape", "data=200000", "--optimize");
        Assert.AreEqual(0, fused.Code, fused.Error);
        StringAssert.Contains(fused.Output, "Op:_fused_pointwise");
        Assert.IsFalse(fused.Output.Contains("Op:exp"));
        CommandRun training = await CommandRun.Of("graph", path, "--shape", "data=200000", "--train", "--optimize");
        Assert.AreEqual(0, training.Code, training.Error);
        CommandRun unknown = await CommandRun.Of("graph", path, "--optimize");
        Assert.AreEqual(1, unknown.Code);
        StringAssert.Contains(unknown.Error, "--optimize needs all shapes; unknown are those of data");
    }

    [TestMethod]
    [DataRow("data", "write a name")]
    [DataRow("data=", "1 to 32 extents")]
    [DataRow("data=2,x", "'x' is no extent")]
    [DataRow("data=2,-4", "'-4' is no extent")]
    [DataRow("data=2,0", "'0' is no extent")]
    [DataRow("dta=2,4", "no variable 'dta'. It has data, fc_weight, fc_bias, label")]
    public async Task AShapeThatCannotBeUsedIsRefused(string shape, string message)
    {
        using var folder = new TemporaryFolder();
        CommandRun run = await CommandRun.Of("graph", SaveModel(folder), "--shape", shape);
        Assert.AreEqual(1, run.Code);
        StringAssert.Contains(run.Error, message);
    }

    [TestMethod]
    public async Task AFileThatIsNoModelIsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.json");
        await File.WriteAllTextAsync(path, "{\"nodes\": 3}");
        CommandRun run = await CommandRun.Of("graph", path);
        Assert.AreEqual(1, run.Code);
        StringAssert.Contains(run.Error, "model.json");
        run = await CommandRun.Of("graph", Path.Combine(folder.Path, "absent.json"));
        Assert.AreEqual(1, run.Code);
        run = await CommandRun.Of("graph", path, "--format", "png");
        Assert.AreEqual(2, run.Code);
    }

    private static string SaveModel(TemporaryFolder folder)
    {
        Symbol fc = Symbol.Call(
            "FullyConnected",
            new FullyConnectedParameters { Hidden = 3 },
            [Symbol.Variable("data")],
            "fc"
        );
        string path = Path.Combine(folder.Path, "model-symbol.json");
        Symbol.Call("SoftmaxOutput", [fc, Symbol.Variable("label")], "softmax").Save(path);
        return path;
    }
}
