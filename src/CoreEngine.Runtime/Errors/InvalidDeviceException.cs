namespace CoreEngine;

/// <summary>A device was named that does not exist or was not set.</summary>
public sealed class InvalidDeviceException : EngineException
{
    /// <summary>An error that names the device and what would be accepted.</summary>
    public InvalidDeviceException(string message)
        : base(message) { }
}
