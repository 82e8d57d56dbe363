using CoreEngine.Tests;
using static CoreEngine.Fuzz.OnnxMessages;

namespace CoreEngine.Cli.Tests;

[TestClass]
public sealed class OnnxCommandTests
{
    [TestMethod]
    public async Task ModelsAreDescribedConvertedAndRun()
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("model.onnx");
        File.WriteAllBytes(model, Linear(rows: 0));
        CommandRun info = await CommandRun.Of("onnx", "info", model);
        Assert.AreEqual(CommandHost.Success, info.Code, info.Error);
        foreach (string part in new[] { "by hand", "x: Float[batch,2]", "Gemm", "yes" })
        {
            Assert.Contains(part, info.Output);
        }

        CommandRun open = await CommandRun.Of("onnx", "convert", model, "--out", folder.File("m"));
        Assert.AreEqual(CommandHost.Failure, open.Code);
        Assert.Contains("open", open.Error);
        CommandRun convert = await CommandRun.Of(
            "onnx",
            "convert",
            model,
            "--shape",
            "x=3,2",
            "--out",
            folder.File("m")
        );
        Assert.AreEqual(CommandHost.Success, convert.Code, convert.Error);
        Assert.AreEqual("x w b", string.Join(' ', Symbol.Load(folder.File("m-symbol.json")).ListArguments()));
        Assert.AreEqual(2, NDArray.LoadDictionary(folder.File("m-0000.params")).Count);

        using NDArray x = NDArray.From([1f, 2f, 3f, 4f], [2, 2]);
        x.SaveNpy(folder.File("x.npy"));
        CommandRun run = await CommandRun.Of(
            "onnx",
            "run",
            model,
            "--input",
            $"x={folder.File("x.npy")}",
            "--out",
            folder.File("out")
        );
        Assert.AreEqual(CommandHost.Success, run.Code, run.Error);
        Assert.Contains("{13, 17}", run.Output);
        using NDArray y = NDArray.LoadNpy(Path.Combine(folder.File("out"), "y.npy"));
        CollectionAssert.AreEqual(new float[] { 13, 17 }, y.ToArray<float>());
    }

    [TestMethod]
    public async Task CasesOfAFolderAreCounted()
    {
        using var folder = new TemporaryFolder();
        Case(folder, "right", [13]);
        CommandRun right = await CommandRun.Of("onnx", "test", folder.File("."));
        Assert.AreEqual(CommandHost.Success, right.Code, right.Output);
        Assert.AreEqual("1 passed, 0 failed, 0 skipped", right.Output.TrimEnd().Split('\n')[^1]);
        Case(folder, "wrong", [14]);
        CommandRun wrong = await CommandRun.Of("onnx", "test", folder.File("."));
        Assert.AreEqual(CommandHost.Failure, wrong.Code);
        Assert.Contains("failed: wrong: output 0[0] is 13, 14 was recorded", wrong.Output);
    }

    [TestMethod]
    [DataRow("onnx", "info", "/no/such/model.onnx")]
    [DataRow("onnx", "test", "/no/such/folder")]
    public async Task WhatIsNotThereIsOneMessage(params string[] args)
    {
        CommandRun run = await CommandRun.Of(args);
        Assert.AreEqual(CommandHost.Failure, run.Code);
        Assert.Contains("/no/such/", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    private static void Case(TemporaryFolder folder, string name, float[] expected)
    {
        string data = Path.Combine(folder.File(name), "test_data_set_0");
        Directory.CreateDirectory(data);
        File.WriteAllBytes(Path.Combine(folder.File(name), "model.onnx"), Linear(rows: 1));
        File.WriteAllBytes(Path.Combine(data, "input_0.pb"), Floats("x", [1, 2], 1, 2).ToArray());
        File.WriteAllBytes(Path.Combine(data, "output_0.pb"), Floats("y", [1, 1], expected).ToArray());
    }

    /// <summary>y = x (1, 1)' + 10.</summary>
    private static byte[] Linear(long rows) =>
        Model(
            13,
            Graph(
                [Node("Gemm", "x w b", "y", Integer("transB", 1))],
                [Value("x", FloatType, rows, 2)],
                [Value("y", FloatType, rows, 1)],
                Floats("w", [1, 2], 1, 1),
                Floats("b", [1], 10)
            )
        );
}
