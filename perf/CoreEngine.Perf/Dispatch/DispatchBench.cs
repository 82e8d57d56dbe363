namespace CoreEngine.Perf;

/// <summary>
/// What one imperative call costs the caller: arrays of four float32 elements, so that the arithmetic is nothing. The
/// result is let go at once, as it is by a peer that counts references.
/// </summary>
internal sealed class DispatchBench : IBenchSet
{
    private const string Set = "dispatch";
    private const int Calls = 10_000;

    public string Name => Set;

    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        using NDArray x = NDArray.Full([4], 1);
        using NDArray y = NDArray.Full([4], 2);
        (string Name, Func<NDArray> Call)[] cases =
        [
            ("x + y", () => x + y),
            ("x * 2", () => x * 2),
            ("exp(x)", () => x.Exp()),
        ];
        foreach ((string name, Func<NDArray> call) in cases)
        {
            if (!options.Wants(Set, name))
            {
                continue;
            }

            void Ours()
            {
                for (int i = 0; i < Calls; i++)
                {
                    call().Dispose();
                }
            }

            double seconds = Paired.MeasureAlone(Ours, options.Rounds) / Calls;
            yield return BenchRow.Cost(Set, name, 1, seconds * 1e6, "us", null, null, 3, 1.2);
            yield return BenchRow.Cost(Set, $"{name}, managed bytes", 1, BytesOf(Ours) / (double)Calls, "B");
        }
    }

    private static long BytesOf(Action body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        body();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
