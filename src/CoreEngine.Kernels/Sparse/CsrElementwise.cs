namespace CoreEngine.Kernels;

/// <summary>
/// Element-wise operators of two compressed matrices of one shape. Only where at least one of them stores a value can the
/// result have one; zeros are not stored.
/// </summary>
/// <remarks>
/// The operands are first laid beside each other, with zeros where one has nothing, so that any operator runs over them as
/// over dense arrays. Results do not depend on the number of threads.
/// </remarks>
public static unsafe class CsrElementwise
{
    /// <summary>Scratch memory for <see cref="Compute"/>, in bytes.</summary>
    public static long Scratch(in CsrMatrix a, in CsrMatrix b) =>
        ((a.Stored + b.Stored) * (sizeof(long) + (2 * a.DType.ItemSize())))
        + ((a.Rows + 1) * sizeof(long))
        + OrderBytes(a)
        + OrderBytes(b);

    /// <summary>Computes <c>op(a, b)</c>, its zeros included.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="rowPointers">Receives where each row of the result starts, zeros left out.</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, which the result lies in.</param>
    /// <returns>The result, which <see cref="Pack"/> takes the zeros from.</returns>
    public static CsrMatrix Compute<TOp>(CsrMatrix a, CsrMatrix b, long* rowPointers, void* scratch)
        where TOp : struct, IBinaryOp
    {
        long room = a.Stored + b.Stored;
        var memory = (byte*)scratch;
        var call = new Call
        {
            A = Ascending(a, ref memory),
            B = Ascending(b, ref memory),
            Size = a.DType.ItemSize(),
            RowPointers = (long*)memory,
            Indices = (long*)memory + a.Rows + 1,
        };
        call.Left = (byte*)(call.Indices + room);
        call.Right = call.Left + (room * call.Size);
        KernelTeam.Default.For(a.Work + b.Work, Elementwise.Grain, &CountRows, &call);
        DenseConversion.Accumulate(call.RowPointers, a.Rows);
        KernelTeam.Default.For(a.Work + b.Work, Elementwise.Grain, &MergeRows, &call);
        long stored = call.RowPointers[a.Rows];
        Elementwise.Binary<TOp>(a.DType, call.Left, call.Right, call.Left, stored);
        var result = new CsrMatrix(a.DType, a.Rows, a.Columns)
        {
            Values = call.Left,
            Indices = call.Indices,
            RowPointers = call.RowPointers,
        };
        for (long row = 0; row < a.Rows; row++)
        {
            long first = call.RowPointers[row];
            rowPointers[row] = NonZeros.Count(
                a.DType,
                call.Left + (first * call.Size),
                call.RowPointers[row + 1] - first
            );
        }

        DenseConversion.Accumulate(rowPointers, a.Rows);
        return result;
    }

    /// <summary>Copies what is not zero.</summary>
    /// <param name="x">What <see cref="Compute"/> gave.</param>
    /// <param name="y">Receives values and columns; its row pointers are those of <see cref="Compute"/>.</param>
    public static void Pack(in CsrMatrix x, in CsrMatrix y)
    {
        long size = x.DType.ItemSize();
        long stored = x.Stored;
        if (stored == y.Stored)
        {
            Buffer.MemoryCopy(x.Values, y.Values, stored * size, stored * size);
            Buffer.MemoryCopy(x.Indices, y.Indices, stored * sizeof(long), stored * sizeof(long));
            return;
        }

        // Without its zeros the whole is as long as its rows together: it can be packed as one row.
        NonZeros.Pack(x.DType, (byte*)x.Values, x.Indices, stored, (byte*)y.Values, y.Indices);
    }

    private static long OrderBytes(in CsrMatrix matrix) =>
        IsAscending(matrix)
            ? 0
            : 2 * Aligned(CsrTransposition.Bytes(matrix)) + Aligned((matrix.Rows + 1) * sizeof(long));

    /// <summary>The matrix itself, or with each row in the order of its columns: transposed there and back.</summary>
    private static CsrMatrix Ascending(in CsrMatrix matrix, ref byte* memory)
    {
        if (IsAscending(matrix))
            return matrix;
        CsrMatrix transposed = CsrTransposition.Run(matrix, memory);
        memory += Aligned(CsrTransposition.Bytes(matrix));
        CsrMatrix ordered = CsrTransposition.Run(transposed, memory);
        memory += Aligned(CsrTransposition.Bytes(transposed));
        return ordered;
    }

    private static bool IsAscending(in CsrMatrix matrix)
    {
        for (long row = 0; row < matrix.Rows; row++)
        {
            for (long i = matrix.RowPointers[row] + 1; i < matrix.RowPointers[row + 1]; i++)
            {
                if (matrix.Indices[i - 1] > matrix.Indices[i])
                    return false;
            }
        }

        return true;
    }

    private static long Aligned(long bytes) => (bytes + 7) & ~7;

    /// <summary>The first row that starts at or after some amount of work on both matrices.</summary>
    private static long RowAtWork(Call* call, long work)
    {
        long low = 0;
        long high = call->A.Rows;
        while (low < high)
        {
            long middle = (low + high) >>> 1;
            if (call->A.RowPointers[middle] + call->B.RowPointers[middle] + (2 * middle) < work)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static void CountRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        long last = RowAtWork(call, end);
        for (long row = RowAtWork(call, start); row < last; row++)
        {
            long i = call->A.RowPointers[row];
            long j = call->B.RowPointers[row];
            long iEnd = call->A.RowPointers[row + 1];
            long jEnd = call->B.RowPointers[row + 1];
            long count = iEnd - i + (jEnd - j);
            while (i < iEnd && j < jEnd)
            {
                long difference = call->A.Indices[i] - call->B.Indices[j];
                count -= difference == 0 ? 1 : 0;
                i += difference <= 0 ? 1 : 0;
                j += difference >= 0 ? 1 : 0;
            }

            call->RowPointers[row] = count;
        }
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
                Merge<short>(call, start, end);
                break;
            case 4:
                Merge<int>(call, start, end);
                break;
            default:
                Merge<long>(call, start, end);
                break;
        }
    }

    private static void Merge<T>(Call* call, long start, long end)
        where T : unmanaged
    {
        long last = RowAtWork(call, end);
        long row = RowAtWork(call, start);
        var a = (T*)call->A.Values;
        var b = (T*)call->B.Values;
        for (; row < last; row++)
        {
            long place = call->RowPointers[row];
            long i = call->A.RowPointers[row];
            long j = call->B.RowPointers[row];
            long iEnd = call->A.RowPointers[row + 1];
            long jEnd = call->B.RowPointers[row + 1];
            for (; i < iEnd || j < jEnd; place++)
            {
                long left = i < iEnd ? call->A.Indices[i] : long.MaxValue;
                long right = j < jEnd ? call->B.Indices[j] : long.MaxValue;
                call->Indices[place] = Math.Min(left, right);
                ((T*)call->Left)[place] = left <= right ? a[i] : default;
                ((T*)call->Right)[place] = right <= left ? b[j] : default;
                i += left <= right ? 1 : 0;
                j += right <= left ? 1 : 0;
            }
        }
    }

    private struct Call
    {
        internal CsrMatrix A;
        internal CsrMatrix B;
        internal int Size;
        internal long* RowPointers;
        internal long* Indices;
        internal byte* Left;
        internal byte* Right;
    }
}
