namespace CoreEngine;

/// <summary>
/// The base of every error that CoreEngine raises on purpose. The message names what failed (operator, argument,
/// shapes, file, device) and what to do about it.
/// </summary>
public class EngineException : Exception
{
    /// <summary>An error with a message that a user can act on.</summary>
    public EngineException(string message)
        : base(message) { }

    /// <summary>An error with a message that a user can act on, and its cause.</summary>
    public EngineException(string message, Exception? inner)
        : base(message, inner) { }
}
