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

            foreach (Func<bool, TrainingModel> make in s_models)
            {
                using var engine = new BenchEngine(threads);
                using var kernels = new KernelThreads(threads);
                using TrainingModel graph = make(true);
                using TrainingModel recorded = make(false);
                string title = $"{graph.Name}, against its recorded form";
                if (options.Wants(Name, title))
                {
                    yield return Compare(title, graph, recorded, threads, options.Rounds);
                }
            }
        }
    }

    private BenchRow Compare(string title, TrainingModel graph, TrainingModel recorded, int threads, int rounds)
    {
        graph.Prepare(peer: null);
        recorded.Prepare(peer: null);
        Paired.Result result = Paired.Measure(() => Step(graph), () => Step(recorded), rounds);
        return BenchRow.Cost(Name, title, threads, "ms", "recorded", result, goal: 1, floor: 0.95);
    }

    // The loss is there before the backward pass has ended: without this wait the other's turn would begin beside it.
    private static void Step(TrainingModel model)
    {
        model.Step();
        Engine.Default.WaitForAll();
    }

    private BenchRow Measure(TrainingModel model, int threads, int rounds)
    {
        TorchPeer? torch = TorchPeer.Shared;
        TorchCase? peer = model.Prepare(torch);
        model.Check();

        void Ours() => Step(model);

        if (peer is null)
        {
            double seconds = Paired.MeasureAlone(Ours, rounds);
            return BenchRow.Cost(Name, model.Name, threads, 1e3 * seconds, "ms");
        }

        Paired.Result result = Paired.Measure(Ours, peer.Variants(threads), rounds, settle: Paired.SettleFor(threads));
        return BenchRow.Cost(Name, model.Name, threads, "ms", TorchPeer.Name, result, goal: 2, floor: 1);
    }
}
