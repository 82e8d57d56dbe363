using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>Writes or adds rows in any order. The result never depends on the number of threads.</summary>
public static unsafe class Scatter
{
    /// <summary>Rows up to this length are added element by element; longer ones in vectors.</summary>
    private const long ShortRow = 16;

    /// <summary>Grouping shorter rows by target takes longer than adding them.</summary>
    private const long GroupedFrom = 64;

    /// <summary>Writes row i of the input to row <c>indices[i]</c> of the output; of equal indices the last one counts.</summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The rows to write.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="indices">Row numbers in the output; the caller has checked that they exist.</param>
    /// <param name="count">How many.</param>
    /// <param name="y">The output; rows that no index names stay as they are.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public static void Rows(DType dtype, void* x, long rowLength, long* indices, long count, void* y)
    {
        if (rowLength == 1)
        {
            ScatterElements.Write(dtype, x, indices, count, y);
            return;
        }

        long bytes = rowLength * dtype.ItemSize();
        for (long i = 0; i < count; i++)
        {
            Buffer.MemoryCopy((byte*)x + (i * bytes), (byte*)y + (indices[i] * bytes), bytes, bytes);
        }
    }

    /// <summary>Scratch memory that <see cref="AddRows"/> needs, in bytes.</summary>
    public static long AddRowsScratch(long rows, long rowLength, long count) =>
        IsWorthSorting(rowLength, count) ? (rows + 1 + count) * sizeof(long) : 0;

    /// <summary>
    /// Adds row i of the input to row <c>indices[i]</c> of the output, equal indices in ascending i: the gradient of
    /// <see cref="Gather.Rows"/>.
    /// </summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The rows to add.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="indices">Row numbers in the output, each below <paramref name="rows"/>; negative ones are skipped.</param>
    /// <param name="count">How many.</param>
    /// <param name="y">The output.</param>
    /// <param name="rows">Its number of rows.</param>
    /// <param name="accumulate">Adds to what the output holds; otherwise it starts from 0.</param>
    /// <param name="scratch"><see cref="AddRowsScratch"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public static void AddRows(
        DType dtype,
        void* x,
        long rowLength,
        long* indices,
        long count,
        void* y,
        long rows,
        bool accumulate,
        void* scratch
    )
    {
        var call = new Call
        {
            DType = dtype,
            Size = dtype.ItemSize(),
            X = (byte*)x,
            Y = (byte*)y,
            RowLength = rowLength,
            Accumulate = accumulate,
        };
        if (!IsWorthSorting(rowLength, count))
        {
            if (!accumulate)
                Elementwise.Fill(dtype, 0, y, rows * rowLength);
            if (rowLength == 1)
            {
                ScatterElements.Add(dtype, x, indices, count, y);
                return;
            }

            for (long i = 0; i < count; i++)
            {
                if (indices[i] >= 0)
                    AddRow(&call, i, indices[i]);
            }

            return;
        }

        // Grouped by target, every output row belongs to one thread, which adds in the order of the input.
        call.Ends = (long*)scratch;
        call.Order = call.Ends + rows + 1;
        Group(indices, count, call.Ends, rows, call.Order);
        long rowWork = Math.Max(1, rowLength * (1 + (count / rows)));
        KernelTeam.Default.For(rows, Math.Max(1, Elementwise.Grain / rowWork), &RunGroups, &call);
    }

    private static bool IsWorthSorting(long rowLength, long count) =>
        rowLength >= GroupedFrom && count * rowLength > 2 * Elementwise.Grain;

    /// <summary>
    /// A stable counting sort: afterwards the places with index r lie in <paramref name="order"/> from
    /// <c>ends[r - 1]</c> (0 for the first) to <c>ends[r]</c>.
    /// </summary>
    private static void Group(long* indices, long count, long* ends, long rows, long* order)
    {
        Elementwise.Fill(DType.Int64, 0, ends, rows + 1);
        for (long i = 0; i < count; i++)
        {
            if (indices[i] >= 0)
                ends[indices[i] + 1]++;
        }

        for (long row = 0; row < rows; row++)
        {
            ends[row + 1] += ends[row];
        }

        // ends[r] is where group r starts now; filling the group moves it to where the group ends.
        for (long i = 0; i < count; i++)
        {
            if (indices[i] >= 0)
                order[ends[indices[i]]++] = i;
        }
    }

    private static void RunGroups(void* state, long start, long end)
    {
        var call = (Call*)state;
        long rowBytes = call->RowLength * call->Size;
        for (long row = start; row < end; row++)
        {
            long first = row == 0 ? 0 : call->Ends[row - 1];
            long past = call->Ends[row];
            if (!call->Accumulate)
            {
                byte* y = call->Y + (row * rowBytes);
                if (first == past)
                {
                    long filled = row + 1;
                    while (filled < end && call->Ends[filled] == past)
                    {
                        filled++;
                    }

                    Elementwise.Fill(call->DType, 0, y, call->RowLength * (filled - row));
                    row = filled - 1;
                    continue;
                }

                RunCopy.Copy(call->X + (call->Order[first] * rowBytes), y, (nint)rowBytes);
                first++;
            }

            for (; first < past; first++)
            {
                AddRow(call, call->Order[first], row);
            }
        }
    }

    private static void AddRow(Call* call, long source, long target)
    {
        byte* x = call->X + (source * call->RowLength * call->Size);
        byte* y = call->Y + (target * call->RowLength * call->Size);
        if (call->RowLength > ShortRow)
        {
            ElementwiseBlocks.Binary(
                default(AddBody),
                BinaryForm.Arrays,
                call->DType,
                call->DType,
                y,
                x,
                y,
                call->RowLength,
                accumulate: false
            );
            return;
        }

        switch (call->DType)
        {
            case DType.Float32:
                Add((float*)x, (float*)y, call->RowLength);
                break;
            case DType.Float64:
                Add((double*)x, (double*)y, call->RowLength);
                break;
            case DType.Float16:
                Add((Half*)x, (Half*)y, call->RowLength);
                break;
            case DType.UInt8:
            case DType.Int8:
                Add(x, y, call->RowLength);
                break;
            case DType.Int32:
                Add((int*)x, (int*)y, call->RowLength);
                break;
            default:
                Add((long*)x, (long*)y, call->RowLength);
                break;
        }
    }

    private static void Add<T>(T* x, T* y, long count)
        where T : unmanaged, IAdditionOperators<T, T, T>
    {
        for (long i = 0; i < count; i++)
        {
            y[i] += x[i];
        }
    }

    private struct Call
    {
        internal DType DType;
        internal int Size;
        internal byte* X;
        internal byte* Y;
        internal long RowLength;
        internal bool Accumulate;
        internal long* Ends;
        internal long* Order;
    }
}
