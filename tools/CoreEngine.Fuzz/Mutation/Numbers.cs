namespace CoreEngine.Fuzz;

/// <summary>Numbers at which readers stumble.</summary>
internal static class Numbers
{
    private static readonly long[] s_edges =
    [
        0,
        1,
        2,
        3,
        7,
        8,
        63,
        64,
        65,
        127,
        128,
        255,
        256,
        65_535,
        65_536,
        int.MaxValue,
        1L << 31,
        uint.MaxValue,
        1L << 32,
        1L << 40,
        long.MaxValue / 8,
        long.MaxValue / 4,
        long.MaxValue / 2,
        long.MaxValue - 1,
        long.MaxValue,
        long.MinValue,
        -1,
        -2,
        -128,
        int.MinValue,
    ];

    /// <summary>A number to stand in the place of another: an edge, or one near it.</summary>
    public static long Instead(long present, Random random) =>
        random.Next(8) switch
        {
            0 => unchecked(present + 1),
            1 => unchecked(present - 1),
            2 => unchecked(present * 2),
            3 => unchecked(-present),
            4 => random.Next(17),
            5 => unchecked(present + random.Next(-1000, 1000)),
            _ => s_edges[random.Next(s_edges.Length)],
        };
}
