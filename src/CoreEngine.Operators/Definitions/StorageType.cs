namespace CoreEngine;

/// <summary>How an array's values are stored. The numbers are those of MXNet's C ABI and file formats.</summary>
public enum StorageType
{
    /// <summary>Not known yet; only inference sees it.</summary>
    Undefined = -1,

    /// <summary>Dense, row-major.</summary>
    Default = 0,

    /// <summary>Some rows of a dense array, with their ascending row numbers (int64).</summary>
    RowSparse = 1,

    /// <summary>A compressed sparse row matrix: values, column numbers and row pointers (int64).</summary>
    Csr = 2,
}
