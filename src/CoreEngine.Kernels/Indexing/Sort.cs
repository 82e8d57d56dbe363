namespace CoreEngine.Kernels;

/// <summary>
/// Sorts along an axis. Every order is stable: of equal elements the first comes first, ascending or descending. NaN
/// counts as larger than every number, and the two zeros are equal.
/// </summary>
public static unsafe class Sort
{
    /// <summary>Rows that are sorted at the same time at most: only these need memory of their own.</summary>
    private const long MostGroups = 64;

    /// <summary>Scratch memory that <see cref="Order"/> needs, in bytes.</summary>
    /// <param name="length">Extent of the axis.</param>
    /// <param name="rows">How many rows are sorted, each for itself.</param>
    public static long Scratch(long length, long rows = 1) =>
        checked(Math.Min(rows, MostGroups) * length * 2 * sizeof(ulong));

    /// <summary>
    /// The order of the elements along the middle axis of an array (<paramref name="outer"/>, <paramref name="length"/>,
    /// <paramref name="inner"/>).
    /// </summary>
    /// <param name="dtype">Element type.</param>
    /// <param name="x">The array, row-major.</param>
    /// <param name="outer">Number of elements before the axis.</param>
    /// <param name="length">Extent of the axis; at most 2^31 - 1.</param>
    /// <param name="inner">Number of elements behind the axis.</param>
    /// <param name="ascending">Smallest first.</param>
    /// <param name="count">How many of the first places to give.</param>
    /// <param name="order">
    /// The places of the sorted elements along the axis, an array (<paramref name="outer"/>, <paramref name="count"/>,
    /// <paramref name="inner"/>).
    /// </param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or the axis is too long.</exception>
    public static void Order(
        DType dtype,
        void* x,
        long outer,
        long length,
        long inner,
        bool ascending,
        long count,
        long* order,
        void* scratch
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, length);
        var call = new Call
        {
            DType = dtype,
            X = x,
            Rows = outer * inner,
            Length = length,
            Inner = inner,
            Mask = ascending ? 0 : ulong.MaxValue,
            Count = count,
            Order = order,
            Scratch = scratch,
        };
        long groups = Math.Min(call.Rows, MostGroups);
        double elements = (double)call.Rows * length / Math.Max(1, groups);
        KernelTeam.Default.For(groups, (long)Math.Max(1, 2048 / Math.Max(1, elements)), &RunGroups, &call);
    }

    private static void RunGroups(void* state, long start, long end)
    {
        var call = (Call*)state;
        long groups = Math.Min(call->Rows, MostGroups);
        long each = call->Rows / groups;
        long more = call->Rows % groups;
        for (long group = start; group < end; group++)
        {
            long first = (group * each) + Math.Min(group, more);
            Run(call, first, first + each + (group < more ? 1 : 0), (ulong*)call->Scratch + (2 * group * call->Length));
        }
    }

    private static void Run(Call* call, long start, long end, ulong* pairs)
    {
        for (long row = start; row < end; row++)
        {
            switch (call->DType)
            {
                case DType.Float32:
                    SortRow<float>(call, row, pairs);
                    break;
                case DType.Float16:
                    SortRow<Half>(call, row, pairs);
                    break;
                case DType.UInt8:
                    SortRow<byte>(call, row, pairs);
                    break;
                case DType.Int8:
                    SortRow<sbyte>(call, row, pairs);
                    break;
                case DType.Int32:
                    SortRow<int>(call, row, pairs);
                    break;
                case DType.Float64:
                    SortWideRow<double>(call, row, pairs);
                    break;
                case DType.Int64:
                    SortWideRow<long>(call, row, pairs);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(null, call->DType, "This is not an element type.");
            }
        }
    }

    // Key and place make one number, so that an order of plain numbers is stable without further ado.
    private static void SortRow<T>(Call* call, long row, ulong* pairs)
        where T : unmanaged
    {
        T* x = (T*)call->X + call->First(row, call->Length);
        long* order = call->Order + call->First(row, call->Count);
        int length = (int)call->Length;
        int count = (int)call->Count;
        var flip = (uint)call->Mask;
        ulong* sorted;
        if (Selection.SuitsInsertion(length, count))
        {
            Selection.FirstFew(x, call->Inner, length, count, flip, pairs);
            sorted = pairs;
        }
        else if (Selection.Scratch(length, count) is var needed && needed > 0 && needed <= 2L * length)
        {
            sorted = Selection.First(x, call->Inner, length, count, flip, pairs);
        }
        else
        {
            // The keys lie where the second half of the pairs will be.
            var keys = (uint*)(pairs + length);
            SortKeys.Of(x, call->Inner, length, flip, keys);
            for (int i = 0; i < length; i++)
            {
                pairs[i] = ((ulong)keys[i] << 32) | (uint)i;
            }

            sorted = PairSort.Run(pairs, pairs + length, length);
        }

        for (int i = 0; i < count; i++)
        {
            order[i * call->Inner] = (uint)sorted[i];
        }
    }

    private static void SortWideRow<T>(Call* call, long row, ulong* pairs)
        where T : unmanaged
    {
        var keys = new Span<UInt128>((UInt128*)pairs, (int)call->Length);
        T* x = (T*)call->X + call->First(row, call->Length);
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new UInt128(SortKeys.OfWide(x[i * call->Inner]) ^ call->Mask, (uint)i);
        }

        keys.Sort();
        long* order = call->Order + call->First(row, call->Count);
        for (int i = 0; i < call->Count; i++)
        {
            order[i * call->Inner] = (long)(ulong)keys[i];
        }
    }

    private struct Call
    {
        internal DType DType;
        internal void* X;
        internal long Rows;
        internal long Length;
        internal long Inner;
        internal ulong Mask;
        internal long Count;
        internal long* Order;
        internal void* Scratch;

        /// <summary>The first element of a row of an array whose middle axis has this extent.</summary>
        internal readonly long First(long row, long extent)
        {
            (long before, long behind) = Math.DivRem(row, Inner);
            return (before * extent * Inner) + behind;
        }
    }
}
