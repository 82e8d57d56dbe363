using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// Langevin dynamics: gradient descent with noise, which samples from the posterior (Welling and Teh, "Bayesian learning via
/// stochastic gradient Langevin dynamics", 2011). The learning rate must not be negative: it is the noise's variance.
/// </summary>
public sealed class Sgld : Optimizer
{
    /// <summary>Langevin dynamics with this learning rate.</summary>
    public Sgld(double learningRate = 0.01) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "sgld";

    private protected override string OperatorName => "sgld_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        new LangevinParameters { LearningRate = (float)Hyperparameter.NotNegative(learningRate, nameof(LearningRate)) };
}
