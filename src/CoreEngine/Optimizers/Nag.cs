using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// Nesterov's accelerated gradient (Sutskever et al., "On the importance of initialization and momentum in deep learning",
/// 2013).
/// </summary>
public sealed class Nag : Optimizer
{
    /// <summary>Nesterov's method with this learning rate.</summary>
    public Nag(double learningRate = 0.01) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "nag";

    /// <summary>The share of the last step that is kept; 0 for none.</summary>
    public double Momentum
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    }

    private protected override string OperatorName => Momentum == 0 ? "sgd_update" : "nag_mom_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        Momentum == 0
            ? new SgdParameters { LearningRate = (float)learningRate }
            : new NesterovParameters { LearningRate = (float)learningRate, Momentum = (float)Momentum };

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Momentum = fields.Number("momentum", Momentum);
    }
}
