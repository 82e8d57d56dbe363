namespace CoreEngine.Graphs.Planning;

/// <summary>
/// Packs blocks whose lives are known into one arena, as low as possible. Blocks are placed one after another, each in a
/// gap between those that are needed at the same time: the largest first, and in related orders (Pisarchyk and Lee,
/// "Efficient Memory Management for Deep Neural Net Inference", 2020). The best order is then improved: what ended up on
/// top is placed earlier.
/// </summary>
internal sealed class ArenaPacking
{
    // How many pairs of blocks are looked at: small graphs are tried often, and large ones take no long time.
    private const long PairBudget = 100_000_000;
    private const int MostTries = 300;

    private static readonly Comparison<ArenaBlock>[] s_orders =
    [
        static (x, y) => Compare(y.Bytes, x.Bytes, x.First, y.First),
        static (x, y) => Compare(Volume(y), Volume(x), x.First, y.First),
        static (x, y) => Compare(Span(y), Span(x), y.Bytes, x.Bytes),
        static (x, y) => Compare(x.First, y.First, y.Bytes, x.Bytes),
    ];

    private readonly int[] _order;

    private ArenaPacking(int[] order, long[] offsets, long bytes)
    {
        _order = order;
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
        long pairs = Math.Max(1, (long)blocks.Length * blocks.Length);
        long tries = Math.Min(MostTries, PairBudget / pairs);
        ArenaPacking? best = null;
        foreach (Comparison<ArenaBlock> order in s_orders)
        {
            foreach (bool tightest in (ReadOnlySpan<bool>)[false, true])
            {
                if (best is not null && (best.Bytes == least || tries-- <= 0))
                    return best;
                ArenaPacking packing = Pack(blocks, Sort(blocks, order), tightest);
                if (best is null || packing.Bytes < best.Bytes)
                    best = packing;
            }
        }

        return Improve(blocks, best!, least, tries);
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

    private static ArenaPacking Improve(ArenaBlock[] blocks, ArenaPacking best, long least, long tries)
    {
        // The same blocks always get the same places.
        var random = new Random(blocks.Length);
        ArenaPacking current = best;
        for (long i = 0; i < tries && best.Bytes > least; i++)
        {
            int[] order = [.. current._order];
            int top = Array.FindIndex(order, block => current.Offsets[block] + blocks[block].Bytes == current.Bytes);
            if (top == 0)
                break;
            int earlier = random.Next(top);
            int block = order[top];
            Array.Copy(order, earlier, order, earlier + 1, top - earlier);
            order[earlier] = block;
            ArenaPacking next = Pack(blocks, order, tightest: (i & 1) != 0);
            // A step aside is allowed, a step back is not.
            if (next.Bytes <= current.Bytes)
                current = next;
            if (current.Bytes < best.Bytes)
                best = current;
        }

        return best;
    }

    private static long Span(ArenaBlock block) => block.Last - block.First + 1L;

    private static double Volume(ArenaBlock block) => (double)Span(block) * block.Bytes;

    private static int Compare<T>(T x, T y, long thenX, long thenY)
        where T : IComparable<T>
    {
        int first = x.CompareTo(y);
        return first != 0 ? first : thenX.CompareTo(thenY);
    }

    private static int[] Sort(ArenaBlock[] blocks, Comparison<ArenaBlock> order)
    {
        int[] sorted = [.. Enumerable.Range(0, blocks.Length)];
        Array.Sort(
            sorted,
            (i, j) =>
            {
                int first = order(blocks[i], blocks[j]);
                return first != 0 ? first : i.CompareTo(j);
            }
        );
        return sorted;
    }

    /// <summary>Places the blocks in an order, each in the lowest gap that is large enough, or in the tightest.</summary>
    private static ArenaPacking Pack(ArenaBlock[] blocks, int[] order, bool tightest)
    {
        long[] offsets = new long[blocks.Length];
        long bytes = 0;
        // Those placed so far, by offset.
        var placed = new List<int>(blocks.Length);
        foreach (int block in order)
        {
            offsets[block] = FindGap(blocks, offsets, placed, block, tightest);
            bytes = Math.Max(bytes, checked(offsets[block] + blocks[block].Bytes));
            int at = placed.Count;
            while (at > 0 && offsets[placed[at - 1]] > offsets[block])
            {
                at--;
            }

            placed.Insert(at, block);
        }

        return new ArenaPacking(order, offsets, bytes);
    }

    private static long FindGap(ArenaBlock[] blocks, long[] offsets, List<int> placed, int block, bool tightest)
    {
        ArenaBlock wanted = blocks[block];
        long end = 0;
        long found = -1;
        long foundBytes = long.MaxValue;
        foreach (int other in placed)
        {
            if (!blocks[other].Meets(wanted))
                continue;
            long gap = offsets[other] - end;
            if (gap >= wanted.Bytes && gap < foundBytes)
            {
                found = end;
                foundBytes = gap;
                if (!tightest)
                    break;
            }

            end = Math.Max(end, offsets[other] + blocks[other].Bytes);
        }

        return found >= 0 ? found : end;
    }
}
