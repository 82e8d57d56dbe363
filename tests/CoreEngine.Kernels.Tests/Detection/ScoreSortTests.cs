using CsCheck;

namespace CoreEngine.Kernels.Tests;

/// <summary>The order of a detector's candidates.</summary>
[TestClass]
public sealed unsafe class ScoreSortTests
{
    /// <summary>
    /// Equal scores end up where the sort of the GNU C++ library leaves them; the orders of these scores, recorded from it,
    /// are told by a polynomial of their places.
    /// </summary>
    [TestMethod]
    [DataRow(12, 1, 875180870876166UL)]
    [DataRow(17, 1, 18000265354157173000UL)]
    [DataRow(24, 1, 6381564660077504780UL)]
    [DataRow(72, 1, 12643149167897760348UL)]
    [DataRow(1000, 1, 13354114309432557452UL)]
    [DataRow(5000, 1, 6418462237632407740UL)]
    [DataRow(12, 3, 54944209107479106UL)]
    [DataRow(17, 3, 15298460649980894284UL)]
    [DataRow(24, 3, 1448227498960463542UL)]
    [DataRow(72, 3, 958434574105240572UL)]
    [DataRow(1000, 3, 11631919950093163648UL)]
    [DataRow(5000, 3, 4351263534659337724UL)]
    [DataRow(12, 50, 161501000205592356UL)]
    [DataRow(17, 50, 12496174488162037712UL)]
    [DataRow(24, 50, 8798552016408564718UL)]
    [DataRow(72, 50, 7674922180708208360UL)]
    [DataRow(1000, 50, 8652747770859191486UL)]
    [DataRow(5000, 50, 16428353889456917282UL)]
    public void Equal_scores_lie_as_the_GNU_library_leaves_them(int count, int kinds, ulong expected)
    {
        long[] places = Sort([
            .. Enumerable.Range(0, count).Select(i => (float)(((uint)i * 2654435761u >> 8) % kinds)),
        ]);
        Assert.AreEqual(expected, places.Aggregate(0UL, (sum, place) => unchecked((sum * 31) + (ulong)place)));
    }

    /// <summary>
    /// Every candidate is there once, the highest score first and what is no number last; also where a heap takes over from
    /// the divisions, at once or soon.
    /// </summary>
    [TestMethod]
    public void Candidates_are_ordered_whatever_their_scores() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[1, 40], Gen.Int[0, 4], Gen.Int[0, 100_000])
            .Sample(
                c =>
                {
                    var random = new Random(c.Item4);
                    Check([.. Enumerable.Range(0, c.Item1).Select(_ => Score(random.Next(c.Item2)))], c.Item3);
                },
                iter: 500
            );

    private static double Score(int kind) => kind == 7 ? double.NaN : kind - 3;

    private static void Check(double[] scores, int depth)
    {
        long[] places = Sort(scores, depth);
        CollectionAssert.AreEquivalent(Enumerable.Range(0, scores.Length).Select(i => (long)i).ToArray(), places);
        for (int i = 1; i < places.Length; i++)
        {
            double before = scores[places[i - 1]];
            double after = scores[places[i]];
            Assert.IsTrue(double.IsNaN(after) || before >= after, $"{before} stands before {after}.");
        }
    }

    private static long[] Sort<T>(T[] scores, int? depth = null)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var candidates = new ScoredPlace<T>[scores.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            candidates[i] = new ScoredPlace<T> { Score = scores[i], Place = i };
        }

        fixed (ScoredPlace<T>* first = candidates)
        {
            if (depth is { } most)
                ScoreSort<T>.Run(first, candidates.Length, most);
            else
                ScoreSort<T>.Run(first, candidates.Length);
        }

        return Array.ConvertAll(candidates, candidate => candidate.Place);
    }
}
