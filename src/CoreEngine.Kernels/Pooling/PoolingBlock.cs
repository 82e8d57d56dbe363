namespace CoreEngine.Kernels;

/// <summary>What the row loops of one thread work on: geometry, arrays, and lines of scratch memory with room around each row.</summary>
internal unsafe struct PoolingBlock<T>
    where T : unmanaged, System.Numerics.INumber<T>
{
    /// <summary>Elements that a loop over whole registers may read or write beyond what it needs.</summary>
    internal const long Slack = 64;

    /// <summary>The geometry of a plane.</summary>
    public PoolingShape Shape;

    /// <summary>Size of a plane of data.</summary>
    public Extents In;

    /// <summary>Size of a plane of results.</summary>
    public Extents Out;

    /// <summary>Data of this thread's first plane.</summary>
    public T* X;

    /// <summary>Results, or gradients of results, of this thread's first plane.</summary>
    public T* Y;

    /// <summary>Gradients of the data of this thread's first plane.</summary>
    public T* Dx;

    /// <summary>Number of planes.</summary>
    public long Planes;

    /// <summary>The windows of each row of a plane of results.</summary>
    public Row* Rows;

    /// <summary>Windows along a row that count all their columns; those that do not come behind them.</summary>
    public long WholeColumns;

    /// <summary>Add to what the target holds.</summary>
    public bool Accumulate;

    /// <summary>Scratch rows.</summary>
    public T* Lines;

    /// <summary>Elements from one scratch row to the next.</summary>
    public long Pitch;

    /// <summary>One row of results that are to be added.</summary>
    public T* Buffer;

    /// <summary>Of the gradients' passes: how the rows of data and of results hang together.</summary>
    public PoolingLinks<T> Links;

    /// <summary>Of the gradients' passes with a step of 2: who hears from whom.</summary>
    public PoolingHalves Halves;

    /// <summary>Rows of results in a plane.</summary>
    public readonly long RowsOfPlane => Out.D * Out.H;

    /// <summary>What makes up for the columns that a window behind <see cref="WholeColumns"/> does not count.</summary>
    public readonly double ColumnCorrection(long column) =>
        (double)Shape.Kernel.W / PoolingWindow.Of(column, Shape.Kernel.W, Shape.Stride.W, Shape.Pad.W, In.W).Count;

    /// <summary>The windows of one row of results.</summary>
    internal struct Row
    {
        /// <summary>What of the windows lies inside the data.</summary>
        public PoolingWindow Slices;

        /// <inheritdoc cref="Slices"/>
        public PoolingWindow Lines;

        /// <summary>What sums are multiplied with if all columns count.</summary>
        public T Factor;
    }
}
