using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>How a computation is bound to arrays.</summary>
public sealed record BindOptions
{
    private static readonly Dictionary<string, Device> s_noGroups = [];

    /// <summary>
    /// An executor whose memory for intermediate results is used, if it is large enough, instead of memory of its own.
    /// The two must not be between a Forward and its Backward at the same time.
    /// </summary>
    public Executor? SharedExecutor { get; init; }

    /// <summary>
    /// Whether results lie, where they fit, in the arrays of the results of <see cref="SharedExecutor"/>, as MXNet's
    /// do: a run of either executor then overwrites the results of both.
    /// </summary>
    public bool SharesResults { get; init; }

    /// <summary>
    /// Where <see cref="Executor.SimpleBind"/> takes arguments from and puts them: those of
    /// <see cref="SharedParameters"/> come from <see cref="SharedExecutor"/>; others from here, when there is one that
    /// is large enough, and are put here when they are new. So the executors of sequences of several lengths share
    /// their inputs. Sparse arrays, which hold just what they need, are always new.
    /// </summary>
    public IDictionary<string, NDArray>? SharedArrays { get; init; }

    /// <summary>
    /// Names of the arguments that <see cref="Executor.SimpleBind"/> takes, with their gradients, from
    /// <see cref="SharedExecutor"/>; without such an executor they are new, and not put where others find them.
    /// </summary>
    public IReadOnlyCollection<string> SharedParameters { get; init; } = [];

    /// <summary>The devices of the groups that nodes are in by their attribute <c>ctx_group</c>.</summary>
    public IReadOnlyDictionary<string, Device> GroupDevices { get; init; } = s_noGroups;

    /// <summary>The passes that make the graph cheaper before it is run.</summary>
    public GraphPasses Passes { get; init; } = GraphPasses.All;

    /// <summary><see cref="PassContext.FusionBytes"/>, so that tests can have small graphs fused, too.</summary>
    internal long FusionBytes { get; init; } = PointwiseFusion.WorthwhileBytes;

    /// <summary>
    /// Names of arguments and auxiliary states that keep their values from the first run on, for example the parameters
    /// of a trained model. What follows from them alone is then computed once: batch normalisation goes into the
    /// layers before it, weights are brought into the order of the kernels.
    /// </summary>
    public IReadOnlyCollection<string> ConstantParameters { get; init; } = [];

    /// <summary>
    /// Backward passes compute what is cheap again instead of keeping it (<see cref="Mirroring.IsCheap"/>): less
    /// memory for more time, the same gradients. Calls with the attribute <c>force_mirroring</c> are repeated either
    /// way. The default is what the variable MXNET_BACKWARD_DO_MIRROR says (1 for true), else false.
    /// </summary>
    public bool RepeatsCheapCalls { get; init; } =
        Environment.GetEnvironmentVariable("MXNET_BACKWARD_DO_MIRROR") is "1" or "true" or "True";
}
