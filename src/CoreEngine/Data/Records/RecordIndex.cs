using System.Globalization;
using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>Where records begin: a text file of lines with a key, a tab, and the byte at which the key's record begins.</summary>
public static class RecordIndex
{
    /// <summary>Reads an index.</summary>
    /// <returns>Keys and places in the file's order.</returns>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">A line is not a key and a place.</exception>
    public static IReadOnlyList<(ulong Key, long Position)> Load(string path)
    {
        using FileStream stream = FileStreams.Open(path);
        return Read(stream, path);
    }

    /// <summary>Reads an index from a stream, to its end.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <exception cref="FileFormatException">A line is not a key and a place.</exception>
    public static IReadOnlyList<(ulong Key, long Position)> Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var entries = new List<(ulong, long)>();
        using var reader = new StreamReader(stream, leaveOpen: true);
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (
                parts.Length != 2
                || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong key)
                || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long position)
            )
            {
                throw new FileFormatException(name, -1, $"line {number:N0} is not a number, a tab and a place");
            }

            entries.Add((key, position));
        }

        return entries;
    }
}
