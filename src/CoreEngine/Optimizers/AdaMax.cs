using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// AdaMax, the variant of Adam with the largest magnitude (Kingma and Ba, 2014, section 7). A weight whose gradients were
/// all zero stays as it is; MXNet divides zero by zero there.
/// </summary>
public sealed class AdaMax : Optimizer
{
    /// <summary>AdaMax with this learning rate.</summary>
    public AdaMax(double learningRate = 0.002) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "adamax";

    /// <summary>Decay of the mean of gradients.</summary>
    public double Beta1
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.9;

    /// <summary>Decay of the largest magnitude of gradients.</summary>
    public double Beta2
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.999;

    private protected override string OperatorName => "adamax_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        new AdaMaxParameters
        {
            LearningRate = (float)(learningRate / (1 - Math.Pow(Beta1, count))),
            Beta1 = (float)Beta1,
            Beta2 = (float)Beta2,
        };

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Beta1 = fields.Number("beta1", Beta1);
        Beta2 = fields.Number("beta2", Beta2);
    }
}
