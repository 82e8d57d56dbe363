using CoreEngine.Runtime;

namespace CoreEngine.Files;

/// <summary>An array as a file holds it, in host memory, before it becomes one to compute with.</summary>
/// <remarks>
/// Arrays that a reader returns own leases of a pool. Whoever takes a lease over (it is the same loan, not a copy of the
/// bytes) leaves the array undisposed; everybody else disposes of the array.
/// </remarks>
public sealed class StoredArray : IDisposable
{
    /// <summary>A dense array.</summary>
    /// <param name="data">Its values; rank 0 for the empty array.</param>
    /// <param name="device">The device that the file names; <c>cpu(0)</c> when null.</param>
    public StoredArray(StoredBlock data, Device? device = null)
        : this(StorageType.Default, data.Shape, data, [], device) { }

    private StoredArray(
        StorageType storage,
        Shape shape,
        StoredBlock data,
        IReadOnlyList<StoredBlock> indices,
        Device? device
    )
    {
        Storage = storage;
        Shape = shape;
        Data = data;
        Indices = indices;
        Device = device ?? Device.Cpu();
    }

    /// <summary>How the values are kept.</summary>
    public StorageType Storage { get; }

    /// <summary>The extents of the array; rank 0 for the empty array.</summary>
    public Shape Shape { get; }

    /// <summary>The element type.</summary>
    public DType DType => Data.DType;

    /// <summary>The stored values: all of them, the kept rows, or a vector of the kept elements.</summary>
    public StoredBlock Data { get; }

    /// <summary>
    /// None for dense arrays; the row numbers for <see cref="StorageType.RowSparse"/>; the row starts and the column
    /// numbers for <see cref="StorageType.Csr"/>.
    /// </summary>
    public IReadOnlyList<StoredBlock> Indices { get; }

    /// <summary>The device that the array was on when it was saved; the values are in host memory all the same.</summary>
    public Device Device { get; }

    /// <summary>True for an array without shape and values.</summary>
    public bool IsEmpty => Shape.Rank == 0;

    /// <summary>An array of some whole rows, the others zero.</summary>
    /// <param name="shape">The extents of the whole array.</param>
    /// <param name="data">The kept rows: extents as <paramref name="shape"/>, the first being their number.</param>
    /// <param name="rows">Their row numbers, ascending.</param>
    /// <param name="device">The device that the file names; <c>cpu(0)</c> when null.</param>
    public static StoredArray RowSparse(Shape shape, StoredBlock data, StoredBlock rows, Device? device = null) =>
        new(StorageType.RowSparse, shape, data, [rows], device);

    /// <summary>A matrix in compressed sparse rows.</summary>
    /// <param name="shape">The matrix's extents.</param>
    /// <param name="data">The kept elements, row by row.</param>
    /// <param name="rowStarts">Where each row starts in <paramref name="data"/>, and the end of the last.</param>
    /// <param name="columns">The column number of each kept element.</param>
    /// <param name="device">The device that the file names; <c>cpu(0)</c> when null.</param>
    public static StoredArray Csr(
        Shape shape,
        StoredBlock data,
        StoredBlock rowStarts,
        StoredBlock columns,
        Device? device = null
    ) => new(StorageType.Csr, shape, data, [rowStarts, columns], device);

    /// <summary>For formats that have only dense arrays with values.</summary>
    /// <exception cref="ArgumentException">The array is sparse or empty.</exception>
    internal void RequireDense(string format)
    {
        if (Storage != StorageType.Default || IsEmpty)
        {
            throw new ArgumentException(
                $"A {format} file holds dense arrays with values; make the array dense or use the .params format."
            );
        }
    }

    /// <summary>Gives the memory of the values and indices back to its pool.</summary>
    public void Dispose()
    {
        Data.Lease.Dispose();
        foreach (StoredBlock block in Indices)
        {
            block.Lease.Dispose();
        }
    }
}
