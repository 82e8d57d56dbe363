using CoreEngine.Budgets;

namespace CoreEngine.Perf.Tests;

[TestClass]
public sealed class BudgetFileTests
{
    private static readonly Dictionary<string, long> s_budgets = new() { ["x + y"] = 312, ["push"] = 0 };

    [TestMethod]
    public void WhatIsWrittenIsRead()
    {
        string file = Path.GetTempFileName();
        try
        {
            BudgetFile.Write(file, s_budgets);
            Assert.Contains("\"x + y\": 312", File.ReadAllText(file));
            CollectionAssert.AreEquivalent(s_budgets, BudgetFile.Read(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    public void ABudgetMayBeUsedUp() =>
        Assert.IsEmpty(BudgetFile.Check(new Dictionary<string, long> { ["x + y"] = 312, ["push"] = 0 }, s_budgets));

    [TestMethod]
    public void OneByteMoreIsTooMuch()
    {
        IReadOnlyList<string> lines = BudgetFile.Check(new Dictionary<string, long> { ["push"] = 1 }, s_budgets);
        CollectionAssert.AreEqual(new[] { "push: 1 bytes a call, the budget is 0" }, lines.ToArray());
    }

    [TestMethod]
    public void ACallWithoutABudgetIsReported() =>
        Assert.HasCount(1, BudgetFile.Check(new Dictionary<string, long> { ["new"] = 0 }, s_budgets));

    [TestMethod]
    public void TheCommittedFileHasABudgetForEveryBenchmark()
    {
        string file = Path.Combine(CoreEngine.Tests.Checkout.Root, "perf", "budgets.json");
        string[] calls =
        [
            .. typeof(CallBenchmarks)
                .GetMethods()
                .SelectMany(method =>
                    method
                        .GetCustomAttributes(typeof(BenchmarkDotNet.Attributes.BenchmarkAttribute), inherit: false)
                        .Cast<BenchmarkDotNet.Attributes.BenchmarkAttribute>()
                )
                .Select(benchmark => benchmark.Description!),
        ];
        Assert.IsGreaterThan(5, calls.Length);
        CollectionAssert.AreEquivalent(calls, BudgetFile.Read(file).Keys.ToArray());
    }
}
