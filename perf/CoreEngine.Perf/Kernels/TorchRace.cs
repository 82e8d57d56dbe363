namespace CoreEngine.Perf;

/// <summary>One of our kernels against the same work in PyTorch, and in oneDNN where that has it; the faster peer counts.</summary>
/// <param name="Name">The case.</param>
/// <param name="Bytes">What has to be read and written at least.</param>
/// <param name="Ours">Our work, one call.</param>
/// <param name="Setup">Python that makes the operands.</param>
/// <param name="Body">Python that does the work.</param>
internal sealed record TorchRace(string Name, double Bytes, Action Ours, string Setup, string Body)
{
    /// <summary>Makes oneDNN's primitive; null where it has none.</summary>
    public Func<OneDnnPrimitive>? OneDnn { get; init; }

    /// <summary>Measures the cases on each number of threads; those without any peer are left out.</summary>
    public static IEnumerable<BenchRow> Run(BenchOptions options, string set, IEnumerable<TorchRace> cases) =>
        cases
            .Where(race => options.Wants(set, race.Name))
            .SelectMany(race => options.ThreadCounts.SelectMany(threads => race.Run(options, set, threads)));

    private IEnumerable<BenchRow> Run(BenchOptions options, string set, int threads)
    {
        using TorchCase? torch = TorchPeer.Shared?.Prepare(Setup, Body);
        using OneDnnVariants? oneDnn =
            OneDnn is { } make && Perf.OneDnn.IsAvailable ? new OneDnnVariants(threads, make) : null;
        PeerVariant[] variants =
        [
            .. torch?.Variants(threads).Select(variant => Of(TorchPeer.Name, variant)) ?? [],
            .. oneDnn?.Variants.Select(variant => Of(Perf.OneDnn.Name, variant)) ?? [],
        ];
        if (variants.Length == 0)
            yield break;
        using var team = new KernelThreads(threads);
        TimeSpan settle = Paired.SettleFor(threads);
        Paired.Result result = Paired.Measure(Ours, variants, options.Rounds, minimumSeconds: 0.005, settle);
        string peer = (result.Variant.Length > 0 ? result.Variant : variants[0].Name).Split(',')[0];
        yield return BenchRow.Rate(set, Name, threads, Bytes * 1e-9, "GB/s", peer, result, goal: 1.2, floor: 0.9);
    }

    private static PeerVariant Of(string peer, PeerVariant variant) =>
        variant with
        {
            Name = $"{peer}, {variant.Name}",
        };
}
