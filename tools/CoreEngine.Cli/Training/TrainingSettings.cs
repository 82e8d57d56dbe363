using CoreEngine.Optimizers;

namespace CoreEngine.Cli;

/// <summary>How a model is to be trained.</summary>
internal sealed record TrainingSettings
{
    /// <summary>Passes over the training images.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images per step.</summary>
    public required int Batch { get; init; }

    /// <summary><c>sgd</c> or <c>adam</c>.</summary>
    public required string OptimizerName { get; init; }

    /// <summary>The first step's learning rate; it falls to zero along half a cosine.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Momentum of <c>sgd</c>.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Seed of the weights and of the order of the images.</summary>
    public required int Seed { get; init; }

    /// <summary>The optimizer that the settings describe.</summary>
    public Optimizer MakeOptimizer() =>
        OptimizerName == "adam"
            ? new Adam(LearningRate) { WeightDecay = WeightDecay }
            : new Sgd(LearningRate) { Momentum = Momentum, WeightDecay = WeightDecay };
}
