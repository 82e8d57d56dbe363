namespace CoreEngine.Optimizers;

/// <summary>The learning rate as a function of the number of updates. Schedules have no state: one may serve many optimizers.</summary>
public abstract record LearningRateSchedule
{
    /// <summary>Number of updates over which the rate rises to the optimizer's learning rate; 0 for none.</summary>
    public long WarmUpSteps
    {
        get;
        init => field = Hyperparameter.AtLeast(0, value);
    }

    /// <summary>The rate from which it rises.</summary>
    public double WarmUpBegin
    {
        get;
        init => field = Hyperparameter.NotNegative(value);
    }

    /// <summary>The rate of an update.</summary>
    /// <param name="learningRate">The optimizer's learning rate.</param>
    /// <param name="update">The number of the update, from 1.</param>
    public double Rate(double learningRate, long update) =>
        update < WarmUpSteps
            ? WarmUpBegin + ((learningRate - WarmUpBegin) * update / WarmUpSteps)
            : AfterWarmUp(learningRate, update);

    /// <summary>The rate of an update that is not part of the warming up.</summary>
    /// <inheritdoc cref="Rate"/>
    protected abstract double AfterWarmUp(double learningRate, long update);

    /// <summary>How far an update is on the way from the end of the warming up to the last one that changes the rate, 0 to 1.</summary>
    private protected double Progress(long update, long lastUpdate) =>
        lastUpdate <= WarmUpSteps ? 1 : Math.Clamp((double)(update - WarmUpSteps) / (lastUpdate - WarmUpSteps), 0, 1);
}
