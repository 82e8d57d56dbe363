using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Element-wise operators of two compressed matrices of one shape whose columns ascend within each row. Only where at least
/// one of them stores a value can the result have one; zeros are not stored.
/// </summary>
/// <remarks>
/// The operands are first laid beside each other, with zeros where one has nothing, so that any operator runs over them as
/// over dense arrays. Results do not depend on the number of threads.
/// </remarks>
public static unsafe class CsrElementwise
{
    /// <summary>Scratch memory for <see cref="Compute"/>, in bytes.</summary>
    public static long Scratch(in CsrMatrix a, in CsrMatrix b) =>
        ((a.Stored + b.Stored) * (sizeof(long) + (2 * a.DType.ItemSize()))) + (a.Rows * sizeof(long));

    /// <summary>Computes <c>op(a, b)</c> in scratch memory.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="rowPointers">Receives where each row of the result starts: one more entry than rows.</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, which <see cref="Store"/> takes the result from.</param>
    public static void Compute<TOp>(in CsrMatrix a, in CsrMatrix b, long* rowPointers, void* scratch)
        where TOp : struct, IBinaryOp
    {
        Call call = Layout(a, b, scratch);
        long work = a.Work + b.Work;
        KernelTeam.Default.For(work, Elementwise.Grain, &MergeRows, &call);
        // Rows have room for all that both store. What lies behind those that share columns is computed, too, for nothing.
        Elementwise.Binary<TOp>(a.DType, call.Left, call.Right, call.Left, a.Stored + b.Stored);
        call.RowPointers = rowPointers;
        KernelTeam.Default.For(work, Elementwise.Grain, &CountRows, &call);
        DenseConversion.Accumulate(rowPointers, a.Rows);
    }

    /// <summary>Stores what <see cref="Compute"/> found, without its zeros.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="scratch">What was given to <see cref="Compute"/>.</param>
    /// <param name="y">Receives values and columns; its row pointers are those of <see cref="Compute"/>.</param>
    public static void Store(in CsrMatrix a, in CsrMatrix b, void* scratch, in CsrMatrix y)
    {
        Call call = Layout(a, b, scratch);
        call.Y = y;
        KernelTeam.Default.For(a.Work + b.Work, Elementwise.Grain, &PackRows, &call);
    }

    private static Call Layout(in CsrMatrix a, in CsrMatrix b, void* scratch)
    {
        long room = a.Stored + b.Stored;
        var call = new Call
        {
            A = a,
            B = b,
            Size = a.DType.ItemSize(),
            Lengths = (long*)scratch,
            Indices = (long*)scratch + a.Rows,
        };
        call.Left = (byte*)(call.Indices + room);
        call.Right = call.Left + (room * call.Size);
        return call;
    }

    /// <summary>The first row that starts at or after some amount of work on both matrices.</summary>
    private static long RowAtWork(Call* call, long work)
    {
        long low = 0;
        long high = call->A.Rows;
        while (low < high)
        {
            long middle = (low + high) >>> 1;
            if (call->Start(middle) + (2 * middle) < work)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static void MergeRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        switch (call->Size)
        {
            case 1:
                Merge<byte>(call, start, end);
                break;
            case 2:
                Merge<ushort>(call, start, end);
                break;
            case 4:
                Merge<uint>(call, start, end);
                break;
            default:
                Merge<ulong>(call, start, end);
                break;
        }
    }

    private static void Merge<T>(Call* call, long start, long end)
        where T : unmanaged, IBinaryInteger<T>
    {
        long last = RowAtWork(call, end);
        for (long row = RowAtWork(call, start); row < last; row++)
        {
            MergeRow<T>(call, row);
        }
    }

    /// <summary>Which matrix has the next column cannot be foreseen: masks decide, not branches.</summary>
    private static void MergeRow<T>(Call* call, long row)
        where T : unmanaged, IBinaryInteger<T>
    {
        var a = (T*)call->A.Values;
        var b = (T*)call->B.Values;
        long* aColumns = call->A.Indices;
        long* bColumns = call->B.Indices;
        long i = call->A.RowPointers[row];
        long j = call->B.RowPointers[row];
        long iEnd = call->A.RowPointers[row + 1];
        long jEnd = call->B.RowPointers[row + 1];
        long* columns = call->Indices + i + j;
        T* lefts = (T*)call->Left + i + j;
        T* rights = (T*)call->Right + i + j;
        long place = 0;
        for (; i < iEnd && j < jEnd; place++)
        {
            long left = aColumns[i];
            long right = bColumns[j];
            long withoutLeft = (right - left) >> 63;
            long withoutRight = (left - right) >> 63;
            columns[place] = right ^ ((left ^ right) & withoutRight);
            lefts[place] = a[i] & T.CreateTruncating(~withoutLeft);
            rights[place] = b[j] & T.CreateTruncating(~withoutRight);
            i += 1 + withoutLeft;
            j += 1 + withoutRight;
        }

        for (; i < iEnd; i++, place++)
        {
            columns[place] = aColumns[i];
            lefts[place] = a[i];
            rights[place] = T.Zero;
        }

        for (; j < jEnd; j++, place++)
        {
            columns[place] = bColumns[j];
            lefts[place] = T.Zero;
            rights[place] = b[j];
        }

        call->Lengths[row] = place;
    }

    private static void CountRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        long last = RowAtWork(call, end);
        for (long row = RowAtWork(call, start); row < last; row++)
        {
            byte* values = call->Left + (call->Start(row) * call->Size);
            call->RowPointers[row] = NonZeros.Count(call->A.DType, values, call->Lengths[row]);
        }
    }

    private static void PackRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        CsrMatrix y = call->Y;
        long last = RowAtWork(call, end);
        for (long row = RowAtWork(call, start); row < last; row++)
        {
            long first = call->Start(row);
            long target = y.RowPointers[row];
            long length = call->Lengths[row];
            byte* values = call->Left + (first * call->Size);
            byte* to = (byte*)y.Values + (target * call->Size);
            if (length == y.RowPointers[row + 1] - target)
            {
                Buffer.MemoryCopy(values, to, length * call->Size, length * call->Size);
                Buffer.MemoryCopy(
                    call->Indices + first,
                    y.Indices + target,
                    length * sizeof(long),
                    length * sizeof(long)
                );
            }
            else
            {
                NonZeros.Pack(y.DType, values, call->Indices + first, length, to, y.Indices + target);
            }
        }
    }

    private struct Call
    {
        internal CsrMatrix A;
        internal CsrMatrix B;
        internal CsrMatrix Y;
        internal int Size;
        internal long* RowPointers;
        internal long* Lengths;
        internal long* Indices;
        internal byte* Left;
        internal byte* Right;

        /// <summary>Where a row lies among what is laid side by side.</summary>
        internal readonly long Start(long row) => A.RowPointers[row] + B.RowPointers[row];
    }
}
