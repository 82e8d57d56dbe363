using CoreEngine.Operators;

namespace CoreEngine;

public sealed unsafe partial class NDArray
{
    /// <summary>A sparse array of zeros: nothing is stored.</summary>
    /// <param name="storage">Row-sparse, or CSR for a matrix; <see cref="StorageType.Default"/> gives a dense array of zeros.</param>
    /// <param name="shape">The dense shape.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="device">Where it lives; the default is <c>cpu(0)</c>.</param>
    /// <exception cref="EngineException">The shape is not fully known, or a CSR matrix is not of rank 2.</exception>
    public static NDArray Zeros(StorageType storage, Shape shape, DType dtype = DType.Float32, Device? device = null) =>
        storage is StorageType.RowSparse or StorageType.Csr
            ? new NDArray(storage, shape, dtype, device ?? Device.Cpu())
            : Zeros(shape, dtype, device);

    /// <summary>A new array that is stored like this: a dense one with arbitrary values, a sparse one of zeros.</summary>
    internal static NDArray New(StorageType storage, Shape shape, DType dtype, Device device) =>
        storage == StorageType.Default ? new NDArray(shape, dtype, device) : new NDArray(storage, shape, dtype, device);

    /// <summary>A row-sparse array: some rows of a dense one. The parts are copied, asynchronously.</summary>
    /// <param name="rows">The stored rows, shape (stored, ...).</param>
    /// <param name="indices">Their row numbers, ascending, int64, shape (stored,).</param>
    /// <param name="shape">The dense shape.</param>
    /// <exception cref="EngineException">
    /// The parts do not fit each other. Row numbers that do not ascend or lie outside are found when the array is waited for.
    /// </exception>
    public static NDArray RowSparse(NDArray rows, NDArray indices, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(indices);
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

        var array = new NDArray(StorageType.RowSparse, shape, rows.DType, rows.Device);
        SparseParts.Join(array, rows, indices, rowPointers: null);
        return array;
    }

    /// <summary>A compressed sparse row matrix. The parts are copied, asynchronously.</summary>
    /// <param name="values">The stored values, shape (stored,).</param>
    /// <param name="columns">Their column numbers, int64, shape (stored,).</param>
    /// <param name="rowPointers">Where each row starts, int64, shape (rows + 1,).</param>
    /// <param name="shape">The dense shape, rank 2.</param>
    /// <exception cref="EngineException">
    /// The parts do not fit each other. Column numbers or row pointers that lie outside are found when the array is waited for.
    /// </exception>
    public static NDArray Csr(NDArray values, NDArray columns, NDArray rowPointers, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rowPointers);
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

