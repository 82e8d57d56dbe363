using System.Text;

namespace CoreEngine.Cli.Tests;

[TestClass]
public sealed class TrainCommandTests
{
    private static readonly byte[] s_pngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    [TestMethod]
    public async Task TrainingLearnsAndSavesParametersAndCurves()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = await CommandRun.Of(
            "train",
            "--epochs",
            "4",
            "--out",
            folder.Path,
            "--require-accuracy",
            "0.9"
        );
        Assert.AreEqual(CommandHost.Success, run.Code, run.Output + run.Error);
        string[] epochs =
        [
            .. run.Output.Split('\n').Where(line => line.StartsWith("epoch ", StringComparison.Ordinal)),
        ];
        Assert.HasCount(4, epochs);
        Assert.Contains("samples/s", epochs[0]);
        IReadOnlyDictionary<string, NDArray> parameters = NDArray.LoadDictionary(folder.File("lenet.params"));
        Assert.HasCount(8, parameters);
        Assert.AreEqual(new Shape(16, 1, 3, 3), parameters["conv1_weight"].Shape);
        byte[] png = File.ReadAllBytes(folder.File("curves.png"));
        CollectionAssert.AreEqual(s_pngSignature, png[..4]);
        Assert.Contains("<svg", File.ReadAllText(folder.File("curves.svg"), Encoding.UTF8));
        foreach (NDArray parameter in parameters.Values)
        {
            parameter.Dispose();
        }
    }

    [TestMethod]
    public async Task TheSameSeedGivesTheSameNumbersWithAnyEngine()
    {
        string[] common = ["train", "--epochs", "1", "--seed", "5"];
        CommandRun threaded = await CommandRun.Of([.. common, "--engine", "ThreadedEngine", "--threads", "2"]);
        CommandRun naive = await CommandRun.Of([.. common, "--engine", "NaiveEngine", "--threads", "1"]);
        Assert.AreEqual(CommandHost.Success, naive.Code, naive.Error);
        Assert.AreEqual(Result(threaded), Result(naive));
        CommandRun other = await CommandRun.Of("train", "--epochs", "1", "--seed", "6");
        Assert.AreNotEqual(Result(threaded), Result(other));

        static string Result(CommandRun run)
        {
            string line = run.Output.Split('\n').Single(line => line.StartsWith("epoch 1/1", StringComparison.Ordinal));
            return string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(8));
        }
    }

    [TestMethod]
    public async Task AnAccuracyBelowTheRequiredOneIsAFailure()
    {
        CommandRun run = await CommandRun.Of("train", "--epochs", "1", "--lr", "1e-9", "--require-accuracy", "0.97");
        Assert.AreEqual(CommandHost.Failure, run.Code);
        Assert.Contains("below the required 97.00%", run.Output);
    }

    [TestMethod]
    public async Task CancellationStopsSavesAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        Task<CommandRun> training = CommandRun.Of(cancel.Token, "train", "--epochs", "100000", "--out", folder.Path);
        await cancel.CancelAsync();
        CommandRun run = await training;
        Assert.AreEqual(CommandHost.Interrupted, run.Code, run.Error);
        Assert.Contains("Stopped by request", run.Output);
        Assert.IsTrue(File.Exists(folder.File("lenet.params")));
    }

    [TestMethod]
    public async Task AFolderThatCannotBeMadeIsFoundOutBeforeTraining()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("taken"), "");
        CommandRun run = await CommandRun.Of("train", "--epochs", "100000", "--out", folder.File("taken"));
        Assert.AreEqual(CommandHost.Failure, run.Code);
        Assert.Contains("taken", run.Error);
        Assert.DoesNotContain("epoch 1", run.Output);
    }
}
