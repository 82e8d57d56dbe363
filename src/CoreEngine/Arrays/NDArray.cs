using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>
/// A typed n-dimensional array on a device. Operations on it are asynchronous: they are scheduled and return at once;
/// reading the values waits for them.
/// </summary>
/// <remarks>
/// Views (<see cref="Slice"/>, <see cref="Reshape(long[])"/>, indexing) share memory and ordering with their source.
/// <see cref="Dispose"/> gives the memory back promptly, after the operations that use it; an array that is forgotten is
/// collected. Different threads may use one array at the same time.
/// </remarks>
public sealed unsafe partial class NDArray : IDisposable
{
    private ArrayStorage? _storage;
    private readonly long _byteOffset;

    /// <summary>A new array; its values are arbitrary until something writes them.</summary>
    /// <param name="shape">Extents, each at least 1.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="device">Where it lives; the default is <c>cpu(0)</c>.</param>
    /// <exception cref="EngineException">The shape is not fully known, no such device, or no memory left.</exception>
    public NDArray(Shape shape, DType dtype = DType.Float32, Device? device = null)
    {
        if (!shape.IsKnown)
        {
            throw new EngineException(
                $"An array needs a shape of rank 1 or more with extents of at least 1; {shape} is not one."
            );
        }

        Shape = shape;
        DType = dtype;
        _storage = ArrayStorage.Allocate(device ?? Device.Cpu(), ByteLength(shape, dtype));
        ArrayScope.Add(this);
    }

    /// <summary>An array whose shape is known to be one, and how many bytes it takes.</summary>
    internal NDArray(Shape shape, DType dtype, Device device, long bytes)
    {
        Shape = shape;
        DType = dtype;
        _storage = ArrayStorage.Allocate(device, bytes);
        ArrayScope.Add(this);
    }

    /// <summary>A sparse array of zeros.</summary>
    internal NDArray(StorageType storage, Shape shape, DType dtype, Device device)
    {
        if (!shape.IsKnown || (storage == StorageType.Csr && shape.Rank != 2))
        {
            throw new EngineException(
                $"A {storage} array cannot have the shape {shape}: extents are at least 1, and a CSR matrix has two of them."
            );
        }

        Shape = shape;
        DType = dtype;
        StorageType = storage;
        _storage = ArrayStorage.Of(new SparseStorage(storage, shape, dtype, device));
        ArrayScope.Add(this);
    }

    private NDArray(ArrayStorage storage, long byteOffset, Shape shape, DType dtype)
    {
        storage.Retain();
        _storage = storage;
        StorageType = storage.Sparse?.Type ?? StorageType.Default;
        _byteOffset = byteOffset;
        Shape = shape;
        DType = dtype;
        ArrayScope.Add(this);
    }

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>Where the memory is.</summary>
    public Device Device => Storage.Device;

    /// <summary>Number of dimensions.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Number of elements of the (dense) shape.</summary>
    public long Size => Shape.Size;

    /// <summary>True after <see cref="Dispose"/>.</summary>
    public bool IsDisposed => _storage is null;

    internal ArrayStorage Storage => _storage ?? throw new ObjectDisposedException(nameof(NDArray));

    /// <summary>Orders access to this array and all its views.</summary>
    internal Var Variable => Storage.Variable;

    internal byte* Pointer => Storage.Pointer + _byteOffset;

    /// <summary>The array as a kernel sees it; of a sparse one only while nothing else writes it.</summary>
    internal TensorView View => Storage.Sparse?.View ?? new TensorView(Pointer, Shape, DType);

    /// <summary>Lets go of the memory: it returns to its pool when the last operation that uses it has finished.</summary>
    public void Dispose()
    {
        ArrayStorage? storage = Interlocked.Exchange(ref _storage, null);
        storage?.Release();
    }

    /// <summary>Another handle on the same memory, with a lifetime of its own and without a place in a recorded graph.</summary>
    public NDArray Detach() => ViewOf(Shape, elementOffset: 0);

    /// <summary>
    /// Rows <paramref name="start"/> up to, not including, <paramref name="stop"/> of axis 0: a view, of a CSR matrix a copy.
    /// </summary>
    /// <exception cref="EngineException">The range is empty or outside the array, or the array is row-sparse.</exception>
    public NDArray Slice(long start, long stop)
    {
        if (StorageType != StorageType.Csr)
            RequireDense(nameof(Slice));
        long rows = Shape[0];
        if (start < 0 || stop > rows || start >= stop)
        {
            throw new EngineException(
                $"Slice: rows {start} to {stop} of an array {Shape} do not exist; ask for 0 <= start < stop <= {rows}."
            );
        }

        if (StorageType == StorageType.Csr)
            return Imperative.Call("slice", new SliceParameters { Begin = [start], End = [stop] }, this);
        NDArray view = ViewOf(Shape.With(0, stop - start), start * (Size / rows));
        Tape.RecordView(
            this,
            view,
            "slice_axis",
            new SliceAxisParameters
            {
                Axis = 0,
                Begin = start,
                End = stop,
            }
        );
        return view;
    }

