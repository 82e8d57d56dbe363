namespace CoreEngine.Perf;

/// <summary>
/// What one imperative call costs the caller: arrays of four float32 elements, so that the arithmetic is nothing. The
/// result is let go at once, as it is by the peer, which counts references.
/// </summary>
internal sealed class DispatchBench : IBenchSet
{
    private const double Goal = 3;
    private const double Floor = 1.2;

    public string Name => "dispatch";

    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        using NDArray x = NDArray.Full([4], 1);
        using NDArray y = NDArray.Full([4], 2);
        (string Name, string Theirs, Action Ours)[] cases =
        [
            ("x + y", "z = x + y", () => (x + y).Dispose()),
            ("x * 2", "z = x * 2", () => (x * 2).Dispose()),
            ("exp(x)", "z = x.exp()", () => x.Exp().Dispose()),
        ];
        foreach ((string name, string theirs, Action ours) in cases)
        {
            if (options.Wants(Name, name) && options.WantsThreads(1) && !options.IsPassiveRun)
            {
                // Also warms the call up: measurements are as long as the first call suggests.
                double bytes = BytesOf(ours);
                yield return Compare(name, ours, theirs, options.Rounds);
                yield return BenchRow.Cost(Name, $"{name}, managed bytes", 1, bytes, "B");
            }
        }
    }

    private BenchRow Compare(string name, Action ours, string theirs, int rounds)
    {
        if (TorchPeer.Shared is not { } torch)
        {
            return BenchRow.Cost(Name, name, 1, 1e6 * Paired.MeasureAlone(ours, rounds), "us");
        }

        using TorchCase peer = torch.Prepare("x = torch.ones(4)\ny = torch.full((4,), 2.0)", theirs, gradients: true);
        Paired.Result result = Paired.Measure(ours, peer.Variants(1), rounds);
        return BenchRow.Cost(Name, name, 1, "us", TorchPeer.Name, result, Goal, Floor);
    }

    private static double BytesOf(Action body)
    {
        const int Calls = 50_000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            body();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
    }
}
