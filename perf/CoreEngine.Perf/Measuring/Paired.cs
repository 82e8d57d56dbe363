using System.Diagnostics;

namespace CoreEngine.Perf;

/// <summary>
/// Interleaved measuring: each round runs our side and the peer right after one another, in alternating order, so that
/// a machine that slows down slows both. The ratio is the median of the rounds' own ratios, not of separate medians.
/// </summary>
public static class Paired
{
    /// <summary>Medians over all rounds, in seconds of one call; the ratio is the peer's time over ours.</summary>
    public readonly record struct Result(double Ours, double Theirs, double Ratio);

    /// <summary>Measures two bodies against each other.</summary>
    /// <param name="ours">Our work, one call.</param>
    /// <param name="theirs">The peer's same work, one call.</param>
    /// <param name="rounds">Number of pairs, after one pair of warm-up.</param>
    /// <param name="minimumSeconds">A body that is shorter is repeated until one measurement lasts this long.</param>
    /// <param name="settle">
    /// A pause before each side's turn, followed by one call that is not measured: for sides with threads that go on
    /// spinning for a while after their work and would hold a processor that the other side needs.
    /// </param>
    public static Result Measure(
        Action ours,
        Action theirs,
        int rounds,
        double minimumSeconds = 0.02,
        TimeSpan settle = default
    )
    {
        ours();
        theirs();
        int ourRepeats = Repeats(ours, minimumSeconds);
        int theirRepeats = Repeats(theirs, minimumSeconds);
        double[] a = new double[rounds];
        double[] b = new double[rounds];
        double[] ratios = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            if (i % 2 == 0)
            {
                a[i] = Turn(ours, ourRepeats, settle);
                b[i] = Turn(theirs, theirRepeats, settle);
            }
            else
            {
                b[i] = Turn(theirs, theirRepeats, settle);
                a[i] = Turn(ours, ourRepeats, settle);
            }

            ratios[i] = b[i] / a[i];
        }

        return new Result(Median(a), Median(b), Median(ratios));
    }

    /// <summary>The median time of one call, in seconds, of a body without a peer.</summary>
    public static double MeasureAlone(Action body, int rounds, double minimumSeconds = 0.02)
    {
        body();
        int repeats = Repeats(body, minimumSeconds);
        double[] times = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            times[i] = Time(body, repeats);
        }

        return Median(times);
    }

    /// <summary>The middle of the values; sorts them in place.</summary>
    public static double Median(Span<double> values) => Percentile(values, 0.5);

    /// <summary>The value that a share of all values does not exceed; sorts them in place.</summary>
    public static double Percentile(Span<double> values, double share)
    {
        values.Sort();
        return values[Math.Min((int)(values.Length * share), values.Length - 1)];
    }

    private static double Turn(Action body, int repeats, TimeSpan settle)
    {
        if (settle > TimeSpan.Zero)
        {
            Thread.Sleep(settle);
            body();
        }

        return Time(body, repeats);
    }

    private static int Repeats(Action body, double minimumSeconds)
    {
        double once = Time(body, 1);
        return (int)Math.Clamp(Math.Ceiling(minimumSeconds / Math.Max(once, 1e-9)), 1, 1_000_000);
    }

    private static double Time(Action body, int repeats)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
        {
            body();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }
}
