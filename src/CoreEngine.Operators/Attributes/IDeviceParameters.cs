namespace CoreEngine.Operators;

/// <summary>Parameters of operators without inputs, which say on which device the result shall be.</summary>
public interface IDeviceParameters : IParameters
{
    /// <summary>The device; null for the default one.</summary>
    public Device? Device { get; }
}
