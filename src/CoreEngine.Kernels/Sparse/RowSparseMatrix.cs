namespace CoreEngine.Kernels;

/// <summary>Some rows of a matrix, with their numbers, in memory that somebody else owns; the other rows are zero.</summary>
/// <param name="dtype">Element type of the values.</param>
/// <param name="rows">Number of rows, stored or not.</param>
/// <param name="rowLength">Elements of a row.</param>
/// <param name="stored">Number of stored rows.</param>
public readonly unsafe struct RowSparseMatrix(DType dtype, long rows, long rowLength, long stored)
{
    /// <summary>Element type of the values.</summary>
    public DType DType { get; } = dtype;

    /// <summary>Number of rows, stored or not.</summary>
    public long Rows { get; } = rows;

    /// <summary>Elements of a row.</summary>
    public long RowLength { get; } = rowLength;

    /// <summary>Number of stored rows.</summary>
    public long Stored { get; } = stored;

    /// <summary>The stored rows, one after the other.</summary>
    public void* Values { get; init; }

    /// <summary>The numbers of the stored rows, ascending.</summary>
    public long* Indices { get; init; }

    /// <summary>Bytes of a row.</summary>
    public long RowBytes => RowLength * DType.ItemSize();

    /// <summary>A stored row's first element.</summary>
    public byte* Row(long stored) => (byte*)Values + (stored * RowBytes);

    /// <summary>The place of the first stored row whose number is not below this one.</summary>
    internal long FirstFrom(long row)
    {
        long low = 0;
        long high = Stored;
        while (low < high)
        {
            long middle = (low + high) >>> 1;
            if (Indices[middle] < row)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
