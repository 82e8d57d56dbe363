using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Checks shapes among parameters.</summary>
internal static class ExtentChecks
{
    /// <summary>Elements of an example; more would be a mistake.</summary>
    private const long Most = 1 << 28;

    /// <summary>Refuses a shape that no example can have.</summary>
    internal static void CheckExtents(this AttributeReader reader, string name, long[] extents)
    {
        long size = 1;
        foreach (long extent in extents)
        {
            size = extent is > 0 and <= Most && size <= Most ? size * extent : -1;
            if (size < 0)
                break;
        }

        string text = $"({string.Join(",", extents)})";
        reader.Check(
            extents.Length > 0 && size is > 0 and <= Most,
            name,
            text,
            $"a shape of at least one extent, each 1 or more, with at most {Most} elements"
        );
    }
}
