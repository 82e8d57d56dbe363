namespace CoreEngine.Perf.Tests;

[TestClass]
public sealed class BenchArgumentsTests
{
    [TestMethod]
    public void EveryOptionIsRead()
    {
        BenchArguments parsed = BenchArguments.Parse([
            "--quick",
            "--filter",
            "relu",
            "--set",
            "gemm,elementwise",
            "--threads",
            "2",
            "--json",
            "a.json",
            "--readme",
            "README.md",
            "--results",
            "RESULTS.md",
            "--plots",
            "plots",
        ]);
        Assert.IsTrue(parsed.Options.Quick);
        Assert.AreEqual("relu", parsed.Options.Filter);
        CollectionAssert.AreEqual(new[] { "gemm", "elementwise" }, parsed.Options.Sets.ToArray());
        Assert.AreEqual(2, parsed.Options.Threads);
        Assert.AreEqual("a.json", parsed.Json);
        Assert.AreEqual("README.md", parsed.Readme);
        Assert.AreEqual("RESULTS.md", parsed.Results);
        Assert.AreEqual("plots", parsed.Plots);
    }

    [TestMethod]
    public void NoOptionsMeanEverything()
    {
        BenchOptions options = BenchArguments.Parse([]).Options;
        Assert.IsTrue(options.WantsSet("gemm"));
        Assert.IsTrue(options.Wants("gemm", "any"));
        CollectionAssert.IsSubsetOf(options.ThreadCounts.ToArray(), new[] { 1, 2 });
        CollectionAssert.Contains(options.ThreadCounts.ToArray(), 1);
    }

    [TestMethod]
    [DataRow("--fast", "There is no option '--fast'.")]
    [DataRow("--json", "--json needs a value.")]
    [DataRow("--threads 3", "--threads takes 1 or 2, not '3'.")]
    public void WrongOptionsAreNamed(string line, string message)
    {
        FormatException error = Assert.ThrowsExactly<FormatException>(() => BenchArguments.Parse(line.Split(' ')));
        Assert.AreEqual(message, error.Message);
    }

    [TestMethod]
    public void SetsAndFiltersIgnoreLetterCase()
    {
        BenchOptions options = BenchArguments.Parse(["--set", "GEMM", "--filter", "nn 64"]).Options;
        Assert.IsTrue(options.WantsSet("gemm"));
        Assert.IsFalse(options.WantsSet("elementwise"));
        Assert.IsTrue(options.Wants("gemm", "float32 NN 64x64x64"));
        Assert.IsFalse(options.Wants("gemm", "float32 NT 64x64x64"));
    }
}
