namespace CoreEngine.Optimizers;

/// <summary>The rate falls to a last one along a power: <c>last + (rate - last) (1 - progress)^power</c>.</summary>
public sealed record PolynomialSchedule : LearningRateSchedule
{
    /// <summary>The update at which the last rate is reached.</summary>
    public required long LastUpdate
    {
        get;
        init => field = Hyperparameter.AtLeast(1, value);
    }

    /// <summary>The power.</summary>
    public double Power
    {
        get;
        init => field = Hyperparameter.Positive(value);
    } = 2;

    /// <summary>The last rate.</summary>
    public double FinalRate
    {
        get;
        init => field = Hyperparameter.NotNegative(value);
    }

    /// <inheritdoc/>
    protected override double AfterWarmUp(double learningRate, long update) =>
        FinalRate + ((learningRate - FinalRate) * Math.Pow(1 - Progress(update, LastUpdate), Power));
}