    /// <summary>One row of axis 0 as a view without that axis; of a vector, a view of one element.</summary>
    public NDArray this[long index]
    {
        get
        {
            long row = index < 0 ? index + Shape[0] : index;
            NDArray slice = Slice(row, row + 1);
            return Rank == 1 ? slice : slice.Reshape(new Shape(Shape.Dims[1..]));
        }
    }

    /// <summary>A range of rows of axis 0 as a view, of a CSR matrix as a copy.</summary>
    public NDArray this[Range rows]
    {
        get
        {
            // Not with the range's own method, which counts in 32 bits.
            long count = Shape[0];
            return Slice(Place(rows.Start, count), Place(rows.End, count));
        }
    }

    private static long Place(Index index, long count) => index.IsFromEnd ? count - index.Value : index.Value;

    /// <summary>A view of the same values in another shape.</summary>
    /// <param name="dims">The new extents; one may be -1 (deduced), and 0 copies the extent at its place.</param>
    /// <exception cref="EngineException">The number of elements differs.</exception>
    public NDArray Reshape(params long[] dims)
    {
        long known = 1;
        int unknown = -1;
        long[] extents = (long[])dims.Clone();
        for (int i = 0; i < extents.Length; i++)
        {
            if (extents[i] == 0 && i < Rank)
                extents[i] = Shape[i];
            if (extents[i] == -1 && unknown < 0)
                unknown = i;
            else if (extents[i] <= 0)
                throw ReshapeError(dims);
            else
                known = checked(known * extents[i]);
        }

        if (unknown >= 0)
            extents[unknown] = Size / known;
        if (extents.Length == 0 || extents.Contains(0) || new Shape(extents).Size != Size)
            throw ReshapeError(dims);
        return Reshape(new Shape(extents));
    }

    private EngineException ReshapeError(long[] dims) =>
        new($"Reshape: an array {Shape} of {Size} elements cannot become ({string.Join(",", dims)}).");

    /// <summary>A view of the same values in another shape with as many elements.</summary>
    /// <exception cref="EngineException">The number of elements differs.</exception>
    public NDArray Reshape(Shape shape)
    {
        RequireDense(nameof(Reshape));
        if (shape.Size != Size)
            throw ReshapeError(shape.Dims.ToArray());
        NDArray view = ViewOf(shape, elementOffset: 0);
        Tape.RecordView(this, view, "Reshape", new ReshapeParameters { Shape = shape.Dims.ToArray() });
        return view;
    }

    /// <summary>A view of the first elements in another shape; autograd does not see it.</summary>
    /// <exception cref="EngineException">The shape has more elements than the array.</exception>
    internal NDArray FirstElements(Shape shape)
    {
        RequireDense(nameof(FirstElements));
        return shape.Size <= Size ? ViewOf(shape, elementOffset: 0) : throw ReshapeError(shape.Dims.ToArray());
    }

    private NDArray ViewOf(Shape shape, long elementOffset) =>
        new(Storage, _byteOffset + (elementOffset * DType.ItemSize()), shape, DType);

    /// <summary>True when the two arrays' bytes overlap; both must live in one storage.</summary>
    internal bool SharesMemoryWith(NDArray other) =>
        _byteOffset < other._byteOffset + ByteLength(other.Shape, other.DType)
        && other._byteOffset < _byteOffset + ByteLength(Shape, DType);

    /// <summary>True when the two arrays' elements lie in the same place; both must live in one storage.</summary>
    internal bool IsSamePlaceAs(NDArray other) =>
        _byteOffset == other._byteOffset && DType == other.DType && Size == other.Size;

    private static long ByteLength(Shape shape, DType dtype)
    {
        try
        {
            return checked(shape.Size * dtype.ItemSize());
        }
        catch (OverflowException)
        {
            throw new EngineException($"An array {shape} of {dtype.Name()} would exceed 64-bit addresses.");
        }
    }

    /// <summary>Shape, type, storage and device; not the values, which would have to be waited for.</summary>
    public override string ToString() =>
        IsDisposed ? "NDArray (disposed)"
        : StorageType == StorageType.Default ? $"NDArray {Shape} {DType.Name()} @{Device}"
        : $"NDArray {Shape} {DType.Name()} {StorageType} @{Device}";
}
