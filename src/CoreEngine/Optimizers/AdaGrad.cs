using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// AdaGrad (Duchi et al., "Adaptive subgradient methods for online learning and stochastic optimization", 2011).
/// </summary>
public sealed class AdaGrad : Optimizer
{
    /// <summary>AdaGrad with this learning rate.</summary>
    public AdaGrad(double learningRate = 0.01) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "adagrad";

    /// <summary>Keeps the quotient finite.</summary>
    public double Epsilon
    {
        get;
        set => field = Hyperparameter.NotNegative(value);
    } = 1e-7;

    private protected override string OperatorName => "adagrad_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        new AdaGradParameters { LearningRate = (float)learningRate, Epsilon = (float)Epsilon };

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Epsilon = fields.Number("eps", Epsilon);
    }
}
