namespace CoreEngine.Files;

/// <summary>A file's bytes are not what its format says: it is damaged, cut short, or of another kind.</summary>
public sealed class FileFormatException : EngineException
{
    /// <summary>An error that names the file, the place and what is wrong there.</summary>
    /// <param name="file">The file's path, or what else the bytes come from.</param>
    /// <param name="offset">Bytes from the start, uncompressed; negative when no place is known.</param>
    /// <param name="problem">What is wrong, without a full stop.</param>
    /// <param name="inner">The cause, if another error is it.</param>
    public FileFormatException(string file, long offset, string problem, Exception? inner = null)
        : base($"{file}{(offset >= 0 ? $", at byte {offset:N0}" : "")}: {problem}.", inner)
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The file's path, or what else the bytes come from.</summary>
    public string File { get; }

    /// <summary>Bytes from the start, uncompressed; negative when no place is known.</summary>
    public long Offset { get; }
}
