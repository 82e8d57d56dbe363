namespace CoreEngine.Optimizers;

/// <summary>The rate is multiplied by a factor after every so many updates.</summary>
public sealed record FactorSchedule : LearningRateSchedule
{
    /// <summary>After how many updates the rate changes.</summary>
    public required long Step
    {
        get;
        init => field = Hyperparameter.AtLeast(1, value);
    }

    /// <summary>What the rate is multiplied by, above 0 and at most 1.</summary>
    public double Factor
    {
        get;
        init => field = Hyperparameter.Share(value);
    } = 1;

    /// <summary>The rate falls no lower than this.</summary>
    public double LowestRate
    {
        get;
        init => field = Hyperparameter.NotNegative(value);
    } = 1e-8;

    /// <inheritdoc/>
    protected override double AfterWarmUp(double learningRate, long update)
    {
        long changes = Math.Max(update - 1, 0) / Step;
        return changes == 0 ? learningRate : Math.Max(learningRate * Math.Pow(Factor, changes), LowestRate);
    }
}
