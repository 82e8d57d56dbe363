namespace CoreEngine.Cli;

/// <summary>A data file is missing, damaged, cut short or of another kind.</summary>
public sealed class DatasetException : EngineException
{
    /// <summary>Names the file, what is wrong with it, and what to do.</summary>
    public DatasetException(string message, Exception? inner = null)
        : base(message, inner) { }
}
