namespace CoreEngine.KVStore;

/// <summary>A key, a value or a setting that a key-value store cannot take.</summary>
public sealed class KeyValueStoreException : EngineException
{
    /// <summary>An error with a message that a user can act on.</summary>
    public KeyValueStoreException(string message)
        : base(message) { }
}
