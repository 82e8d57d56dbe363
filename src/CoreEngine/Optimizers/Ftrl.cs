using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// FTRL-proximal (McMahan et al., "Ad click prediction: a view from the trenches", 2013). The rule divides by
/// the learning rate, which must be above 0.
/// </summary>
public sealed class Ftrl : Optimizer
{
    /// <summary>FTRL with this learning rate.</summary>
    public Ftrl(double learningRate = 0.1) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "ftrl";

    /// <summary>The L1 regularisation.</summary>
    public double Lambda1
    {
        get;
        set => field = Hyperparameter.NotNegative(value);
    } = 0.01;

    /// <summary>Smooths the per-weight learning rate.</summary>
    public double Beta
    {
        get;
        set => field = Hyperparameter.NotNegative(value);
    } = 1;

    private protected override string OperatorName => "ftrl_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        new FtrlParameters
        {
            LearningRate = (float)Hyperparameter.Positive(learningRate, nameof(LearningRate)),
            Lambda1 = (float)Lambda1,
            Beta = (float)Beta,
        };

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Lambda1 = fields.Number("lamda1", Lambda1);
        Beta = fields.Number("beta", Beta);
    }
}
