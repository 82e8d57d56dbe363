namespace CoreEngine.Operators;

/// <summary>What all operators that draw an array of random numbers share: shape, device and type of the result.</summary>
public abstract class SampleParameters : IDeviceParameters
{
    /// <summary>The shape of the result; empty when an output array says it.</summary>
    public long[] Shape = [];

    /// <summary>The device as text; empty for the default one.</summary>
    public string Context = "";

    /// <summary>The type of the result; <see cref="DType.None"/> for float32, or what an output array says.</summary>
    public DType DType = DType.None;

    /// <inheritdoc/>
    public Device? Device => Context.Length == 0 ? null : CoreEngine.Device.Parse(Context);

    /// <summary>Reads the distribution's own parameters.</summary>
    protected abstract void ReadDistribution(AttributeReader reader);

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        ReadDistribution(reader);
        reader.Optional("shape", ref Shape);
        reader.Optional("ctx", ref Context);
        reader.DTypeAmong("dtype", ref DType, required: false, SampleTypes.All);
    }
}

/// <summary>Parameters of <c>_random_uniform</c>.</summary>
public sealed class UniformParameters : SampleParameters
{
    /// <summary>The smallest number.</summary>
    public float Low;

    /// <summary>The bound above, not included.</summary>
    public float High = 1;

    /// <inheritdoc/>
    protected override void ReadDistribution(AttributeReader reader)
    {
        reader.Optional("low", ref Low);
        reader.Optional("high", ref High);
        reader.Check(High >= Low, "high", High, "a number that is not below low");
    }
}

/// <summary>Parameters of <c>_random_normal</c>.</summary>
public sealed class NormalParameters : SampleParameters
{
    /// <summary>The mean.</summary>
    public float Loc;

    /// <summary>The standard deviation.</summary>
    public float Scale = 1;

    /// <inheritdoc/>
    protected override void ReadDistribution(AttributeReader reader)
    {
        reader.Optional("loc", ref Loc);
        reader.Optional("scale", ref Scale);
        reader.Check(Scale > 0, "scale", Scale, "a positive number");
    }
}

/// <summary>Parameters of <c>_random_exponential</c>.</summary>
public sealed class ExponentialParameters : SampleParameters
{
    /// <summary>The rate: the reciprocal of the mean.</summary>
    public float Lambda = 1;

    /// <inheritdoc/>
    protected override void ReadDistribution(AttributeReader reader)
    {
        reader.Optional("lam", ref Lambda);
        reader.Check(Lambda > 0, "lam", Lambda, "a positive number");
    }
}

/// <summary>Parameters of <c>_random_gamma</c>.</summary>
public sealed class GammaParameters : SampleParameters
{
    /// <summary>The shape.</summary>
    public float Alpha = 1;

    /// <summary>The scale: the mean is alpha times beta.</summary>
    public float Beta = 1;

    /// <inheritdoc/>
    protected override void ReadDistribution(AttributeReader reader)
    {
        reader.Optional("alpha", ref Alpha);
        reader.Optional("beta", ref Beta);
        reader.Check(Alpha > 0, "alpha", Alpha, "a positive number");
        reader.Check(Beta > 0, "beta", Beta, "a positive number");
    }
}

/// <summary>Parameters of <c>_random_poisson</c>.</summary>
public sealed class PoissonParameters : SampleParameters
{
    /// <summary>The mean.</summary>
    public float Lambda = 1;

    /// <inheritdoc/>
    protected override void ReadDistribution(AttributeReader reader)
    {
        reader.Optional("lam", ref Lambda);
        reader.Check(Lambda >= 0, "lam", Lambda, "a number that is not negative");
    }
}

/// <summary>Parameters of <c>_random_negative_binomial</c>.</summary>
public sealed class NegativeBinomialParameters : SampleParameters
{
    /// <summary>The number of successes that ends a trial.</summary>
    public int Successes = 1;

    /// <summary>The probability of a success.</summary>
    public float Probability = 1;

    /// <inheritdoc/>
    protected override void ReadDistribution(AttributeReader reader)
    {
        reader.Optional("k", ref Successes);
        reader.Optional("p", ref Probability);
        reader.Check(Successes >= 0, "k", Successes, "a number that is not negative");
        reader.Check(Probability is > 0 and <= 1, "p", Probability, "a probability above 0");
    }
}

/// <summary>Parameters of <c>_random_generalized_negative_binomial</c>.</summary>
public sealed class GeneralizedNegativeBinomialParameters : SampleParameters
{
    /// <summary>The mean.</summary>
    public float Mean = 1;

    /// <summary>The dispersion: the variance is mu + alpha mu².</summary>
    public float Dispersion = 1;

    /// <inheritdoc/>
    protected override void ReadDistribution(AttributeReader reader)
    {
        reader.Optional("mu", ref Mean);
        reader.Optional("alpha", ref Dispersion);
        reader.Check(Mean >= 0, "mu", Mean, "a number that is not negative");
        reader.Check(Dispersion >= 0, "alpha", Dispersion, "a number that is not negative");
    }
}

/// <summary>Parameters of the operators that draw for each element of arrays of parameters.</summary>
public sealed class MultiSampleParameters : IParameters
{
    /// <summary>The shape of what is drawn for one element; empty for a single number.</summary>
    public long[] Shape = [];

    /// <summary>The type of the result; <see cref="DType.None"/> for float32, or what an output array says.</summary>
    public DType DType = DType.None;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("shape", ref Shape);
        reader.DTypeAmong("dtype", ref DType, required: false, SampleTypes.All);
    }
}

/// <summary>Parameters of <c>_sample_multinomial</c>.</summary>
public sealed class MultinomialParameters : IParameters
{
    /// <summary>The shape of what is drawn for one row of probabilities; empty for a single category.</summary>
    public long[] Shape = [];

    /// <summary>Whether the logarithm of the drawn category's probability is a second output.</summary>
    public bool GetProbability;

    /// <summary>The type of the categories' numbers.</summary>
    public DType DType = DType.Int32;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("shape", ref Shape);
        reader.Optional("get_prob", ref GetProbability);
        reader.DTypeAmong("dtype", ref DType, required: false, DType.Int32);
    }
}

/// <summary>The element types that random operators are described with.</summary>
internal static class SampleTypes
{
    internal static DType[] All { get; } = [DType.None, DType.Float16, DType.Float32, DType.Float64];
}
