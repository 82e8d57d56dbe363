using System.Xml.Linq;

namespace CoreEngine.Perf.Tests;

[TestClass]
public sealed class BenchPlotsTests
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"bench-plots-{Guid.NewGuid():N}");

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void EveryPictureWithDataIsWritten()
    {
        BenchRow[] rows =
        [
            BenchRow.Rate(LimitsBench.SetName, LimitsBench.Peak, 1, 110, "GFLOP/s"),
            BenchRow.Rate(LimitsBench.SetName, LimitsBench.Memory, 1, 30, "GB/s"),
            Product(64, 1, 1.5),
            Product(2048, 1, 0.9),
            Product(64, 2, 1.5),
            Product(2048, 2, 1.2),
        ];
        IReadOnlyList<string> names = BenchPlots.Save(_folder, rows);
        CollectionAssert.AreEqual(
            new[] { "ratios.svg", "ratios-gemm.svg", "sweep-squares.svg", "roofline.svg" },
            names.ToArray()
        );
        foreach (string name in names)
        {
            XElement picture = XDocument.Load(Path.Combine(_folder, name)).Root!;
            Assert.AreEqual("svg", picture.Name.LocalName);
            Assert.IsGreaterThan(10, picture.Descendants().Count(), name);
        }
    }

    [TestMethod]
    public void PicturesWithoutDataAreLeftOut()
    {
        BenchRow[] rows = [BenchRow.Rate("s", "alone", 1, 1, "GB/s")];
        Assert.IsEmpty(BenchPlots.Save(_folder, rows));
    }

    private static BenchRow Product(int size, int threads, double ratio) =>
        BenchRow.Rate("gemm", $"{size}", threads, 80 * ratio, "GFLOP/s", "OpenBLAS", 80, goal: 1.08, floor: 0.95) with
        {
            Sweep = "squares",
            Size = size,
            Intensity = size / 6.0,
        };
}
