namespace CoreEngine.Perf.Tests;

[TestClass]
public sealed class BenchSummaryTests
{
    [TestMethod]
    [DataRow(new[] { 4.0 }, 4.0)]
    [DataRow(new[] { 0.5, 2.0 }, 1.0)]
    [DataRow(new[] { 1.0, 10.0, 100.0 }, 10.0)]
    public void TheGeometricMeanIsTheRootOfTheProduct(double[] values, double mean) =>
        Assert.AreEqual(mean, BenchSummary.GeometricMean(values), 1e-12);

    [TestMethod]
    public void TheGeometricMeanOfNothingIsNoNumber() => Assert.IsTrue(double.IsNaN(BenchSummary.GeometricMean([])));

    [TestMethod]
    [DataRow(1.2, 1.3, "goal reached")]
    [DataRow(1.0, 1.1, "above floor")]
    [DataRow(0.8, 2.0, "**below floor: 1**")]
    public void TheVerdictHoldsMeanAgainstGoalAndEachRowAgainstFloor(double first, double second, string verdict)
    {
        BenchSummary line = BenchSummary.Of([Row("a", first), Row("b", second)]).Single();
        Assert.AreEqual(verdict, line.Verdict);
        Assert.AreEqual("a", line.Worst.Case);
        Assert.AreEqual(2, line.Rows);
    }

    [TestMethod]
    public void RowsWithoutAPromiseAreOnlyShown() =>
        Assert.AreEqual("shown only", BenchSummary.Of([Row("a", 0.1) with { Goal = null, Floor = null }])[0].Verdict);

    [TestMethod]
    public void SetsPeersThreadsAndPromisesAreKeptApart()
    {
        BenchRow row = Row("a", 1);
        BenchRow[] rows =
        [
            row,
            row with
            {
                Peer = "other",
            },
            row with
            {
                Threads = 2,
            },
            row with
            {
                Set = "t",
            },
            row with
            {
                Goal = 3,
            },
            row with
            {
                Case = "b",
            },
            row with
            {
                Peer = null,
                Ratio = null,
            },
        ];
        Assert.HasCount(5, BenchSummary.Of(rows));
    }

    [TestMethod]
    public void RatesAndCostsAreBothBetterAboveOne()
    {
        var result = new Paired.Result(Ours: 0.001, Theirs: 0.002, Ratio: 2.1) { Variant = "2 threads" };
        BenchRow rate = BenchRow.Rate("s", "c", 1, work: 3, "GFLOP/s", "p", result);
        Assert.AreEqual((3000, 1500, 2.1), (rate.Value, rate.PeerValue, rate.Ratio));
        Assert.AreEqual("2 threads", rate.Variant);
        BenchRow cost = BenchRow.Cost("s", "c", 1, "us", "p", result);
        Assert.AreEqual((1000, 2000, 2.1), (cost.Value, cost.PeerValue, cost.Ratio));
    }

    [TestMethod]
    public void OfTwoRunsTheOneWithTheBetterPeerCounts()
    {
        List<BenchRow> rows = [Row("a", 1.5), Row("b", 1.5), Row("c", 1.5)];
        IReadOnlyList<int> changed = PassiveRun.Merge(rows, [Row("b", 1.2), Row("c", 1.9), Row("unknown", 1)]);
        CollectionAssert.AreEqual(new[] { 1 }, changed.ToArray());
        CollectionAssert.AreEqual(new double?[] { 1.5, 1.2, 1.5 }, rows.Select(row => row.Ratio).ToArray());
        Assert.AreEqual("passive", rows[1].Variant);
    }

    [TestMethod]
    public void OnlyCasesWithoutGainFromTwoThreadsAreSuspects()
    {
        BenchRow Of(string name, int threads, double rate, string peer = OneDnn.Name) =>
            BenchRow.Rate("s", name, threads, 100, "GFLOP/s", peer, rate);
        BenchRow[] rows =
        [
            Of("collapsed", 1, 50),
            Of("collapsed", 2, 10),
            Of("fine", 1, 50),
            Of("fine", 2, 99),
            Of("only on two", 2, 50),
            Of("no OpenMP", 2, 10, "OpenBLAS"),
        ];
        CollectionAssert.AreEqual(new[] { "collapsed", "only on two" }, PassiveRun.Suspects(rows).ToArray());
    }

    private static BenchRow Row(string name, double ratio) =>
        new("s", name, 1, ratio, "GFLOP/s", "p", 1, ratio, Goal: 1.2, Floor: 0.9);
}
