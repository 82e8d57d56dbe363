namespace CoreEngine.Fuzz;

/// <summary>Finds the numbers of a valid zip file: in the members' headers, the directory's lines and the end.</summary>
internal static class ZipFileMap
{
    private static readonly int[] s_memberWidths = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2];
    private static readonly int[] s_lineWidths = [2, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4];
    private static readonly int[] s_endWidths = [2, 2, 2, 2, 4, 4, 2];

    /// <summary>The map; its one list is that of the directory's lines.</summary>
    public static FieldMap Of(byte[] file)
    {
        var map = new FieldMap();
        var lines = new List<int>();
        int end = file.Length;
        for (int at = 0; at + 4 <= file.Length; at++)
        {
            ReadOnlySpan<byte> rest = file.AsSpan(at);
            if (rest.StartsWith("PK\x03\x04"u8))
            {
                Add(map, at + 4, s_memberWidths);
            }
            else if (rest.StartsWith("PK\x01\x02"u8))
            {
                Add(map, at + 4, s_lineWidths);
                lines.Add(at);
            }
            else if (rest.StartsWith("PK\x05\x06"u8))
            {
                Add(map, at + 4, s_endWidths);
                end = at;
            }
        }

        map.Lists.Add(
            new RepeatedParts(
                new NumberField(end + 10, 2),
                [.. lines.Select((line, i) => (line, i + 1 < lines.Count ? lines[i + 1] : end))]
            )
        );
        return map;
    }

    private static void Add(FieldMap map, int at, int[] widths)
    {
        foreach (int width in widths)
        {
            map.Numbers.Add(new NumberField(at, width));
            at += width;
        }
    }
}
