namespace CoreEngine;

/// <summary>How a computation is bound to arrays.</summary>
public sealed record BindOptions
{
    /// <summary>
    /// An executor whose memory for intermediate results is used, if it is large enough, instead of memory of its own.
    /// The two must not be between a Forward and its Backward at the same time.
    /// </summary>
    public Executor? SharedExecutor { get; init; }

    /// <summary>
    /// Backward passes compute what is cheap again instead of keeping it (<see cref="Graphs.Mirroring.IsCheap"/>): less
    /// memory for more time, the same gradients. Calls with the attribute <c>force_mirroring</c> are repeated either
    /// way. The default is what the variable MXNET_BACKWARD_DO_MIRROR says (1 for true), else false.
    /// </summary>
    public bool RepeatsCheapCalls { get; init; } =
        Environment.GetEnvironmentVariable("MXNET_BACKWARD_DO_MIRROR") is "1" or "true" or "True";
}
