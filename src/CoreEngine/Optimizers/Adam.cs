using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2014), with bias correction.</summary>
public sealed class Adam : Optimizer
{
    /// <summary>Adam with this learning rate.</summary>
    public Adam(double learningRate = 0.001) => LearningRate = learningRate;

    /// <summary>Decay of the mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Keeps the quotient finite.</summary>
    public double Epsilon { get; init; } = 1e-8;

    private protected override string OperatorName(NDArray weight) => "adam_update";

    private protected override UpdateParameters Parameters(double learningRate, long count)
    {
        double correction = Math.Sqrt(1 - Math.Pow(Beta2, count)) / (1 - Math.Pow(Beta1, count));
        return new AdamParameters
        {
            LearningRate = (float)(learningRate * correction),
            Beta1 = (float)Beta1,
            Beta2 = (float)Beta2,
            Epsilon = (float)Epsilon,
        };
    }

    private protected override NDArray[] CreateStates(NDArray weight) => [ZerosLike(weight), ZerosLike(weight)];
}
