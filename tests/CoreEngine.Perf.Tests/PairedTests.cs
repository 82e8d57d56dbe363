namespace CoreEngine.Perf.Tests;

[TestClass]
public sealed class PairedTests
{
    private static readonly PeerVariant[] s_variants = [new("first", _ => 0), new("second", _ => 0)];

    [TestMethod]
    public void ThePeersBestVariantCounts()
    {
        // Ours, a variant that is twice as slow, one that is as fast but for one slow round.
        double[][] times =
        [
            [1, 1, 1],
            [2, 2, 2],
            [1, 9, 1],
        ];
        Paired.Result result = Paired.Best(times, s_variants);
        Assert.AreEqual(1, result.Ours);
        Assert.AreEqual(1, result.Theirs);
        Assert.AreEqual(1, result.Ratio);
        Assert.AreEqual("second", result.Variant);
    }

    [TestMethod]
    public void TheRatioIsTheMedianOfTheRoundsRatios()
    {
        // The machine halves its speed for the second round: both sides double, the ratio stays.
        double[][] times =
        [
            [1, 2, 1],
            [3, 6, 3],
        ];
        Assert.AreEqual(3, Paired.Best(times, s_variants).Ratio);
    }

    [TestMethod]
    public void EverySideRunsInEveryRound()
    {
        int ours = 0;
        var calls = new List<int>();
        var variant = new PeerVariant(
            "elsewhere",
            repeats =>
            {
                calls.Add(repeats);
                return repeats * 0.5;
            }
        );
        Paired.Result result = Paired.Measure(() => ours++, [variant], rounds: 3, minimumSeconds: 1e-6);
        Assert.AreEqual(0.5, result.Theirs, "The peer's own clock counts.");
        Assert.IsGreaterThanOrEqualTo(5, ours);
        Assert.HasCount(4, calls, "Warm-up and three rounds.");
        Assert.AreEqual("", result.Variant, "There was no choice.");
    }

    [TestMethod]
    public void AHopelessVariantIsGivenUp()
    {
        int calls = 0;
        var slow = new PeerVariant(
            "slow",
            repeats =>
            {
                calls++;
                return repeats * 0.5;
            }
        );
        var fast = new PeerVariant("fast", repeats => repeats * 0.2);
        Paired.Result result = Paired.Measure(static () => { }, [slow, fast], rounds: 3, minimumSeconds: 1e-6);
        Assert.AreEqual("fast", result.Variant);
        Assert.AreEqual(1, calls);
    }
}
