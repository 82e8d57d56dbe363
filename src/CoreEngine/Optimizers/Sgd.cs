using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>Stochastic gradient descent, with momentum if wanted.</summary>
public sealed class Sgd : Optimizer
{
    /// <summary>Gradient descent with this learning rate.</summary>
    public Sgd(double learningRate = 0.01) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "sgd";

    /// <summary>The share of the last step that is kept; 0 for none.</summary>
    public double Momentum
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    }

    private protected override string OperatorName => Momentum == 0 ? "sgd_update" : "sgd_mom_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        Momentum == 0
            ? new SgdParameters { LearningRate = (float)learningRate }
            : new MomentumParameters { LearningRate = (float)learningRate, Momentum = (float)Momentum };

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Momentum = fields.Number("momentum", Momentum);
    }
}
