namespace CoreEngine;

/// <summary>How a computation is bound to arrays.</summary>
public sealed record BindOptions
{
    /// <summary>
    /// An executor whose memory for intermediate results is used, if it is large enough, instead of memory of its own.
    /// The two must not be between a Forward and its Backward at the same time.
    /// </summary>
    public Executor? SharedExecutor { get; init; }
}
