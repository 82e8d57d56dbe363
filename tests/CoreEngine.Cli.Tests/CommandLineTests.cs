using CoreEngine.Tests;

namespace CoreEngine.Cli.Tests;

[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    public async Task HelpNamesEveryCommand()
    {
        CommandRun run = await CommandRun.Of();
        Assert.AreEqual(CommandHost.Success, run.Code);
        foreach (string command in new[] { "coreengine", "info", "train", "conformance", "onnx", "trace" })
        {
            Assert.Contains(command, run.Output);
        }
    }

    [TestMethod]
    [DataRow("train", "--epochs", "0")]
    [DataRow("train", "--batch", "x")]
    [DataRow("train", "--data", "imagenet")]
    [DataRow("train", "--lr", "-1")]
    [DataRow("train", "--threads", "2000")]
    [DataRow("train", "--require-accuracy", "97")]
    [DataRow("conformance")]
    [DataRow("no-such-command")]
    [DataRow("trace")]
    public async Task WrongUsageIsToldInOneLineWithExitCodeTwo(params string[] args)
    {
        CommandRun run = await CommandRun.Of(args);
        Assert.AreEqual(CommandHost.Usage, run.Code);
        Assert.StartsWith("coreengine: ", run.Error);
        Assert.Contains("--help", run.Error);
        Assert.AreEqual("", run.Output);
    }

    [TestMethod]
    public async Task InfoTellsProcessorPoolsAndSettings()
    {
        CommandRun run = await CommandRun.Of("info");
        Assert.AreEqual(CommandHost.Success, run.Code, run.Error);
        foreach (string part in new[] { "instruction sets in use", "caches", "cpu(0)", "COREENGINE_ENGINE", "limit" })
        {
            Assert.Contains(part, run.Output);
        }
    }

    [TestMethod]
    public async Task OperatorsAreListedAndDescribed()
    {
        CommandRun all = await CommandRun.Of("operators");
        Assert.AreEqual(CommandHost.Success, all.Code, all.Error);
        Assert.Contains("FullyConnected", all.Output);
        CommandRun some = await CommandRun.Of("operators", "linalg_g");
        Assert.Contains("_linalg_gemm2", some.Output);
        Assert.DoesNotContain("_linalg_trsm", some.Output);
        CommandRun one = await CommandRun.Of("operators", "elemwise_add");
        Assert.Contains("elemwise_add(lhs, rhs)", one.Output);
        Assert.Contains("_plus", one.Output);
        CommandRun described = await CommandRun.Of("operators", "Activation");
        Assert.Contains("{'relu', 'sigmoid', 'softrelu', 'tanh'}, required", described.Output);
    }

    [TestMethod]
    [DataRow("_imdecode", "gave up")]
    [DataRow("no_such_operator", "there is no operator with this name")]
    public async Task AbsentOperatorsAreExplained(string name, string reason)
    {
        CommandRun run = await CommandRun.Of("operators", name);
        Assert.AreEqual(CommandHost.Failure, run.Code);
        Assert.Contains(reason, run.Error);
    }

    [TestMethod]
    public async Task ErrorsOfTheEngineAreOneMessageWithoutAStack()
    {
        CommandRun brief = await CommandRun.Of("conformance", "/no/such/folder");
        Assert.AreEqual(CommandHost.Failure, brief.Code);
        Assert.Contains("/no/such/folder", brief.Error);
        Assert.DoesNotContain("   at ", brief.Error);
        CommandRun verbose = await CommandRun.Of("conformance", "/no/such/folder", "--verbose");
        Assert.AreEqual(CommandHost.Failure, verbose.Code);
        Assert.Contains("   at ", verbose.Error);
    }

    [TestMethod]
    public async Task ConformanceEndsWithTheSum()
    {
        CommandRun run = await CommandRun.Of("conformance", Checkout.GoldenData, "--filter", "_zeros/");
        Assert.AreEqual(CommandHost.Success, run.Code, run.Output);
        Assert.AreEqual("8 passed, 0 failed, 0 skipped", run.Output.TrimEnd().Split('\n')[^1]);
        Assert.Contains("largest error", run.Output);
        CommandRun none = await CommandRun.Of("conformance", Checkout.GoldenData, "--filter", "no-such-case");
        Assert.AreEqual(CommandHost.Failure, none.Code);
        Assert.Contains("no-such-case", none.Error);
    }

    [TestMethod]
    public async Task TraceWritesAFileForThePerfettoViewer()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("trace.json");
        CommandRun run = await CommandRun.Of(
            "trace",
            "--out",
            path,
            "--",
            "conformance",
            Checkout.GoldenData,
            "--filter",
            "_ones/"
        );
        Assert.AreEqual(CommandHost.Success, run.Code, run.Error);
        using var trace = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(path));
        Assert.Contains("_ones", File.ReadAllText(path));
    }

    [TestMethod]
    public async Task TraceReturnsTheExitCodeOfTheTracedCommand()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = await CommandRun.Of("trace", "--out", folder.File("t.json"), "--", "info", "--no-such-option");
        Assert.AreEqual(CommandHost.Usage, run.Code);
    }
}
