namespace CoreEngine.Kernels;

/// <summary>The transpose of a compressed sparse row matrix: a counting sort of its values by column.</summary>
public static unsafe class CsrTransposition
{
    /// <summary>Whether columns ascend within each row, as they do in what was transposed twice.</summary>
    public static bool IsAscending(in CsrMatrix a)
    {
        for (long row = 0; row < a.Rows; row++)
        {
            for (long i = a.RowPointers[row] + 1; i < a.RowPointers[row + 1]; i++)
            {
                if (a.Indices[i - 1] > a.Indices[i])
                    return false;
            }
        }

        return true;
    }

    /// <summary>Memory that the transpose lies in, in bytes.</summary>
    public static long Bytes(in CsrMatrix a) =>
        ((a.Columns + 1 + a.Stored) * sizeof(long)) + (a.Stored * a.DType.ItemSize());

    /// <summary>Transposes; within a row of the result, columns ascend.</summary>
    /// <param name="a">The matrix, of any element type.</param>
    /// <param name="memory"><see cref="Bytes"/> bytes, which the result lies in.</param>
    public static CsrMatrix Run(in CsrMatrix a, void* memory)
    {
        long stored = a.Stored;
        var rowPointers = (long*)memory;
        long* indices = rowPointers + a.Columns + 1;
        void* values = indices + stored;
        Elementwise.Fill(DType.Int64, 0, rowPointers, a.Columns + 1);
        for (long i = 0; i < stored; i++)
        {
            rowPointers[a.Indices[i]]++;
        }

        // First where each row will end; filling them from their ends leaves where they start.
        long sum = 0;
        for (long column = 0; column < a.Columns; column++)
        {
            sum += rowPointers[column];
            rowPointers[column] = sum;
        }

        rowPointers[a.Columns] = stored;
        switch (a.DType.ItemSize())
        {
            case 1:
                Move<byte>(a, rowPointers, indices, values);
                break;
            case 2:
                Move<short>(a, rowPointers, indices, values);
                break;
            case 4:
                Move<int>(a, rowPointers, indices, values);
                break;
            default:
                Move<long>(a, rowPointers, indices, values);
                break;
        }

        return new CsrMatrix(a.DType, a.Columns, a.Rows)
        {
            Values = values,
            Indices = indices,
            RowPointers = rowPointers,
        };
    }

    private static void Move<T>(in CsrMatrix a, long* ends, long* indices, void* values)
        where T : unmanaged
    {
        for (long row = a.Rows - 1; row >= 0; row--)
        {
            for (long i = a.RowPointers[row + 1] - 1; i >= a.RowPointers[row]; i--)
            {
                long place = --ends[a.Indices[i]];
                indices[place] = row;
                ((T*)values)[place] = ((T*)a.Values)[i];
            }
        }
    }
}
