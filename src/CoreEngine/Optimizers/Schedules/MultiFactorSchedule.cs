namespace CoreEngine.Optimizers;

/// <summary>The rate is multiplied by a factor after certain updates.</summary>
public sealed record MultiFactorSchedule : LearningRateSchedule
{
    /// <summary>The updates after which the rate changes, ascending.</summary>
    public required IReadOnlyList<long> Steps
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            for (int i = 0; i < value.Count; i++)
            {
                Hyperparameter.AtLeast(i == 0 ? 1 : value[i - 1] + 1, value[i]);
            }

            field = [.. value];
        }
    }

    /// <summary>What the rate is multiplied by, above 0 and at most 1.</summary>
    public double Factor
    {
        get;
        init => field = Hyperparameter.Share(value);
    } = 1;

    /// <inheritdoc/>
    protected override double AfterWarmUp(double learningRate, long update)
    {
        int changes = 0;
        while (changes < Steps.Count && update > Steps[changes])
        {
            changes++;
        }

        return learningRate * Math.Pow(Factor, changes);
    }
}
