using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// Follow the moving leader (Zheng and Kwok, "Follow the moving leader in deep learning", 2017).
/// The rule divides by the learning rate, which must be above 0.
/// </summary>
public sealed class Ftml : Optimizer
{
    /// <summary>The moving leader with this learning rate.</summary>
    public Ftml(double learningRate = 0.01) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "ftml";

    /// <summary>Decay of the mean of gradients.</summary>
    public double Beta1
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.6;

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

    private protected override string OperatorName => "ftml_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        new MovingLeaderParameters
        {
            LearningRate = (float)Hyperparameter.Positive(learningRate, nameof(LearningRate)),
            Beta1 = (float)Beta1,
            Beta2 = (float)Beta2,
            Epsilon = (float)Epsilon,
            UpdateNumber = (int)Math.Min(count, int.MaxValue),
        };

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Beta1 = fields.Number("beta1", Beta1);
        Beta2 = fields.Number("beta2", Beta2);
        Epsilon = fields.Number("epsilon", Epsilon);
    }
}
