namespace CoreEngine.Operators;

/// <summary>Parameters of <c>_zeros</c>, <c>_ones</c> and, with a value, <c>_full</c>.</summary>
public sealed class InitParameters : IDeviceParameters
{
    /// <summary>The shape of the result.</summary>
    public long[] Shape = [];

    /// <summary>The device as text, for example <c>cpu(0)</c>; empty for the default one.</summary>
    public string Context = "";

    /// <summary>The type of the result.</summary>
    public DType DType = DType.Float32;

    /// <summary>The value of every element; null where the operator itself says it.</summary>
    public double? Value;

    /// <inheritdoc/>
    public Device? Device => Context.Length == 0 ? null : CoreEngine.Device.Parse(Context);

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("shape", ref Shape);
        reader.Optional("ctx", ref Context);
        reader.DType("dtype", ref DType, required: false);
        if (Value is { } value)
        {
            reader.Required("value", ref value);
            Value = value;
        }
    }
}

/// <summary>Parameters of <c>_arange</c>.</summary>
public sealed class ArangeParameters : IDeviceParameters
{
    /// <summary>The first number, or the end when there is no stop.</summary>
    public double Start;

    /// <summary>The end, not included; null when start is the end and numbers begin at 0.</summary>
    public double? Stop;

    /// <summary>The distance between numbers.</summary>
    public double Step = 1;

    /// <summary>How often each number stands.</summary>
    public int Repeat = 1;

    /// <summary>The device as text; empty for the default one.</summary>
    public string Context = "";

    /// <summary>The type of the result.</summary>
    public DType DType = DType.Float32;

    /// <inheritdoc/>
    public Device? Device => Context.Length == 0 ? null : CoreEngine.Device.Parse(Context);

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("start", ref Start);
        reader.Optional("stop", ref Stop);
        reader.Optional("step", ref Step);
        reader.Optional("repeat", ref Repeat);
        reader.Optional("ctx", ref Context);
        reader.DType("dtype", ref DType, required: false, extra: DType.Int64);
    }
}

/// <summary>Parameters of <c>_set_value</c>.</summary>
public sealed class SetValueParameters : IParameters
{
    /// <summary>The value of every element.</summary>
    public double Value;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Scalar("src", ref Value, "real_t");
}
