using CoreEngine.Runtime;

namespace CoreEngine.Perf;

/// <summary>
/// Whole training steps against PyTorch's eager mode: forward, backward, update by momentum, and the loss read once.
/// </summary>
internal sealed class TrainingBench : IBenchSet
{
    private static readonly Func<bool, TrainingModel>[] s_models =
    [
        asGraph => new LeNetModel(asGraph),
        asGraph => new ResNetModel(asGraph),
        asGraph => new LstmModel(asGraph),
    ];

    private static readonly bool[] s_ways = [false, true];

    public string Name => "training";

    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        if (options.IsPassiveRun)
        {
            yield break;
        }

        foreach (int threads in options.ThreadCounts)
        {
            foreach (
                (Func<bool, TrainingModel> make, bool asGraph) in s_models.SelectMany(_ => s_ways, ValueTuple.Create)
            )
            {
                using var engine = new BenchEngine(threads);
                using var kernels = new KernelThreads(threads);
                using TrainingModel model = make(asGraph);
                if (options.Wants(Name, model.Name))
                {
                    yield return Measure(model, threads, options.Rounds);
                }
            }
        }
    }

    private BenchRow Measure(TrainingModel model, int threads, int rounds)
    {
        TorchPeer? torch = TorchPeer.Shared;
        TorchCase? peer = model.Prepare(torch);
        model.Check();

        // The loss is there before the backward pass has ended: without this wait the peer's turn would begin beside it.
        void Ours()
        {
            model.Step();
            Engine.Default.WaitForAll();
        }

        if (peer is null)
        {
            double seconds = Paired.MeasureAlone(Ours, rounds);
            return BenchRow.Cost(Name, model.Name, threads, 1e3 * seconds, "ms");
        }

        Paired.Result result = Paired.Measure(Ours, peer.Variants(threads), rounds, settle: Paired.SettleFor(threads));
        return BenchRow.Cost(Name, model.Name, threads, "ms", TorchPeer.Name, result, goal: 2, floor: 1);
    }
}
