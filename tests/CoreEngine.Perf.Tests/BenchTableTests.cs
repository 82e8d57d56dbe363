namespace CoreEngine.Perf.Tests;

[TestClass]
public sealed class BenchTableTests
{
    private static readonly BenchRow[] s_rows =
    [
        BenchRow.Rate("gemm", "small", 1, 90, "GFLOP/s", "OpenBLAS", 45, goal: 1.1, floor: 0.9),
        BenchRow.Rate("gemm", "large", 1, 40, "GFLOP/s", "OpenBLAS", 80, goal: 1.1, floor: 0.9),
        BenchRow.Rate("limits", "read L1", 1, 160, "GB/s"),
    ];

    [TestMethod]
    public void OnlyThePartBetweenTheMarkersIsReplaced()
    {
        string document = $"before\n{BenchTable.Begin}\nold\n{BenchTable.End}\nafter\n";
        string replaced = BenchTable.Replace(document, "A machine", s_rows);
        Assert.StartsWith($"before\n{BenchTable.Begin}\n\nA machine\n\n| set |", replaced);
        Assert.EndsWith($"|\n\n{BenchTable.End}\nafter\n", replaced);
        Assert.DoesNotContain("old", replaced);
        Assert.AreEqual(replaced, BenchTable.Replace(replaced, "A machine", s_rows), "A second time changes nothing.");
    }

    [TestMethod]
    public void SetsThatWereNotMeasuredKeepTheirPlace()
    {
        BenchRow other = BenchRow.Rate("sort", "x", 1, 10, "GB/s", "PyTorch", 5, goal: 1.1, floor: 0.9);
        string both = BenchTable.Replace(BenchTable.Begin + BenchTable.End, "", [.. s_rows, other]);
        string again = BenchTable.Replace(both, "", [s_rows[0]]);
        Assert.Contains("| gemm | OpenBLAS | 1 | 1 | 2.00 |", again);
        Assert.Contains("| sort | PyTorch | 1 | 1 | 2.00 |", again);
        Assert.IsLessThan(
            again.IndexOf("| sort |", StringComparison.Ordinal),
            again.IndexOf("| gemm |", StringComparison.Ordinal)
        );

        string results = BenchTable.Results(["Machine 1"], [.. s_rows, other]);
        string changed = BenchTable.Results(["Machine 2"], [s_rows[0]], results);
        Assert.DoesNotContain("Machine 1", changed);
        Assert.Contains("- of earlier runs: limits, sort\n", changed);
        Assert.Contains("| gemm | small |", changed);
        Assert.DoesNotContain("| gemm | large |", changed);
        Assert.Contains("## sort\n\n" + BenchTable.Heading + "\n| sort | x |", changed);
        Assert.AreEqual(changed, BenchTable.Results(["Machine 2"], [s_rows[0]], changed));
    }

    [TestMethod]
    [DataRow("no markers at all")]
    [DataRow(BenchTable.Begin)]
    [DataRow(BenchTable.End + BenchTable.Begin)]
    public void ADocumentWithoutMarkersIsRefused(string document) =>
        Assert.ThrowsExactly<FormatException>(() => BenchTable.Replace(document, "", s_rows));

    [TestMethod]
    public void TheReadmeHasTheMarkers()
    {
        string readme = File.ReadAllText(Path.Combine(CoreEngine.Tests.Checkout.Root, "README.md"));
        Assert.Contains("geometric", BenchTable.Replace(readme, "geometric", s_rows));
    }

    [TestMethod]
    public void ASummaryLineNamesTheWorstRow()
    {
        string table = BenchTable.Replace(BenchTable.Begin + BenchTable.End, "", s_rows);
        Assert.Contains("| gemm | OpenBLAS | 1 | 2 | 1.00 | 0.50 large | 1.10 | 0.90 | **below floor: 1** |", table);
        Assert.DoesNotContain("limits", table, "A set without peers has no ratio to summarise.");
    }

    [TestMethod]
    public void TheResultsHoldEveryRowUnderItsSet()
    {
        string text = BenchTable.Results(["A machine"], s_rows);
        Assert.Contains("- A machine\n", text);
        Assert.Contains("## gemm\n", text);
        Assert.Contains("| limits | read L1 | 1 | 160 GB/s |  |  |  |  |  |\n", text);
    }

    [TestMethod]
    public void TheBestVariantIsNamedBesideItsPeer()
    {
        BenchRow row = s_rows[0] with { Variant = "1 thread" };
        Assert.Contains("| OpenBLAS (1 thread) |", BenchTable.Line(row));
    }
}
