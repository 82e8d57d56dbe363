namespace CoreEngine.Kernels;

/// <summary>A compressed sparse row matrix in memory that somebody else owns.</summary>
/// <param name="dtype">Element type of the values.</param>
/// <param name="rows">Number of rows.</param>
/// <param name="columns">Number of columns.</param>
public readonly unsafe struct CsrMatrix(DType dtype, long rows, long columns)
{
    /// <summary>Element type of the values.</summary>
    public DType DType { get; } = dtype;

    /// <summary>Number of rows.</summary>
    public long Rows { get; } = rows;

    /// <summary>Number of columns.</summary>
    public long Columns { get; } = columns;

    /// <summary>The stored values, row by row.</summary>
    public void* Values { get; init; }

    /// <summary>The column of each stored value, in any order within a row.</summary>
    public long* Indices { get; init; }

    /// <summary>Where each row starts among the stored values: one more entry than rows, the first one is 0.</summary>
    public long* RowPointers { get; init; }

    /// <summary>Number of stored values.</summary>
    public long Stored => RowPointers[Rows];

    /// <summary>The first row that starts at or after some amount of work, counting rows and stored values.</summary>
    /// <remarks>Cuts of equal work, found this way, balance the rows of a matrix among threads.</remarks>
    internal long RowAtWork(long work)
    {
        long low = 0;
        long high = Rows;
        while (low < high)
        {
            long middle = (low + high) >>> 1;
            if (RowPointers[middle] + middle < work)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Work in all, see <see cref="RowAtWork"/>.</summary>
    internal long Work => Stored + Rows;
}
