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
        reader.DType("dtype", ref DType, required: false, extra: DType.None);
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
    }
}
