namespace CoreEngine.Runtime;

/// <summary>A setting of the engine (an environment variable or an option) has a value that cannot be used.</summary>
public sealed class EngineSettingsException : EngineException
{
    /// <summary>An error with a message that says what to do.</summary>
    public EngineSettingsException(string message)
        : base(message) { }
}
