using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// Finds the first few of an order without sorting the rest: whatever is not before the last one of the best so far is
/// passed over, several at a time.
/// </summary>
[SkipLocalsInit]
internal static unsafe class Selection
{
    private const int Block = 512;

    /// <summary>Whether so few are wanted that this pays.</summary>
    internal static bool Suits(long length, long count) => length > 64 && count <= length / 8;

    /// <summary>Up to so many are kept in order by insertion.</summary>
    private const int Few = 16;

    /// <summary>Whether <see cref="FirstFew"/> pays.</summary>
    internal static bool SuitsInsertion(long length, long count) => count <= Few && count <= length / 8;

    /// <summary>
    /// As <see cref="First"/>, where so few are wanted that each better one can be inserted among the best so far.
    /// </summary>
    /// <param name="x">The first element.</param>
    /// <param name="stride">Distance of neighbours in elements.</param>
    /// <param name="length">How many elements there are.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="flip">See <see cref="SortKeys.Of"/>.</param>
    /// <param name="best">Room for <paramref name="count"/> pairs, which get the result.</param>
    internal static void FirstFew<T>(T* x, long stride, int length, int count, uint flip, ulong* best)
        where T : unmanaged
    {
        uint* keys = stackalloc uint[Block];
        for (int i = 0; i < length; i += Block)
        {
            int size = Math.Min(Block, length - i);
            SortKeys.Of(x + (i * stride), stride, size, flip, keys);
            int taken = 0;
            for (; i == 0 && taken < count; taken++)
            {
                Insert(best, taken, ((ulong)keys[taken] << 32) | (uint)taken);
            }

            InsertBelow(keys, taken, size, i, best, count - 1);
        }
    }

    /// <summary>Replaces the last of the best, at <paramref name="last"/>, by each pair that comes before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void InsertBelow(uint* keys, int start, int size, int place, ulong* best, int last)
    {
        int i = start;
        var limit = (uint)(best[last] >> 32);
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= size - 8; i += 8)
            {
                var limits = Vector256.Create(limit);
                uint below = Vector256.LessThan(Vector256.Load(keys + i), limits).ExtractMostSignificantBits();
                for (; below != 0; below &= below - 1)
                {
                    int at = i + BitOperations.TrailingZeroCount(below);
                    if (keys[at] >= limit)
                        continue;
                    Insert(best, last, ((ulong)keys[at] << 32) | (uint)(place + at));
                    limit = (uint)(best[last] >> 32);
                }
            }
        }

        for (; i < size; i++)
        {
            if (keys[i] >= limit)
                continue;
            Insert(best, last, ((ulong)keys[i] << 32) | (uint)(place + i));
            limit = (uint)(best[last] >> 32);
        }
    }

    /// <summary>Puts a pair among <paramref name="count"/> sorted ones; what lies behind them is overwritten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Insert(ulong* best, int count, ulong pair)
    {
        int i = count;
        for (; i > 0 && best[i - 1] > pair; i--)
        {
            best[i] = best[i - 1];
        }

        best[i] = pair;
    }

    /// <summary>Candidates that are collected before all but the best are dropped.</summary>
    private static int Capacity(long count) => (int)Math.Max(128, 2 * count) + Block;

    /// <summary>Pairs that <see cref="First"/> needs room for.</summary>
    internal static long Scratch(long length, long count) => Suits(length, count) ? 2L * Capacity(count) : 0;

    /// <summary>The pairs of key and place of the first elements of the order, sorted.</summary>
    /// <param name="x">The first element.</param>
    /// <param name="stride">Distance of neighbours in elements.</param>
    /// <param name="length">How many elements there are.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="flip">See <see cref="SortKeys.Of"/>.</param>
    /// <param name="pairs">Room for <see cref="Scratch"/> pairs.</param>
    internal static ulong* First<T>(T* x, long stride, int length, int count, uint flip, ulong* pairs)
        where T : unmanaged
    {
        uint* keys = stackalloc uint[Block];
        int capacity = Capacity(count);
        ulong* best = pairs;
        ulong* other = pairs + capacity;
        int held = 0;
        uint limit = uint.MaxValue;
        bool isLimited = false;
        int size;
        for (int i = 0; i < length; i += size)
        {
            // The sooner there is a limit, the fewer are collected in vain.
            size = Math.Min(isLimited ? Block : Math.Clamp(2 * count, 64, Block), length - i);
            SortKeys.Of(x + (i * stride), stride, size, flip, keys);
            held = isLimited ? TakeBelow(keys, size, limit, i, best, held) : TakeAll(keys, size, i, best, held);
            if (isLimited && held <= capacity - Block && i + size < length)
                continue;
            ulong* sorted = PairSort.Run(best, other, held);
            if (sorted != best)
            {
                other = best;
                best = sorted;
            }

            if (held < count)
                continue;
            held = count;
            limit = (uint)(best[count - 1] >> 32);
            isLimited = true;
        }

        return best;
    }

    private static int TakeAll(uint* keys, int size, int place, ulong* pairs, int held)
    {
        for (int i = 0; i < size; i++)
        {
            pairs[held++] = ((ulong)keys[i] << 32) | (uint)(place + i);
        }

        return held;
    }

    /// <summary>An equal key comes later in the order than the limit, whose place is smaller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int TakeBelow(uint* keys, int size, uint limit, int place, ulong* pairs, int held)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var limits = Vector256.Create(limit);
            for (; i <= size - 8; i += 8)
            {
                uint below = Vector256.LessThan(Vector256.Load(keys + i), limits).ExtractMostSignificantBits();
                for (; below != 0; below &= below - 1)
                {
                    int at = i + BitOperations.TrailingZeroCount(below);
                    pairs[held++] = ((ulong)keys[at] << 32) | (uint)(place + at);
                }
            }
        }

        for (; i < size; i++)
        {
            if (keys[i] < limit)
                pairs[held++] = ((ulong)keys[i] << 32) | (uint)(place + i);
        }

        return held;
    }
}
