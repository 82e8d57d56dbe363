using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Sorts candidates by score, the highest first: introspective sort (Musser, "Introspective Sorting and Selection
/// Algorithms", 1997), which divides until <see cref="Few"/> are left, and then inserts.
/// </summary>
/// <remarks>
/// It is not stable, and meant to be so: MXNet's CPU version sorts with the GNU C++ library, and the order in which that
/// leaves equal scores (all boxes that are too small have the score -1) decides which of them are proposed. Sizes and pivots
/// are therefore those of that library: the median of the second, the middle and the last.
/// </remarks>
internal static unsafe class ScoreSort<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Few = 16;

    internal static void Run(ScoredPlace<T>* candidates, long count) =>
        Run(candidates, count, 2 * BitOperations.Log2((ulong)count | 1));

    /// <summary>Sorts, and leaves to a heap what is still long after so many divisions.</summary>
    internal static void Run(ScoredPlace<T>* candidates, long count, int depth)
    {
        Divide(candidates, candidates + count, depth);
        for (ScoredPlace<T>* next = candidates + 1; next < candidates + count; next++)
        {
            ScoredPlace<T> moved = *next;
            ScoredPlace<T>* hole = next;
            for (; hole > candidates && moved.ComesBefore(hole[-1]); hole--)
            {
                *hole = hole[-1];
            }

            *hole = moved;
        }
    }

    /// <summary>Divides into parts of a few; every part's candidates belong before those of the next.</summary>
    private static void Divide(ScoredPlace<T>* first, ScoredPlace<T>* end, int depth)
    {
        while (end - first > Few)
        {
            if (depth-- == 0)
            {
                SortByHeap(first, end - first);
                return;
            }

            ScoredPlace<T>* pivot = Median(first + 1, first + ((end - first) / 2), end - 1);
            (*first, *pivot) = (*pivot, *first);
            ScoredPlace<T>* border = Partition(first, end);
            Divide(border, end, depth);
            end = border;
        }
    }

    private static ScoredPlace<T>* Median(ScoredPlace<T>* a, ScoredPlace<T>* b, ScoredPlace<T>* c)
    {
        if (a->ComesBefore(*b))
            return b->ComesBefore(*c) ? b
                : a->ComesBefore(*c) ? c
                : a;
        return a->ComesBefore(*c) ? a
            : b->ComesBefore(*c) ? c
            : b;
    }

    /// <summary>
    /// Brings what belongs before the first one to the front. Neither scan runs out: the pivot is a median, so something
    /// stops each of them.
    /// </summary>
    private static ScoredPlace<T>* Partition(ScoredPlace<T>* pivot, ScoredPlace<T>* end)
    {
        ScoredPlace<T>* left = pivot + 1;
        ScoredPlace<T>* right = end;
        while (true)
        {
            while (left->ComesBefore(*pivot))
            {
                left++;
            }

            do
            {
                right--;
            } while (pivot->ComesBefore(*right));

            if (left >= right)
                return left;
            (*left, *right) = (*right, *left);
            left++;
        }
    }

    /// <summary>For the rare candidates that pivots divide badly: never more than n log n steps.</summary>
    private static void SortByHeap(ScoredPlace<T>* x, long count)
    {
        for (long root = (count / 2) - 1; root >= 0; root--)
        {
            SiftDown(x, root, count);
        }

        for (long last = count - 1; last > 0; last--)
        {
            (x[0], x[last]) = (x[last], x[0]);
            SiftDown(x, 0, last);
        }
    }

    private static void SiftDown(ScoredPlace<T>* x, long root, long count)
    {
        while ((2 * root) + 1 < count)
        {
            long child = (2 * root) + 1;
            if (child + 1 < count && x[child].ComesBefore(x[child + 1]))
                child++;
            if (!x[root].ComesBefore(x[child]))
                return;
            (x[root], x[child]) = (x[child], x[root]);
            root = child;
        }
    }
}
