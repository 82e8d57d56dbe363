namespace CoreEngine.Runtime;

/// <summary>Memory between processes could not be made or opened.</summary>
public sealed class SharedMemoryException : EngineException
{
    internal SharedMemoryException(string message)
        : base(message) { }
}
