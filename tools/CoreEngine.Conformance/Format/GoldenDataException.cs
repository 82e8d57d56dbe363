namespace CoreEngine.Conformance;

/// <summary>A golden file is missing, damaged, or says something that the format does not allow.</summary>
public sealed class GoldenDataException : EngineException
{
    /// <summary>An error that names the file and what to do.</summary>
    public GoldenDataException(string message, Exception? inner = null)
        : base(message, inner) { }
}
