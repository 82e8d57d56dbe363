using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>
/// What the executor adds to its kernels, and how much memory its plans save: the rest of a graph's cost is in the sets
/// of networks and training steps.
/// </summary>
internal sealed class GraphBench : IBenchSet
{
    private const int Nodes = 1_000;
    private const double NodeBar = 1;

    // Kernels that do nothing: what remains is the executor.
    private static readonly OperatorDef s_empty = new("empty")
    {
        Kernel = static (ref _) => { },
        Gradient = static context => context.Set(0, context.Call(s_emptyGradient!.Bind(), context.OutputGradient(0))),
    };

    private static readonly OperatorDef s_emptyGradient = new("empty_gradient") { Kernel = static (ref _) => { } };

    public string Name => "graphs";

    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        if (options.IsPassiveRun)
        {
            yield break;
        }

        foreach (bool isTraining in (bool[])[false, true])
        {
            string title =
                $"executor, {Nodes} empty nodes, {(isTraining ? "forward and backward" : "forward")}, per node";
            if (options.Wants(Name, title) && options.WantsThreads(1))
            {
                yield return MeasureNodes(title, isTraining, options.Rounds);
            }
        }

        foreach (BenchRow row in PlannedMemory(options))
        {
            yield return row;
        }
    }

    private BenchRow MeasureNodes(string title, bool isTraining, int rounds)
    {
        using var engine = new BenchEngine(1);
        var node = new NodeEntry(new Node(null, "x", []), 0);
        for (int i = 0; i < Nodes; i++)
        {
            node = new NodeEntry(new Node(s_empty.Bind(), $"empty{i}", [node]), 0);
        }

        using NDArray x = NDArray.Ones([16]);
        using NDArray gradient = NDArray.Zeros([16]);
        using Executor executor = Executor.Bind(new Symbol(node), [x], isTraining ? [gradient] : []);
        double seconds = Paired.MeasureAlone(
            () =>
            {
                executor.Forward(isTraining);
                if (isTraining)
                {
                    executor.Backward();
                }

                (isTraining ? gradient : executor.Outputs[0]).WaitToRead();
            },
            rounds
        );
        double each = 1e6 * seconds / (isTraining ? 2 * Nodes : Nodes);
        return BenchRow.Cost(Name, title, 1, each, "us", "bar", NodeBar, 1, 1);
    }

    /// <summary>The bars: training takes at most 60 % of the unplanned sum, inference at most 20 %.</summary>
    private IEnumerable<BenchRow> PlannedMemory(BenchOptions options)
    {
        foreach ((bool isTraining, double share) in ((bool, double)[])[(true, 0.6), (false, 0.2)])
        {
            string title = $"ResNet-18 b8 224x224, planned memory of {(isTraining ? "training" : "inference")}";
            if (!options.Wants(Name, title) || !options.WantsThreads(1))
            {
                continue;
            }

            using var model = new ResNetModel(asGraph: true);
            model.Prepare(peer: null);
            using Executor executor = model.Bind(isTraining);
            yield return BenchRow.Cost(
                Name,
                title,
                1,
                executor.PlannedBytes / (1024.0 * 1024),
                "MiB",
                "without plan",
                executor.UnplannedBytes / (1024.0 * 1024),
                1 / share,
                1 / share
            );
        }
    }
}
