using CoreEngine.Runtime;

namespace CoreEngine.Operators;

/// <summary>
/// What a sparse array holds: its stored values and where they belong. Whoever writes the array replaces all of it, and
/// only then is it known how much is stored.
/// </summary>
/// <remarks>
/// The array's variable orders access. Row numbers ascend strictly and lie within the shape; row pointers ascend from 0 to
/// the number of stored values; column numbers lie within the shape, in any order within a row. Kernels rely on that.
/// </remarks>
public sealed unsafe class SparseStorage
{
    private Contents _contents;

    // What was held before the running operation began to replace it: the operation may still be reading it.
    private Contents _previous;
    private bool _isReplaced;

    /// <summary>An array of zeros: nothing is stored.</summary>
    /// <param name="type">Row-sparse or CSR.</param>
    /// <param name="shape">The dense shape; of rank 2 for CSR.</param>
    /// <param name="dtype">The type of the values.</param>
    /// <param name="device">Where they live.</param>
    public SparseStorage(StorageType type, Shape shape, DType dtype, Device device)
    {
        Type = type;
        Shape = shape;
        DType = dtype;
        Device = device;
        _contents = Reserve(0);
    }

    /// <summary>Row-sparse or CSR.</summary>
    public StorageType Type { get; }

    /// <summary>The dense shape.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the values.</summary>
    public DType DType { get; }

    /// <summary>Where the values live.</summary>
    public Device Device { get; }

    /// <summary>Number of stored rows (row-sparse) or values (CSR).</summary>
    public long StoredCount => _contents.Count;

    /// <summary>The shape of the stored values: (stored, ...) or (stored,).</summary>
    public Shape StoredShape => Type == StorageType.RowSparse ? Shape.With(0, StoredCount) : new Shape([StoredCount]);

    /// <summary>The array as a kernel sees it. Valid until it is replaced.</summary>
    public TensorView View =>
        new(
            Address(_contents.Values),
            Shape,
            DType,
            Type,
            _contents.Count,
            (long*)Address(_contents.Indices),
            (long*)Address(_contents.RowPointers)
        );

    /// <summary>
    /// Makes room for new contents, not cleared; the caller fills in all of it. What was there before stays readable
    /// until <see cref="Settle"/>.
    /// </summary>
    /// <param name="storedCount">Number of rows (row-sparse) or values (CSR) that shall be stored.</param>
    /// <exception cref="DeviceOutOfMemoryException">There is not that much memory.</exception>
    public TensorView Allocate(long storedCount)
    {
        Contents reserved = Reserve(storedCount);
        if (_isReplaced)
            _contents.Release();
        else
            _previous = _contents;
        _contents = reserved;
        _isReplaced = true;
        return View;
    }

    /// <summary>Ends a replacement.</summary>
    /// <param name="isWhole">False takes back what was there before: the new contents were not finished.</param>
    public void Settle(bool isWhole)
    {
        if (!_isReplaced)
            return;
        _isReplaced = false;
        if (isWhole)
        {
            _previous.Release();
        }
        else
        {
            _contents.Release();
            _contents = _previous;
        }

        _previous = default;
    }

    /// <summary>Calls a kernel that may replace sparse arrays; when it fails, they hold what they held before.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="context">Its arguments.</param>
    /// <param name="arrays">The sparse ones among them.</param>
    public static void Run(KernelFunction kernel, ref KernelContext context, ReadOnlySpan<SparseStorage?> arrays)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        bool isWhole = false;
        try
        {
            kernel(ref context);
            isWhole = true;
        }
        finally
        {
            foreach (SparseStorage? array in arrays)
            {
                array?.Settle(isWhole);
            }
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        Settle(isWhole: true);
        _contents.Release();
        _contents = default;
    }

    private Contents Reserve(long count)
    {
        StoragePool pool = StoragePool.For(Device);
        long rowElements = Type == StorageType.RowSparse ? Shape.Product(1, Shape.Rank) : 1;
        var contents = new Contents { Count = count };
        try
        {
            if (count > 0)
            {
                contents.Values = pool.Lease(checked(count * rowElements * DType.ItemSize()));
                contents.Indices = pool.Lease(checked(count * sizeof(long)));
            }

            if (Type == StorageType.Csr)
            {
                contents.RowPointers = pool.Lease(checked((Shape[0] + 1) * sizeof(long)));
                if (count == 0)
                    Kernels.Elementwise.Fill(DType.Int64, 0, contents.RowPointers.Pointer, Shape[0] + 1);
            }
        }
        catch
        {
            contents.Release();
            throw;
        }

        return contents;
    }

    private static void* Address(MemoryLease lease) => lease.IsLent ? lease.Pointer : null;

    private struct Contents
    {
        internal MemoryLease Values;
        internal MemoryLease Indices;
        internal MemoryLease RowPointers;
        internal long Count;

        internal readonly void Release()
        {
            Values.Dispose();
            Indices.Dispose();
            RowPointers.Dispose();
        }
    }
}
