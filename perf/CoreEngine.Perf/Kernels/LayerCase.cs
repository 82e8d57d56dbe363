namespace CoreEngine.Perf;

/// <summary>One layer's pass as we run it and as each peer does; the fastest peer counts.</summary>
/// <param name="Name">The case inside its set.</param>
/// <param name="Arrays">What the bodies work on; freed when the case has been measured.</param>
/// <param name="Ours">Our kernel, one call.</param>
internal sealed record LayerCase(string Name, BenchArrays Arrays, Action Ours)
{
    /// <summary>The same work by oneDNN, one maker for each layout that is worth a try.</summary>
    public IReadOnlyList<Func<OneDnnPrimitive>> OneDnn { get; init; } = [];

    /// <summary>The same work in Python for PyTorch: set-up, and the body that is measured.</summary>
    public (string Setup, string Body)? Torch { get; init; }

    /// <summary>Measures a set's cases, those that were asked for, with one and two threads, against the fastest variant of any peer.</summary>
    public static IEnumerable<BenchRow> Measure(string set, BenchOptions options, IEnumerable<Func<LayerCase>> cases)
    {
        foreach (int threads in options.ThreadCounts)
        {
            foreach (Func<LayerCase> make in cases)
            {
                LayerCase layer = make();
                using BenchArrays arrays = layer.Arrays;
                using var team = new KernelThreads(threads);
                yield return layer.Measure(set, options, threads);
            }
        }
    }

    private BenchRow Measure(string set, BenchOptions options, int threads)
    {
        var variants = new List<PeerVariant>();
        var primitives = new List<OneDnnPrimitive>();
        for (int count = 1; count <= threads && Perf.OneDnn.IsAvailable; count++)
        {
            foreach (Func<OneDnnPrimitive> make in OneDnn)
            {
                int used = count;
                OpenMp.SetThreads(used);
                OneDnnPrimitive primitive = make();
                primitives.Add(primitive);
                variants.Add(
                    PeerVariant.Here(
                        $"{Perf.OneDnn.Name}, {used} threads",
                        primitive.Execute,
                        () => OpenMp.SetThreads(used)
                    )
                );
            }
        }

        using TorchCase? torch = Torch is { } python
            ? TorchPeer.Shared?.Prepare(python.Setup, python.Body, gradients: true)
            : null;
        foreach (PeerVariant variant in torch?.Variants(threads) ?? [])
        {
            variants.Add(variant with { Name = $"{TorchPeer.Name}, {variant.Name}" });
        }

        BenchRow row;
        if (variants.Count == 0)
        {
            row = BenchRow.Cost(set, Name, threads, 1e6 * Paired.MeasureAlone(Ours, options.Rounds), "us");
        }
        else
        {
            Paired.Result result = Paired.Measure(Ours, variants, options.Rounds, settle: Paired.SettleFor(threads));
            string peer = result.Variant.Length > 0 ? result.Variant : variants[0].Name;
            row = BenchRow.Cost(set, Name, threads, "us", peer.Split(',')[0], result, goal: 1.2, floor: 0.9);
        }

        foreach (OneDnnPrimitive primitive in primitives)
        {
            primitive.Dispose();
        }

        return row;
    }
}
