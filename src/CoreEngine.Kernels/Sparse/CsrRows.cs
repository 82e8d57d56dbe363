namespace CoreEngine.Kernels;

/// <summary>Parts of compressed matrices: a block of rows and columns, some rows, some columns under new numbers.</summary>
public static unsafe class CsrRows
{
    /// <summary>Counts what a block of a matrix stores.</summary>
    /// <param name="x">The matrix.</param>
    /// <param name="row">The block's first row.</param>
    /// <param name="rows">The block's rows.</param>
    /// <param name="column">The block's first column.</param>
    /// <param name="columns">The block's columns.</param>
    /// <param name="rowPointers">Receives where each row of the block starts: one more entry than rows.</param>
    public static void CountBlock(in CsrMatrix x, long row, long rows, long column, long columns, long* rowPointers)
    {
        bool isWhole = columns == x.Columns;
        for (long i = 0; i < rows; i++)
        {
            long start = x.RowPointers[row + i];
            long end = x.RowPointers[row + i + 1];
            rowPointers[i] = isWhole ? end - start : 0;
            for (long k = start; k < end && !isWhole; k++)
            {
                rowPointers[i] += (ulong)(x.Indices[k] - column) < (ulong)columns ? 1 : 0;
            }
        }

        DenseConversion.Accumulate(rowPointers, rows);
    }

    /// <summary>Copies a block of a matrix.</summary>
    /// <param name="x">The matrix.</param>
    /// <param name="row">The block's first row.</param>
    /// <param name="column">The block's first column.</param>
    /// <param name="y">Receives values and columns; its row pointers are those of <see cref="CountBlock"/>.</param>
    public static void CopyBlock(in CsrMatrix x, long row, long column, in CsrMatrix y)
    {
        int size = x.DType.ItemSize();
        if (y.Columns == x.Columns)
        {
            long first = x.RowPointers[row];
            Buffer.MemoryCopy((byte*)x.Values + (first * size), y.Values, y.Stored * size, y.Stored * size);
            Buffer.MemoryCopy(x.Indices + first, y.Indices, y.Stored * sizeof(long), y.Stored * sizeof(long));
            return;
        }

        long place = 0;
        for (long k = x.RowPointers[row]; k < x.RowPointers[row + y.Rows]; k++)
        {
            long shifted = x.Indices[k] - column;
            if ((ulong)shifted >= (ulong)y.Columns)
                continue;
            y.Indices[place] = shifted;
            CopyElement((byte*)x.Values + (k * size), (byte*)y.Values + (place * size), size);
            place++;
        }
    }

    /// <summary>Memory that <see cref="Renumber"/> needs, in bytes.</summary>
    public static long RenumberedBytes(in CsrMatrix x) =>
        ((x.Stored + x.Rows + 1) * sizeof(long)) + (x.Stored * x.DType.ItemSize());

    /// <summary>The matrix with its columns under new numbers, without those that have none.</summary>
    /// <param name="x">The matrix.</param>
    /// <param name="numbers">The new column of each stored value; -1 leaves it out.</param>
    /// <param name="columns">How many columns there are now.</param>
    /// <param name="memory"><see cref="RenumberedBytes"/> bytes, which the result lies in.</param>
    public static CsrMatrix Renumber(in CsrMatrix x, long* numbers, long columns, void* memory)
    {
        var rowPointers = (long*)memory;
        long* indices = rowPointers + x.Rows + 1;
        byte* values = (byte*)(indices + x.Stored);
        int size = x.DType.ItemSize();
        long place = 0;
        for (long row = 0; row < x.Rows; row++)
        {
            rowPointers[row] = place;
            for (long k = x.RowPointers[row]; k < x.RowPointers[row + 1]; k++)
            {
                if (numbers[k] < 0)
                    continue;
                indices[place] = numbers[k];
                CopyElement((byte*)x.Values + (k * size), values + (place * size), size);
                place++;
            }
        }

        rowPointers[x.Rows] = place;
        return new CsrMatrix(x.DType, x.Rows, columns)
        {
            Values = values,
            Indices = indices,
            RowPointers = rowPointers,
        };
    }

    /// <summary>Memory that <see cref="Select"/> needs, in bytes.</summary>
    public static long SelectedBytes(in CsrMatrix x, long* rows, long count)
    {
        long stored = 0;
        for (long i = 0; i < count; i++)
        {
            stored += x.RowPointers[rows[i] + 1] - x.RowPointers[rows[i]];
        }

        return ((stored + count + 1) * sizeof(long)) + (stored * x.DType.ItemSize());
    }

    /// <summary>Some rows of a matrix as a matrix of its own.</summary>
    /// <param name="x">The matrix.</param>
    /// <param name="rows">The numbers of the rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="memory"><see cref="SelectedBytes"/> bytes, which the result lies in.</param>
    public static CsrMatrix Select(in CsrMatrix x, long* rows, long count, void* memory)
    {
        var rowPointers = (long*)memory;
        int size = x.DType.ItemSize();
        for (long i = 0; i < count; i++)
        {
            rowPointers[i] = x.RowPointers[rows[i] + 1] - x.RowPointers[rows[i]];
        }

        DenseConversion.Accumulate(rowPointers, count);
        long* indices = rowPointers + count + 1;
        byte* values = (byte*)(indices + rowPointers[count]);
        for (long i = 0; i < count; i++)
        {
            long first = x.RowPointers[rows[i]];
            long stored = rowPointers[i + 1] - rowPointers[i];
            byte* target = values + (rowPointers[i] * size);
            Buffer.MemoryCopy((byte*)x.Values + (first * size), target, stored * size, stored * size);
            Buffer.MemoryCopy(
                x.Indices + first,
                indices + rowPointers[i],
                stored * sizeof(long),
                stored * sizeof(long)
            );
        }

        return new CsrMatrix(x.DType, count, x.Columns)
        {
            Values = values,
            Indices = indices,
            RowPointers = rowPointers,
        };
    }

    private static void CopyElement(byte* from, byte* to, int size)
    {
        switch (size)
        {
            case 1:
                *to = *from;
                break;
            case 2:
                *(short*)to = *(short*)from;
                break;
            case 4:
                *(int*)to = *(int*)from;
                break;
            default:
                *(long*)to = *(long*)from;
                break;
        }
    }
}
