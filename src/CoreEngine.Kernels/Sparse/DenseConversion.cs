namespace CoreEngine.Kernels;

/// <summary>Between dense matrices and sparse ones that leave out zeros.</summary>
public static unsafe class DenseConversion
{
    /// <summary>Finds the rows of a dense matrix in which something is not zero.</summary>
    /// <param name="dtype">Element type.</param>
    /// <param name="x">The matrix.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="found">Receives the numbers of the rows, ascending; room for <paramref name="rows"/>.</param>
    /// <returns>How many there are.</returns>
    public static long FindRows(DType dtype, void* x, long rows, long rowLength, long* found)
    {
        var call = new Call
        {
            DType = dtype,
            Dense = (byte*)x,
            Columns = rowLength,
            Numbers = found,
        };
        KernelTeam.Default.For(rows, RowsWorthAThread(rowLength), &MarkRows, &call);
        long count = 0;
        for (long row = 0; row < rows; row++)
        {
            if (found[row] != 0)
                found[count++] = row;
        }

        return count;
    }

    /// <summary>Writes a row-sparse matrix as a dense one.</summary>
    /// <param name="x">The sparse matrix.</param>
    /// <param name="y">Receives all rows.</param>
    public static void ToDense(in RowSparseMatrix x, void* y)
    {
        var call = new Call { RowSparse = x, Dense = (byte*)y };
        KernelTeam.Default.For(x.Rows, RowSparseElementwise.RowsWorthAThread(x), &WriteRows, &call);
    }

    /// <summary>Counts what is not zero in the rows of a dense matrix.</summary>
    /// <param name="dtype">Element type.</param>
    /// <param name="x">The matrix.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="rowPointers">Receives where each row starts when zeros are left out: one more entry than rows.</param>
    public static void CountElements(DType dtype, void* x, long rows, long columns, long* rowPointers)
    {
        var call = new Call
        {
            DType = dtype,
            Dense = (byte*)x,
            Columns = columns,
            Numbers = rowPointers,
        };
        KernelTeam.Default.For(rows, RowsWorthAThread(columns), &CountRows, &call);
        Accumulate(rowPointers, rows);
    }

    /// <summary>Writes what is not zero in a dense matrix as a compressed one.</summary>
    /// <param name="x">The dense matrix.</param>
    /// <param name="y">Receives values and columns; its row pointers are those of <see cref="CountElements"/>.</param>
    public static void ToCsr(void* x, in CsrMatrix y)
    {
        var call = new Call
        {
            Csr = y,
            Dense = (byte*)x,
            Columns = y.Columns,
        };
        KernelTeam.Default.For(y.Rows, RowsWorthAThread(y.Columns), &PackRows, &call);
    }

    /// <summary>Writes a compressed matrix as a dense one.</summary>
    /// <param name="x">The sparse matrix.</param>
    /// <param name="y">Receives all elements.</param>
    public static void ToDense(in CsrMatrix x, void* y)
    {
        var call = new Call { Csr = x, Dense = (byte*)y };
        KernelTeam.Default.For(x.Rows, RowsWorthAThread(x.Columns), &SpreadRows, &call);
    }

    /// <summary>Turns the number of elements of each row, at places 0 to rows - 1, into where each row starts.</summary>
    internal static void Accumulate(long* rowPointers, long rows)
    {
        long sum = 0;
        for (long row = 0; row < rows; row++)
        {
            long count = rowPointers[row];
            rowPointers[row] = sum;
            sum += count;
        }

        rowPointers[rows] = sum;
    }

    private static long RowsWorthAThread(long rowLength) => Math.Max(1, Elementwise.Grain / Math.Max(1, rowLength));

    private static void MarkRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        long bytes = call->Columns * call->DType.ItemSize();
        for (long row = start; row < end; row++)
        {
            bool any = NonZeros.Any(call->DType, call->Dense + (row * bytes), call->Columns);
            call->Numbers[row] = any ? 1 : 0;
        }
    }

    private static void CountRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        long bytes = call->Columns * call->DType.ItemSize();
        for (long row = start; row < end; row++)
        {
            call->Numbers[row] = NonZeros.Count(call->DType, call->Dense + (row * bytes), call->Columns);
        }
    }

    private static void WriteRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        RowSparseMatrix x = call->RowSparse;
        long row = start;
        for (long i = x.FirstFrom(start); i < x.Stored && x.Indices[i] < end; i++)
        {
            FillRows(call, row, x.Indices[i]);
            row = x.Indices[i];
            RunCopy.Copy(x.Row(i), call->Dense + (row * x.RowBytes), (nint)x.RowBytes);
            row++;
        }

        FillRows(call, row, end);
    }

    private static void FillRows(Call* call, long start, long end)
    {
        RowSparseMatrix x = call->RowSparse;
        if (start < end)
            Elementwise.Fill(x.DType, 0, call->Dense + (start * x.RowBytes), (end - start) * x.RowLength);
    }

    private static void PackRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        CsrMatrix y = call->Csr;
        int size = y.DType.ItemSize();
        for (long row = start; row < end; row++)
        {
            long first = y.RowPointers[row];
            byte* x = call->Dense + (row * y.Columns * size);
            NonZeros.Pack(y.DType, x, null, y.Columns, (byte*)y.Values + (first * size), y.Indices + first);
        }
    }

    private static void SpreadRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        CsrMatrix x = call->Csr;
        byte* y = call->Dense + (start * x.Columns * x.DType.ItemSize());
        Elementwise.Fill(x.DType, 0, y, (end - start) * x.Columns);
        switch (x.DType.ItemSize())
        {
            case 1:
                Spread<byte>(call, start, end);
                break;
            case 2:
                Spread<short>(call, start, end);
                break;
            case 4:
                Spread<int>(call, start, end);
                break;
            default:
                Spread<long>(call, start, end);
                break;
        }
    }

    private static void Spread<T>(Call* call, long start, long end)
        where T : unmanaged
    {
        CsrMatrix x = call->Csr;
        var values = (T*)x.Values;
        for (long row = start; row < end; row++)
        {
            T* y = (T*)call->Dense + (row * x.Columns);
            for (long i = x.RowPointers[row]; i < x.RowPointers[row + 1]; i++)
            {
                y[x.Indices[i]] = values[i];
            }
        }
    }

    private struct Call
    {
        internal DType DType;
        internal byte* Dense;
        internal long Columns;
        internal long* Numbers;
        internal RowSparseMatrix RowSparse;
        internal CsrMatrix Csr;
    }
}
