using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// AdaDelta (Zeiler, "ADADELTA: an adaptive learning rate method", 2012). It needs no learning rate and ignores
/// <see cref="Optimizer.LearningRate"/>, schedule and multipliers of it.
/// </summary>
public sealed class AdaDelta : Optimizer
{
    /// <inheritdoc/>
    public override string Name => "adadelta";

    /// <summary>Decay of the means of squared gradients and steps.</summary>
    public double Rho
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.9;

    /// <summary>Keeps the quotient finite.</summary>
    public double Epsilon
    {
        get;
        set => field = Hyperparameter.NotNegative(value);
    } = 1e-5;

    private protected override string OperatorName => "adadelta_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        new AdaDeltaParameters { Rho = (float)Rho, Epsilon = (float)Epsilon };

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Rho = fields.Number("rho", Rho);
        Epsilon = fields.Number("epsilon", Epsilon);
    }
}
