using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Which row numbers occur in some lists, and the place of each among them in ascending order. A bit for every row, with
/// the number of bits before each word; where there are far more rows than numbers, a sorted list instead.
/// </summary>
public unsafe ref struct DistinctRows
{
    /// <summary>Rows for each number up to which the bits are smaller and faster than sorting.</summary>
    private const long RowsPerNumber = 128;

    private readonly long _extent;
    private readonly bool _isSorted;
    private readonly ulong* _bits;
    private readonly long* _before;
    private readonly long* _sorted;
    private long _held;

    /// <summary>No rows yet.</summary>
    /// <param name="extent">Row numbers are below this.</param>
    /// <param name="capacity">How many numbers will be added at most.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes, used as long as this is.</param>
    public DistinctRows(long extent, long capacity, void* scratch)
    {
        _extent = extent;
        _isSorted = !HasBits(extent, capacity);
        _sorted = (long*)scratch;
        _bits = (ulong*)scratch;
        _before = (long*)scratch + Words(extent);
        if (!_isSorted)
            Elementwise.Fill(DType.Int64, 0, _bits, Words(extent));
    }

    /// <summary>Number of different rows; valid after <see cref="Complete"/>.</summary>
    public long Count { get; private set; }

    /// <summary>Scratch memory for so many rows and numbers.</summary>
    public static long ScratchBytes(long extent, long capacity) =>
        sizeof(long) * (HasBits(extent, capacity) ? 2 * Words(extent) : Math.Max(1, capacity));

    /// <summary>Adds row numbers, in any order and any number of times.</summary>
    /// <param name="rows">The numbers, each from 0 to below the extent.</param>
    /// <param name="count">How many.</param>
    public void Add(long* rows, long count)
    {
        if (_isSorted)
        {
            Buffer.MemoryCopy(rows, _sorted + _held, count * sizeof(long), count * sizeof(long));
            _held += count;
            return;
        }

        for (long i = 0; i < count; i++)
        {
            _bits[rows[i] >> 6] |= 1UL << (int)rows[i];
        }
    }

    /// <summary>Call it after the last <see cref="Add"/>, before anything is asked.</summary>
    public void Complete()
    {
        if (_isSorted)
        {
            SortAndMerge();
            return;
        }

        long count = 0;
        for (long word = 0; word < Words(_extent); word++)
        {
            _before[word] = count;
            count += BitOperations.PopCount(_bits[word]);
        }

        Count = count;
    }

    /// <summary>Writes the <see cref="Count"/> numbers in ascending order.</summary>
    public readonly void CopyTo(long* rows)
    {
        if (_isSorted)
        {
            Buffer.MemoryCopy(_sorted, rows, Count * sizeof(long), Count * sizeof(long));
            return;
        }

        for (long word = 0; word < Words(_extent); word++)
        {
            for (ulong left = _bits[word]; left != 0; left &= left - 1)
            {
                *rows++ = (word << 6) + BitOperations.TrailingZeroCount(left);
            }
        }
    }

    /// <summary>The place of each row among the different ones; -1 for a row that was not added.</summary>
    /// <param name="rows">Row numbers, each from 0 to below the extent.</param>
    /// <param name="count">How many.</param>
    /// <param name="places">Receives the places; may be <paramref name="rows"/> itself.</param>
    public readonly void Find(long* rows, long count, long* places)
    {
        if (_isSorted)
        {
            for (long i = 0; i < count; i++)
            {
                places[i] = Search(rows[i]);
            }

            return;
        }

        for (long i = 0; i < count; i++)
        {
            long row = rows[i];
            ulong word = _bits[row >> 6];
            ulong bit = 1UL << (int)row;
            long place = _before[row >> 6] + BitOperations.PopCount(word & (bit - 1));
            places[i] = (word & bit) == 0 ? -1 : place;
        }
    }

    private readonly long Search(long row)
    {
        long low = 0;
        long high = Count;
        while (low < high)
        {
            long middle = (low + high) >>> 1;
            if (_sorted[middle] < row)
                low = middle + 1;
            else
                high = middle;
        }

        return low < Count && _sorted[low] == row ? low : -1;
    }

    private void SortAndMerge()
    {
        new Span<long>(_sorted, checked((int)_held)).Sort();
        long count = 0;
        for (long i = 0; i < _held; i++)
        {
            if (i == 0 || _sorted[i] != _sorted[i - 1])
                _sorted[count++] = _sorted[i];
        }

        Count = count;
    }

    // A list for Span has a limit, which a list that is worth sorting does not come near.
    private static bool HasBits(long extent, long capacity) =>
        extent <= 4096 + (RowsPerNumber * capacity) || capacity > int.MaxValue;

    private static long Words(long extent) => (extent + 63) >> 6;
}
