namespace CoreEngine.Optimizers;

/// <summary>
/// The rate falls to a last one along half a cosine (Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm
/// restarts", 2016, without restarts).
/// </summary>
public sealed record CosineSchedule : LearningRateSchedule
{
    /// <summary>The update at which the last rate is reached.</summary>
    public required long LastUpdate
    {
        get;
        init => field = Hyperparameter.AtLeast(1, value);
    }

    /// <summary>The last rate.</summary>
    public double FinalRate
    {
        get;
        init => field = Hyperparameter.NotNegative(value);
    }

    /// <inheritdoc/>
    protected override double AfterWarmUp(double learningRate, long update)
    {
        double progress = Progress(update, LastUpdate);
        return FinalRate + ((learningRate - FinalRate) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
