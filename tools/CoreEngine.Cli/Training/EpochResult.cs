namespace CoreEngine.Cli;

/// <summary>What one pass over the training images gave.</summary>
/// <param name="Epoch">Number of the pass, from 1.</param>
/// <param name="Loss">Mean cross-entropy per image, in nats.</param>
/// <param name="TrainAccuracy">Share of training images recognised while learning.</param>
/// <param name="TestAccuracy">Share of held-out images recognised after the pass.</param>
/// <param name="SamplesPerSecond">Training speed.</param>
/// <param name="Elapsed">Time since training began.</param>
public sealed record EpochResult(
    int Epoch,
    double Loss,
    double TrainAccuracy,
    double TestAccuracy,
    double SamplesPerSecond,
    TimeSpan Elapsed
);
