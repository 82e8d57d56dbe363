using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>
/// Collects the parts of a sparse array that C sets one after the other, each with a number of elements of its own. The
/// engine's sparse arrays are always whole, so the parts wait here until they fit each other.
/// </summary>
internal sealed class SparseAssembly(NDArray target) : IDisposable
{
    private readonly NDArray?[] _numbers = new NDArray?[target.StorageType == StorageType.Csr ? 2 : 1];
    private NDArray? _values;

    /// <summary>Sets one part to a copy of a dense array.</summary>
    /// <param name="part">-1 for the values; else the list of numbers, as MXNet counts them.</param>
    /// <param name="source">The dense array.</param>
    /// <returns>True when the array has been made of its parts, false while some are missing.</returns>
    internal bool Set(int part, NDArray source)
    {
        NDArray copy = Copy(source, part < 0 ? target.DType : DType.Int64);
        ref NDArray? place = ref part < 0 ? ref _values : ref _numbers[part];
        place?.Dispose();
        place = copy;
        return TryJoin();
    }

    public void Dispose()
    {
        _values?.Dispose();
        foreach (NDArray? numbers in _numbers)
        {
            numbers?.Dispose();
        }
    }

    private bool TryJoin()
    {
        bool isCsr = target.StorageType == StorageType.Csr;
        // Parts that are not set stay as they are. These copies are left to the collector: the engine may still read them.
        NDArray values = _values ?? target.StoredValues();
        NDArray indices = _numbers[^1] ?? target.StoredIndices();
        NDArray? rowPointers = isCsr ? _numbers[0] ?? target.StoredRowPointers() : null;
        Shape stored = isCsr ? new Shape([indices.Size]) : target.Shape.With(0, indices.Size);
        bool fits = values.Shape == stored && indices.Rank == 1;
        fits &= rowPointers is null || (rowPointers.Rank == 1 && rowPointers.Size == target.Shape[0] + 1);
        if (fits)
            SparseParts.Join(target, values, indices, rowPointers);
        return fits;
    }

    private static NDArray Copy(NDArray source, DType dtype)
    {
        // Operators take no arrays without elements.
        if (source.Size == 0)
            return new NDArray(source.Shape, dtype, source.Device, bytes: 0);
        return source.DType == dtype ? source.Copy() : source.AsType(dtype);
    }
}
