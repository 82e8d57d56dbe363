namespace CoreEngine.Runtime;

/// <summary>
/// The byte patterns of debug mode. All of them read as NaN in 32 and 64-bit floats, so that a computation over memory
/// that was never written, or was given back, shows at once.
/// </summary>
internal static unsafe class GuardZone
{
    /// <summary>Bytes before and behind the payload.</summary>
    public const int Bytes = SizeClass.Granule;

    private const ulong FreshPattern = 0xFFFCF00DFFFCF00D;
    private const ulong FreedPattern = 0xFFFDDEADFFFDDEAD;
    private const byte GuardByte = 0xFB;

    // A span counts elements in 32 bits.
    private const long ChunkWords = 1L << 30;

    /// <summary>Marks lent memory as never written and draws the guard zones around it.</summary>
    public static void Draw(Block block)
    {
        byte* payload = (byte*)block.Payload;
        Fill(payload, block.List.BlockBytes, FreshPattern);
        Front(block).Fill(GuardByte);
        byte* end = payload + block.List.BlockBytes + Bytes;
        for (byte* p = payload + block.RequestedBytes; p < end; )
        {
            int count = (int)Math.Min(end - p, 1 << 30);
            new Span<byte>(p, count).Fill(GuardByte);
            p += count;
        }
    }

    /// <summary>Marks returned memory as freed.</summary>
    public static void Poison(Block block) => Fill((byte*)block.Payload, block.List.BlockBytes, FreedPattern);

    /// <summary>The offset, from the payload, of the first damaged byte of the guard zones; null when they are whole.</summary>
    public static long? FindOverrun(Block block)
    {
        int index = Front(block).IndexOfAnyExcept(GuardByte);
        if (index >= 0)
        {
            return index - Bytes;
        }

        byte* payload = (byte*)block.Payload;
        byte* end = payload + block.List.BlockBytes + Bytes;
        for (byte* p = payload + block.RequestedBytes; p < end; )
        {
            int count = (int)Math.Min(end - p, 1 << 30);
            index = new ReadOnlySpan<byte>(p, count).IndexOfAnyExcept(GuardByte);
            if (index >= 0)
            {
                return p + index - payload;
            }

            p += count;
        }

        return null;
    }

    /// <summary>The offset of the first word written after the memory was freed; null when there is none.</summary>
    public static long? FindWriteAfterFree(Block block)
    {
        ulong* words = (ulong*)block.Payload;
        long count = block.List.BlockBytes / sizeof(ulong);
        for (long start = 0; start < count; start += ChunkWords)
        {
            var chunk = new ReadOnlySpan<ulong>(words + start, (int)Math.Min(count - start, ChunkWords));
            int index = chunk.IndexOfAnyExcept(FreedPattern);
            if (index >= 0)
            {
                return (start + index) * sizeof(ulong);
            }
        }

        return null;
    }

    /// <summary>Marks temporary memory as never written, between two guard zones of <see cref="Bytes"/>.</summary>
    /// <param name="start">Where the first guard zone begins.</param>
    /// <param name="bytes">Bytes between the zones.</param>
    public static void Draw(byte* start, long bytes)
    {
        new Span<byte>(start, Bytes).Fill(GuardByte);
        Fill(start + Bytes, bytes, FreshPattern);
        new Span<byte>(start + Bytes + bytes, Bytes).Fill(GuardByte);
    }

    /// <summary>Whether both guard zones that <see cref="Draw(byte*, long)"/> made are as they were.</summary>
    public static bool IsWhole(byte* start, long bytes) =>
        new ReadOnlySpan<byte>(start, Bytes).IndexOfAnyExcept(GuardByte) < 0
        && new ReadOnlySpan<byte>(start + Bytes + bytes, Bytes).IndexOfAnyExcept(GuardByte) < 0;

    private static Span<byte> Front(Block block) => new((byte*)block.Payload - Bytes, Bytes);

    private static void Fill(byte* start, long bytes, ulong pattern)
    {
        ulong* words = (ulong*)start;
        long count = bytes / sizeof(ulong);
        for (long at = 0; at < count; at += ChunkWords)
        {
            new Span<ulong>(words + at, (int)Math.Min(count - at, ChunkWords)).Fill(pattern);
        }
    }
}
