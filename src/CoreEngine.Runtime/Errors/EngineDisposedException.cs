namespace CoreEngine.Runtime;

/// <summary>Work was given to an engine that was shut down, or was still queued when it was.</summary>
public sealed class EngineDisposedException : EngineException
{
    /// <summary>An error with a message that says what to do.</summary>
    public EngineDisposedException(string message)
        : base(message) { }
}
