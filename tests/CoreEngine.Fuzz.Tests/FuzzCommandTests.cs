using CoreEngine.Tests;

namespace CoreEngine.Fuzz.Tests;

[TestClass]
public sealed class FuzzCommandTests
{
    [TestMethod]
    public void ARunSaysWhatItDid()
    {
        (int code, string output, string error) = Run("--format", "npy", "--count", "500", "--threads", "1");
        Assert.AreEqual(0, code, error);
        Assert.StartsWith("npy: 500 inputs in ", output);
        Assert.Contains("0 failed", output);
    }

    [TestMethod]
    public void OneInputCanBeReadAgain()
    {
        (int code, string output, _) = Run("--format", "params", "--only", "4711", "--seed", "-3");
        Assert.AreEqual(0, code);
        Assert.StartsWith("params: 1 inputs in ", output);
    }

    [TestMethod]
    public void ARunThatDiedIsReported()
    {
        string folder = Directory.CreateTempSubdirectory("coreengine-fuzz-").FullName;
        try
        {
            string mark = Path.Combine(folder, "npy.running");
            byte[] left;
            using (var running = new RunningMark(mark, seed: 5, threads: 2))
            {
                running.Set(1, 99);
                left = File.ReadAllBytes(mark);
            }

            Assert.IsFalse(File.Exists(mark));
            File.WriteAllBytes(mark, left);
            (int code, string output, _) = Run("--format", "npy", "--count", "20", "--out", folder);
            Assert.AreEqual(0, code);
            Assert.Contains("an earlier run died or was killed", output);
            Assert.Contains("--seed 5 --only 99", output);
            byte[] input = new FuzzRunner(FuzzFormats.Create("npy", Checkout.GoldenData), 5).Input(99);
            CollectionAssert.AreEqual(input, File.ReadAllBytes(Path.Combine(folder, "npy-5-99.bin")));
            Assert.IsFalse(File.Exists(mark));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    [DataRow("--format", "zip", "There is no format 'zip'")]
    [DataRow("--count", "0", "--count must be 1 or more")]
    [DataRow("--count", "many", "many")]
    [DataRow("--speed", "9", "'--speed' is not understood")]
    public void WrongUsageIsExplained(string option, string value, string problem)
    {
        (int code, _, string error) = Run(option, value);
        Assert.AreEqual(2, code);
        Assert.Contains(problem, error);
        Assert.Contains("usage:", error);
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"coreengine-fuzz-{Guid.NewGuid():N}");
        string[] all =
        [
            "--golden",
            Checkout.GoldenData,
            .. arguments.Contains("--out") ? [] : new[] { "--out", folder },
            .. arguments,
        ];
        using var output = new StringWriter();
        using var error = new StringWriter();
        try
        {
            return (FuzzCommand.Run(all, output, error), output.ToString(), error.ToString());
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
