using CoreEngine.Graphs.Drawing;
using CsCheck;

namespace CoreEngine.Tests.Graphs.Drawing;

[TestClass]
public sealed class LayeredLayoutTests
{
    private static readonly Gen<(int Count, int Seed, double Density)> s_graphs = Gen.Select(
        Gen.Int[0, 60],
        Gen.Int[0, int.MaxValue],
        Gen.Double[0.01, 0.3]
    );

    [TestMethod]
    public void BoxesDoNotOverlapAndArrowsGoDownBetweenThem() =>
        s_graphs.Sample(
            graph =>
            {
                ((double Width, double Height)[] sizes, (int From, int To)[] edges) = Make(graph);
                var layout = new LayeredLayout(sizes, edges);
                for (int a = 0; a < sizes.Length; a++)
                {
                    Assert.IsGreaterThanOrEqualTo(0, layout.X[a] - (sizes[a].Width / 2) + 1e-6);
                    Assert.IsLessThanOrEqualTo(layout.Width + 1e-6, layout.X[a] + (sizes[a].Width / 2));
                    Assert.IsLessThanOrEqualTo(layout.Height + 1e-6, layout.Top(a) + sizes[a].Height);
                    for (int b = 0; b < a; b++)
                    {
                        double across = Math.Abs(layout.X[a] - layout.X[b]) - ((sizes[a].Width + sizes[b].Width) / 2);
                        double down = Math.Max(
                            layout.Top(a) - layout.Top(b) - sizes[b].Height,
                            layout.Top(b) - layout.Top(a) - sizes[a].Height
                        );
                        Assert.IsTrue(across > LayeredLayout.Gap - 1e-6 || down > LayeredLayout.LayerGap - 1e-6);
                    }
                }

                for (int i = 0; i < edges.Length; i++)
                {
                    double y = layout.Top(edges[i].From) + sizes[edges[i].From].Height;
                    foreach ((double x, double top, double bottom) in layout.Passes(i))
                    {
                        Assert.IsLessThan(top, y);
                        y = bottom;
                        for (int box = 0; box < sizes.Length; box++)
                        {
                            bool isBeside = layout.Top(box) >= bottom || layout.Top(box) + sizes[box].Height <= top;
                            Assert.IsTrue(isBeside || Math.Abs(x - layout.X[box]) > sizes[box].Width / 2);
                        }
                    }

                    Assert.IsLessThan(layout.Top(edges[i].To), y);
                }
            },
            iter: 300
        );

    [TestMethod]
    public void AChainIsStraight()
    {
        var layout = new LayeredLayout([(50, 20), (90, 30), (10, 20), (70, 20)], [(0, 1), (1, 2), (2, 3)]);
        Assert.IsTrue(layout.X.All(x => Math.Abs(x - 45) < 1e-6), string.Join(" ", layout.X));
        Assert.AreEqual(90, layout.Width);
        Assert.AreEqual(90 + (3 * LayeredLayout.LayerGap), layout.Height);
    }

    [TestMethod]
    public void BranchesThatNeedNotCrossDoNot()
    {
        // 0 leads to 1 and 2, these to 4 and 3.
        var layout = new LayeredLayout(
            [(20, 20), (20, 20), (20, 20), (20, 20), (20, 20)],
            [(0, 1), (0, 2), (1, 4), (2, 3)]
        );
        Assert.AreEqual(layout.X[1] < layout.X[2], layout.X[4] < layout.X[3]);
        Assert.AreEqual((layout.X[1] + layout.X[2]) / 2, layout.X[0], 1e-6);
    }

    [TestMethod]
    public void VeryManyLongArrowsStayAffordable()
    {
        // A ladder in which every box leads to the last: their arrows would pass millions of layers.
        const int Count = 3000;
        (int, int)[] edges =
        [
            .. Enumerable.Range(1, Count - 1).Select(i => (i - 1, i)),
            .. Enumerable.Range(0, Count - 2).Select(i => (i, Count - 1)),
        ];
        var layout = new LayeredLayout([.. Enumerable.Repeat((40.0, 20.0), Count)], edges);
        Assert.AreEqual((Count * 20) + ((Count - 1) * LayeredLayout.LayerGap), layout.Height, 1e-6);
    }

    private static ((double, double)[] Sizes, (int, int)[] Edges) Make((int Count, int Seed, double Density) graph)
    {
        var random = new Random(graph.Seed);
        var edges = new List<(int, int)>();
        for (int to = 0; to < graph.Count; to++)
        {
            for (int from = 0; from < to; from++)
            {
                if (random.NextDouble() < graph.Density)
                    edges.Add((from, to));
            }
        }

        return (
            [.. Enumerable.Range(0, graph.Count).Select(_ => (random.Next(10, 200) + 0.0, random.Next(10, 80) + 0.0))],
            [.. edges]
        );
    }
}
