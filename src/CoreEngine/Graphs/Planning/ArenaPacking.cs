namespace CoreEngine.Graphs.Planning;

/// <summary>
/// Packs blocks whose lives are known into one arena, as low as possible: greedy by size and related orders (Pisarchyk
/// and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020), of which the best is kept.
/// </summary>
internal sealed class ArenaPacking
{
    private ArenaPacking(long[] offsets, long bytes)
    {
        Offsets = offsets;
        Bytes = bytes;
    }

    /// <summary>Where each block starts.</summary>
    internal long[] Offsets { get; }

    /// <summary>The arena's size.</summary>
    internal long Bytes { get; }

    internal static ArenaPacking Of(ArenaBlock[] blocks)
    {
        long least = MostAtOnce(blocks);
        ArenaPacking? best = null;
        foreach (Comparison<ArenaBlock> order in s_orders)
        {
            ArenaPacking packing = Pack(blocks, order);
            if (best is null || packing.Bytes < best.Bytes)
                best = packing;
            if (best.Bytes == least)
                break;
        }

        return best!;
    }

    /// <summary>The most bytes that are needed at one step: no packing takes less.</summary>
    internal static long MostAtOnce(ArenaBlock[] blocks)
    {
        var changes = new SortedDictionary<int, long>();
        foreach (ArenaBlock block in blocks)
        {
            changes[block.First] = changes.GetValueOrDefault(block.First) + block.Bytes;
            changes[block.Last + 1] = changes.GetValueOrDefault(block.Last + 1) - block.Bytes;
        }

        long now = 0;
        long most = 0;
        foreach (long change in changes.Values)
        {
            now += change;
            most = Math.Max(most, now);
        }

        return most;
    }

    private static readonly Comparison<ArenaBlock>[] s_orders =
    [
        static (x, y) => Compare(y.Bytes, x.Bytes, x.First, y.First),
        static (x, y) => Compare(Span(y), Span(x), y.Bytes, x.Bytes),
        static (x, y) => Compare(Volume(y), Volume(x), x.First, y.First),
        static (x, y) => Compare(x.First, y.First, y.Bytes, x.Bytes),
    ];

    private static long Span(ArenaBlock block) => block.Last - block.First + 1L;

    private static double Volume(ArenaBlock block) => (double)Span(block) * block.Bytes;

    private static int Compare<T>(T x, T y, long thenX, long thenY)
        where T : IComparable<T>
    {
        int first = x.CompareTo(y);
        return first != 0 ? first : thenX.CompareTo(thenY);
    }

    private static ArenaPacking Pack(ArenaBlock[] blocks, Comparison<ArenaBlock> order)
    {
        int[] queue = [.. Enumerable.Range(0, blocks.Length)];
        Array.Sort(
            queue,
            (i, j) =>
            {
                int first = order(blocks[i], blocks[j]);
                return first != 0 ? first : i.CompareTo(j);
            }
        );
        long[] offsets = new long[blocks.Length];
        long bytes = 0;
        // Those placed so far, by offset.
        var placed = new List<int>();
        foreach (int block in queue)
        {
            offsets[block] = Lowest(blocks, offsets, placed, block);
            bytes = Math.Max(bytes, checked(offsets[block] + blocks[block].Bytes));
            int at = placed.Count;
            while (at > 0 && offsets[placed[at - 1]] > offsets[block])
            {
                at--;
            }

            placed.Insert(at, block);
        }

        return new ArenaPacking(offsets, bytes);
    }

    /// <summary>The lowest gap between the blocks that are needed at the same time.</summary>
    private static long Lowest(ArenaBlock[] blocks, long[] offsets, List<int> placed, int block)
    {
        long end = 0;
        foreach (int other in placed)
        {
            if (!blocks[other].Meets(blocks[block]))
                continue;
            if (offsets[other] - end >= blocks[block].Bytes)
                break;
            end = Math.Max(end, offsets[other] + blocks[other].Bytes);
        }

        return end;
    }
}
