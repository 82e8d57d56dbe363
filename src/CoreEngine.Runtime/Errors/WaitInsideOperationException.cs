namespace CoreEngine.Runtime;

/// <summary>An operation tried to wait for the engine that runs it, which can never end well.</summary>
public sealed class WaitInsideOperationException : EngineException
{
    /// <summary>An error with a message that says what to do.</summary>
    public WaitInsideOperationException(string message)
        : base(message) { }
}
