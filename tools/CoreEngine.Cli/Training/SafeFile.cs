namespace CoreEngine.Cli;

/// <summary>Writes files so that a failure never costs the previous version.</summary>
internal static class SafeFile
{
    /// <summary>
    /// Lets <paramref name="write"/> write a new file beside <paramref name="path"/>, then moves it over the old one.
    /// </summary>
    /// <returns><paramref name="path"/>.</returns>
    public static string Replace(string path, Action<string> write)
    {
        // The name keeps its extension: some writers choose the format by it.
        string next = Path.Combine(
            Path.GetDirectoryName(Path.GetFullPath(path))!,
            $".{Path.GetFileNameWithoutExtension(path)}.{Environment.ProcessId}.new{Path.GetExtension(path)}"
        );
        try
        {
            write(next);
            File.Move(next, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(next);
        }
    }
}
