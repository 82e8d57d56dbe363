namespace CoreEngine.Conformance;

/// <summary>A case needs something that the engine does not offer, for example a sparse storage type.</summary>
public sealed class UnsupportedCaseException : EngineException
{
    /// <summary>Says what is missing.</summary>
    public UnsupportedCaseException(string message)
        : base(message) { }
}
