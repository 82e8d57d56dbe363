using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// Delay-compensated descent for asynchronous training (Zheng et al., "Asynchronous stochastic gradient descent with delay
/// compensation", 2016).
/// </summary>
public sealed class Dcasgd : Optimizer
{
    /// <summary>Delay-compensated descent with this learning rate.</summary>
    public Dcasgd(double learningRate = 0.01) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "dcasgd";

    /// <summary>The share of the last step that is kept; 0 for none.</summary>
    public double Momentum
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    }

    /// <summary>The share of the curvature that corrects the gradient.</summary>
    public double Lambda
    {
        get;
        set => field = Hyperparameter.Finite(value);
    } = 0.04;

    private protected override string OperatorName => "dcasgd_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        new DelayCompensatedParameters
        {
            LearningRate = (float)learningRate,
            Momentum = (float)Momentum,
            Lambda = (float)Lambda,
        };

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Momentum = fields.Number("momentum", Momentum);
        Lambda = fields.Number("lamda", Lambda);
    }

    private protected override NDArray NewState(string name, NDArray weight) =>
        name == "previous_weight" ? weight.Copy() : base.NewState(name, weight);
}
