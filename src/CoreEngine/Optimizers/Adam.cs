using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2014), with bias correction.</summary>
public sealed class Adam : Optimizer
{
    /// <summary>Adam with this learning rate.</summary>
    public Adam(double learningRate = 0.001) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "adam";

    /// <summary>Decay of the mean of gradients.</summary>
    public double Beta1
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.9;

    /// <summary>Decay of the mean of squared gradients.</summary>
    public double Beta2
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.999;

    /// <summary>Keeps the quotient finite.</summary>
    public double Epsilon
    {
        get;
        set => field = Hyperparameter.NotNegative(value);
    } = 1e-8;

    private protected override string OperatorName => "adam_update";

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

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Beta1 = fields.Number("beta1", Beta1);
        Beta2 = fields.Number("beta2", Beta2);
        Epsilon = fields.Number("epsilon", Epsilon);
    }
}
