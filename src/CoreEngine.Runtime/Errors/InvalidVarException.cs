namespace CoreEngine.Runtime;

/// <summary>A variable was used that was deleted or that belongs to another engine.</summary>
public sealed class InvalidVarException : EngineException
{
    /// <summary>An error with a message that says what to do.</summary>
    public InvalidVarException(string message)
        : base(message) { }
}
