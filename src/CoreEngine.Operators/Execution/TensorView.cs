namespace CoreEngine.Operators;

/// <summary>
/// An array as a kernel sees it: memory, shape and type. Valid only while the kernel runs; it owns nothing.
/// </summary>
/// <remarks>
/// Dense arrays are contiguous and row-major. Of a row-sparse array <see cref="Data"/> holds the stored rows and
/// <see cref="Indices"/> their ascending row numbers; of a CSR matrix it holds the stored values,
/// <see cref="Indices"/> their column numbers and <see cref="RowPointers"/> where each row starts.
/// </remarks>
public unsafe struct TensorView
{
    /// <summary>A dense array.</summary>
    public TensorView(void* data, Shape shape, DType dtype)
    {
        Data = data;
        Shape = shape;
        DType = dtype;
    }

    /// <summary>An output that nobody wants: its shape and type, but no memory.</summary>
    public static TensorView Nothing(Shape shape, DType dtype) => new(null, shape, dtype);

    /// <summary>A sparse array.</summary>
    public TensorView(
        void* data,
        Shape shape,
        DType dtype,
        StorageType storage,
        long stored,
        long* indices,
        long* rowPointers
    )
        : this(data, shape, dtype)
    {
        Storage = storage;
        StoredCount = stored;
        Indices = indices;
        RowPointers = rowPointers;
    }

    /// <summary>The first element.</summary>
    public void* Data { readonly get; internal set; }

    /// <summary>The (dense) shape.</summary>
    public Shape Shape { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>How the values are stored.</summary>
    public StorageType Storage { get; }

    /// <summary>Number of stored rows (row-sparse) or values (CSR).</summary>
    public long StoredCount { get; }

    /// <summary>Row numbers (row-sparse) or column numbers (CSR).</summary>
    public long* Indices { get; }

    /// <summary>Where each row of a CSR matrix starts, one more entry than rows.</summary>
    public long* RowPointers { get; }

    /// <summary>Number of elements of the dense shape.</summary>
    public readonly long Size => Shape.Size;

    /// <summary>The elements as a typed pointer; the caller knows the type.</summary>
    public readonly T* As<T>()
        where T : unmanaged => (T*)Data;
}