        var array = new NDArray(StorageType.Csr, shape, values.DType, values.Device);
        SparseParts.Join(array, values, columns, rowPointers);
        return array;
    }

    /// <summary>
    /// A compressed sparse row matrix of scattered elements, in any order; elements at one place are added up. The parts
    /// are read asynchronously.
    /// </summary>
    /// <param name="values">The elements, shape (n,).</param>
    /// <param name="rows">Their row numbers, int64, shape (n,).</param>
    /// <param name="columns">Their column numbers, int64, shape (n,).</param>
    /// <param name="shape">The dense shape, rank 2.</param>
    /// <exception cref="EngineException">
    /// The parts do not fit each other. Numbers that lie outside are found when the array is waited for.
    /// </exception>
    public static NDArray CsrFromCoordinates(NDArray values, NDArray rows, NDArray columns, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        bool fits =
            shape.Rank == 2
            && values.Rank == 1
            && rows.Shape == values.Shape
            && columns.Shape == values.Shape
            && rows.DType == DType.Int64
            && columns.DType == DType.Int64;
        if (!fits)
        {
            throw new EngineException(
                $"CsrFromCoordinates: values {values.Shape}, rows {rows.Shape} and columns {columns.Shape} do not describe "
                    + $"a matrix {shape}; rows and columns must be int64, one each per value."
            );
        }

        if (values.Size > Array.MaxLength || shape[0] >= Array.MaxLength)
        {
            throw new EngineException(
                $"CsrFromCoordinates: {values.Size} elements of a matrix {shape} are more than this sorts; sort them and "
                    + "use Csr."
            );
        }

        var array = new NDArray(StorageType.Csr, shape, values.DType, values.Device);
        SparseParts.Gather(array, values, rows, columns);
        return array;
    }

    /// <summary>How the values are stored.</summary>
    public StorageType StorageType { get; }

    /// <summary>Number of stored rows (row-sparse), stored values (CSR) or elements (dense), after waiting for pending writes.</summary>
    public long StoredCount
    {
        get
        {
            if (Storage.Sparse is not { } sparse)
                return Size;
            WaitToRead();
            return sparse.StoredCount;
        }
    }

    /// <summary>
    /// A copy of the stored values, rows (stored, ...) or values (stored,), after waiting for pending writes; a dense array
    /// itself as another handle. Where nothing is stored, the first extent is 0, and operators refuse the copy.
    /// </summary>
    public NDArray StoredValues()
    {
        if (Storage.Sparse is not { } sparse)
            return Detach();
        WaitToRead();
        return CopyOf(sparse.View.Data, sparse.StoredShape, DType);
    }

    /// <summary>
    /// A copy of the row numbers (row-sparse) or column numbers (CSR), int64, shape (stored,), after waiting for pending writes.
    /// </summary>
    /// <exception cref="EngineException">The array is dense.</exception>
    public NDArray StoredIndices()
    {
        SparseStorage sparse = RequireSparse(nameof(StoredIndices));
        WaitToRead();
        return CopyOf(sparse.View.Indices, new Shape([sparse.StoredCount]), DType.Int64);
    }

    /// <summary>A copy of where each row of a CSR matrix starts, int64, shape (rows + 1,), after waiting for pending writes.</summary>
    /// <exception cref="EngineException">The array is no CSR matrix.</exception>
    public NDArray StoredRowPointers()
    {
        SparseStorage sparse = RequireSparse(nameof(StoredRowPointers));
        if (sparse.Type != StorageType.Csr)
            throw new EngineException("StoredRowPointers: a row-sparse array has none; only a CSR matrix does.");
        WaitToRead();
        return CopyOf(sparse.View.RowPointers, new Shape([Shape[0] + 1]), DType.Int64);
    }

    /// <summary>The same values stored in another way, asynchronously; the array itself, as another handle, when it is stored so.</summary>
    /// <exception cref="EngineException">The array cannot be stored like this: a CSR matrix has rank 2.</exception>
    public NDArray ToStorage(StorageType storage)
    {
        return storage == StorageType ? Share() : Imperative.Call(StorageCast.To(storage), this);
    }

    /// <summary>A dense copy of a sparse array; a dense array itself as another handle.</summary>
    public NDArray ToDense() => ToStorage(StorageType.Default);

    /// <summary>Those of a row-sparse array's stored rows that have one of these numbers, asynchronously.</summary>
    /// <param name="rows">The row numbers, in any order; rows that are not stored stay zero.</param>
    /// <exception cref="EngineException">The array is not row-sparse.</exception>
    public NDArray Retain(NDArray rows)
    {
        if (StorageType != StorageType.RowSparse)
            throw new EngineException($"Retain: the array is {StorageType}; only a row-sparse one has rows to retain.");
        return Imperative.Call("_sparse_retain", this, rows);
    }

    /// <summary>
    /// Checks, after waiting, that a sparse array's numbers are what its storage type asks for. They always are, unless
    /// an operator errs; a dense array passes.
    /// </summary>
    /// <exception cref="EngineException">
    /// Row numbers do not ascend or lie outside; row pointers do not rise from 0 to the number of stored values; or a column
    /// number lies outside.
    /// </exception>
    public void CheckFormat() => CheckFormat(ascends: false);

    /// <summary>As <see cref="CheckFormat()"/>.</summary>
    /// <param name="ascends">Whether the column numbers within a row of a CSR matrix must ascend, too, without repeating.</param>
    internal void CheckFormat(bool ascends)
    {
        WaitToRead();
        if (Storage.Sparse is { } sparse)
        {
            SparseParts.Check(sparse.View);
            if (ascends && sparse.Type == StorageType.Csr)
                SparseParts.CheckColumnsAscend(sparse.View);
        }

        GC.KeepAlive(this);
    }

    private NDArray CopyOf(void* from, Shape shape, DType dtype)
    {
        var copy = new NDArray(shape, dtype, Device, ByteLength(shape, dtype));
        long bytes = shape.Size * dtype.ItemSize();
        System.Buffer.MemoryCopy(from, copy.Pointer, bytes, bytes);
        GC.KeepAlive(this);
        return copy;
    }

    private SparseStorage RequireSparse(string operation) =>
        Storage.Sparse ?? throw new EngineException($"{operation}: the array is dense; it stores no numbers.");

    private void RequireDense(string operation)
    {
        if (StorageType != StorageType.Default)
        {
            throw new EngineException(
                $"{operation}: a {StorageType} array has no views of its values; take ToDense() first."
            );
        }
    }
}
