namespace CoreEngine.Files;

/// <summary>The operating system refuses a file: it is absent, not permitted, or the disk is full.</summary>
public sealed class FileAccessException : EngineException
{
    /// <summary>An error that names the file and says what was tried and what to do.</summary>
    public FileAccessException(string file, string message, Exception? inner = null)
        : base(message, inner) => File = file;

    /// <summary>The file's path.</summary>
    public string File { get; }
}
