namespace CoreEngine.Runtime;

/// <summary>A wait ran out of time. The message lists what is pending and who blocks whom.</summary>
public sealed class EngineTimeoutException : EngineException
{
    /// <summary>An error with a message that says what to do.</summary>
    public EngineTimeoutException(string message)
        : base(message) { }
}
