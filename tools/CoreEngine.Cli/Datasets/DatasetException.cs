namespace CoreEngine.Cli;

/// <summary>A data set's files are missing, or are not what they should be.</summary>
public sealed class DatasetException : EngineException
{
    /// <summary>Names the file, what is wrong with it, and what to do.</summary>
    public DatasetException(string message)
        : base(message) { }
}
