namespace CoreEngine.Perf;

/// <summary>
/// Interleaved measuring: each round runs our side and the peer right after one another, in alternating order, so that
/// a machine that slows down slows both. The ratio is the median of the rounds' own ratios, not of separate medians.
/// </summary>
public static class Paired
{
    /// <summary>
    /// The pause that suits two threads: OpenMP's threads spin for some milliseconds after their work, and OpenBLAS's are
    /// told to (see <see cref="PeerEnvironment"/>).
    /// </summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(6);

    /// <summary>The pause that suits so many threads: none for one.</summary>
    public static TimeSpan SettleFor(int threads) => threads > 1 ? Settle : TimeSpan.Zero;

    /// <summary>How long a turn lasts at least, in seconds.</summary>
    private const double ShortestTurn = 0.005;

    /// <summary>A round that lasts longer than this makes for fewer rounds, in seconds.</summary>
    private const double LongRound = 0.04;

    /// <summary>A round that lasts longer than this is measured very few times, in seconds.</summary>
    private const double VeryLongRound = 0.15;

    /// <summary>A variant that needs so many times longer than the best one before the first round is given up.</summary>
    private const double Hopeless = 2;

    /// <summary>Medians over all rounds, in seconds of one call; the ratio is the peer's time over ours.</summary>
    /// <param name="Ours">Our time.</param>
    /// <param name="Theirs">The time of the peer's best variant.</param>
    /// <param name="Ratio">How many times faster we are than the peer's best variant.</param>
    public readonly record struct Result(double Ours, double Theirs, double Ratio)
    {
        /// <summary>The name of the peer's best variant; empty when there is only one.</summary>
        public string Variant { get; init; } = "";
    }

    /// <summary>Measures two bodies against each other.</summary>
    /// <param name="ours">Our work, one call.</param>
    /// <param name="theirs">The peer's same work, one call.</param>
    /// <param name="rounds">The largest number of pairs, after one pair of warm-up.</param>
    /// <param name="minimumSeconds">A body that is shorter is repeated until one measurement lasts this long.</param>
    /// <param name="settle">
    /// A pause before each side's turn, followed by one call that is not measured unless it is long: for sides with threads
    /// that go on spinning for a while after their work and would hold a processor that the other side needs.
    /// </param>
    public static Result Measure(
        Action ours,
        Action theirs,
        int rounds,
        double minimumSeconds = ShortestTurn,
        TimeSpan settle = default
    ) => Measure(ours, [PeerVariant.Here("", theirs)], rounds, minimumSeconds, settle);

    /// <summary>Measures a body against every variant of a peer; the best variant counts.</summary>
    /// <param name="ours">Our work, one call.</param>
    /// <param name="theirs">The same work by the peer, at least one variant.</param>
    /// <param name="rounds">The largest number of rounds, after one of warm-up; each runs all bodies.</param>
    /// <param name="minimumSeconds">A body that is shorter is repeated until one measurement lasts this long.</param>
    /// <param name="settle">A pause before each turn, as above.</param>
    public static Result Measure(
        Action ours,
        IReadOnlyList<PeerVariant> theirs,
        int rounds,
        double minimumSeconds = ShortestTurn,
        TimeSpan settle = default
    )
    {
        PeerVariant own = PeerVariant.Here("ours", ours);
        double ownSeconds = Once(own);
        double[] seconds = [.. theirs.Select(Once)];
        PeerVariant[] kept = [.. theirs.Where((_, i) => seconds[i] <= Hopeless * seconds.Min())];
        double[] once = [ownSeconds, .. seconds.Where(time => time <= Hopeless * seconds.Min())];
        PeerVariant[] sides = [own, .. kept];
        int[] repeats = [.. once.Select(time => Repeats(time, minimumSeconds))];
        rounds = Affordable(rounds, once.Zip(repeats, (time, count) => time * count).Sum());
        double[][] times = [.. sides.Select(_ => new double[rounds])];
        for (int i = 0; i < rounds; i++)
        {
            for (int place = 0; place < sides.Length; place++)
            {
                int side = i % 2 == 0 ? place : sides.Length - 1 - place;
                times[side][i] = Turn(sides[side], repeats[side], once[side], settle);
            }
        }

        Result result = Best(times, kept);
        return result with
        {
            // The name says something only when there was a choice.
            Variant = theirs.Count > 1 ? result.Variant : "",
        };
    }

    /// <summary>The median time of one call, in seconds, of a body without a peer.</summary>
    public static double MeasureAlone(Action body, int rounds, double minimumSeconds = ShortestTurn) =>
        Median(TimesAlone(body, rounds, minimumSeconds));

    /// <summary>The shortest time of one call, in seconds: for limits of the machine.</summary>
    public static double Fastest(Action body, int rounds, double minimumSeconds = ShortestTurn) =>
        TimesAlone(body, rounds, minimumSeconds).Min();

    /// <summary>The middle of the values; sorts them in place.</summary>
    public static double Median(Span<double> values) => Percentile(values, 0.5);

    /// <summary>The value that a share of all values does not exceed; sorts them in place.</summary>
    public static double Percentile(Span<double> values, double share)
    {
        values.Sort();
        return values[Math.Min((int)(values.Length * share), values.Length - 1)];
    }

    /// <summary>Medians of our times (first) and of the variant with the smallest median ratio to ours.</summary>
    internal static Result Best(double[][] times, IReadOnlyList<PeerVariant> variants)
    {
        double[] ours = times[0];
        Result best = default;
        for (int variant = 1; variant < times.Length; variant++)
        {
            double ratio = Median(times[variant].Zip(ours, static (peer, own) => peer / own).ToArray());
            if (variant == 1 || ratio < best.Ratio)
            {
                best = new Result(Median(ours.ToArray()), Median(times[variant].ToArray()), ratio)
                {
                    Variant = variants[variant - 1].Name,
                };
            }
        }

        return best;
    }

    private static double[] TimesAlone(Action body, int rounds, double minimumSeconds)
    {
        PeerVariant alone = PeerVariant.Here("", body);
        double once = Once(alone);
        int repeats = Repeats(once, minimumSeconds);
        double[] times = new double[Affordable(rounds, repeats * once)];
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = Turn(alone, repeats, once, TimeSpan.Zero);
        }

        return times;
    }

    private static int Affordable(int rounds, double secondsOfOne)
    {
        int fewest = secondsOfOne > VeryLongRound ? 3 : 5;
        return Math.Clamp((int)(rounds * LongRound / secondsOfOne), Math.Min(fewest, rounds), rounds);
    }

    private static double Turn(PeerVariant side, int repeats, double once, TimeSpan settle)
    {
        if (settle > TimeSpan.Zero)
        {
            Thread.Sleep(settle);
            if (once < settle.TotalSeconds)
            {
                side.Run(1);
            }
        }

        return side.Run(repeats) / repeats;
    }

    // About how long one call lasts; the first one also warms up.
    private static double Once(PeerVariant side)
    {
        double first = side.Run(1);
        return Math.Max(first > LongRound ? first : Math.Min(first, side.Run(1)), 1e-9);
    }

    private static int Repeats(double once, double minimumSeconds) =>
        (int)Math.Clamp(Math.Ceiling(minimumSeconds / once), 1, 1_000_000);
}
