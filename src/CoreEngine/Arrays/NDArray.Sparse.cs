namespace CoreEngine;

public sealed partial class NDArray
{
    private SparseLayout? _sparse;

    /// <summary>How the values are stored.</summary>
    public StorageType StorageType => _sparse?.Type ?? StorageType.Default;

    internal SparseLayout? Sparse => _sparse;

    /// <summary>A row-sparse array: some rows of a dense one.</summary>
    /// <param name="rows">The stored rows, shape (stored, ...).</param>
    /// <param name="indices">Their row numbers, ascending, int64, shape (stored,).</param>
    /// <param name="shape">The dense shape.</param>
    /// <exception cref="EngineException">The parts do not fit each other.</exception>
    public static NDArray RowSparse(NDArray rows, NDArray indices, Shape shape)
    {
        bool fits =
            rows.Rank == shape.Rank
            && rows.Shape.Dims[1..].SequenceEqual(shape.Dims[1..])
            && rows.Shape[0] <= shape[0]
            && indices.Rank == 1
            && indices.Shape[0] == rows.Shape[0]
            && indices.DType == DType.Int64;
        if (!fits)
        {
            throw new EngineException(
                $"RowSparse: rows {rows.Shape} and indices {indices.Shape} {indices.DType.Name()} do not describe an "
                    + $"array {shape}; indices must be int64, one per stored row."
            );
        }

        return new NDArray(rows.Storage, rows._byteOffset, shape, rows.DType)
        {
            _sparse = new SparseLayout(StorageType.RowSparse, rows.Shape[0], indices, rowPointers: null),
        };
    }

    /// <summary>A compressed sparse row matrix.</summary>
    /// <param name="values">The stored values, shape (stored,).</param>
    /// <param name="columns">Their column numbers, int64, shape (stored,).</param>
    /// <param name="rowPointers">Where each row starts, int64, shape (rows + 1,).</param>
    /// <param name="shape">The dense shape, rank 2.</param>
    /// <exception cref="EngineException">The parts do not fit each other.</exception>
    public static NDArray Csr(NDArray values, NDArray columns, NDArray rowPointers, Shape shape)
    {
        bool fits =
            shape.Rank == 2
            && values.Rank == 1
            && columns.Shape == values.Shape
            && rowPointers.Rank == 1
            && rowPointers.Shape[0] == shape[0] + 1
            && columns.DType == DType.Int64
            && rowPointers.DType == DType.Int64;
        if (!fits)
        {
            throw new EngineException(
                $"Csr: values {values.Shape}, columns {columns.Shape} and row pointers {rowPointers.Shape} do not "
                    + $"describe a matrix {shape}; columns and row pointers must be int64."
            );
        }

        return new NDArray(values.Storage, values._byteOffset, shape, values.DType)
        {
            _sparse = new SparseLayout(StorageType.Csr, values.Shape[0], columns, rowPointers),
        };
    }

    /// <summary>The stored values of a sparse array: rows (stored, ...) or values (stored,); the array itself when dense.</summary>
    public NDArray StoredValues() =>
        _sparse is null ? Detach()
        : _sparse.Type == StorageType.RowSparse
            ? new NDArray(Storage, _byteOffset, Shape.With(0, _sparse.StoredCount), DType)
        : new NDArray(Storage, _byteOffset, new Shape(_sparse.StoredCount), DType);

    /// <summary>Row numbers (row-sparse) or column numbers (CSR); null when dense.</summary>
    public NDArray? Indices => _sparse?.Indices;

    /// <summary>Where each row of a CSR matrix starts; null otherwise.</summary>
    public NDArray? RowPointers => _sparse?.RowPointers;

    /// <summary>A dense copy of a sparse array; a dense array itself as another handle.</summary>
    public NDArray ToDense()
    {
        if (_sparse is null)
            return Detach();
        var dense = new NDArray(Shape, DType, Device);
        SparseConversion.Densify(this, dense);
        return dense;
    }

    private void RequireDense(string operation)
    {
        if (_sparse is not null)
        {
            throw new EngineException(
                $"{operation}: a {StorageType} array has no views of its values; take ToDense() first."
            );
        }
    }
}
