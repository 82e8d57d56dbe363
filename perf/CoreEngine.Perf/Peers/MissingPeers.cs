namespace CoreEngine.Perf;

/// <summary>The peers that this machine does not have. Their rows are left out, and the report says how to get them.</summary>
internal static class MissingPeers
{
    private static readonly List<string> s_lines = [];

    /// <summary>What was missing so far, one line each.</summary>
    public static IReadOnlyList<string> Lines => s_lines;

    /// <summary>Prints and keeps, once for each peer, that it is missing.</summary>
    /// <param name="peer">The peer's name.</param>
    /// <param name="remedy">How to get it, for example <c>Debian: apt-get install python3-torch</c>.</param>
    public static void Report(string peer, string remedy)
    {
        string line = $"{peer} was not found ({remedy}): its comparisons are skipped";
        if (!s_lines.Contains(line))
        {
            s_lines.Add(line);
            Console.WriteLine(line);
        }
    }
}
