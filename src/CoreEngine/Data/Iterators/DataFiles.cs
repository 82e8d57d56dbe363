using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>Several files that are read as if they were one: a path, a folder, or some of them with semicolons between.</summary>
internal sealed class DataFiles
{
    private readonly long[] _starts;

    /// <exception cref="FileAccessException">There are no files, or they are not permitted.</exception>
    internal DataFiles(string paths)
    {
        ArgumentException.ThrowIfNullOrEmpty(paths);
        Paths = FileStreams.Guard(paths, () => Find(paths));
        _starts = new long[Paths.Count + 1];
        for (int i = 0; i < Paths.Count; i++)
        {
            _starts[i + 1] = _starts[i] + new FileInfo(Paths[i]).Length;
        }
    }

    /// <summary>The files that hold something.</summary>
    internal IReadOnlyList<string> Paths { get; }

    /// <summary>Bytes of all files.</summary>
    internal long Length => _starts[^1];

    /// <summary>Where a file begins.</summary>
    internal long StartOf(int file) => _starts[file];

    /// <summary>The file in which a place lies; the number of files for the end.</summary>
    internal int FileAt(long position)
    {
        int found = Array.BinarySearch(_starts, position);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>A part's first byte and the first behind it, in parts of equal length up to rounding.</summary>
    internal (long Begin, long End) Part(PartParameters part, int alignment)
    {
        long step = (Length + part.Count - 1) / part.Count;
        step = (step + alignment - 1) / alignment * alignment;
        return (Math.Min(step * part.Index, Length), Math.Min(step * (part.Index + 1), Length));
    }

    private static List<string> Find(string paths)
    {
        var files = new List<string>();
        foreach (string path in paths.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Directory.Exists(path))
                files.AddRange(Directory.EnumerateFiles(path).Order(StringComparer.Ordinal));
            else
                files.Add(path);
        }

        foreach (string file in files)
        {
            FileStreams.Open(file).Dispose();
        }

        files.RemoveAll(file => new FileInfo(file).Length == 0);
        return files.Count > 0
            ? files
            : throw new FileAccessException(paths, $"{paths} names no file that holds something; check the name.");
    }
}
