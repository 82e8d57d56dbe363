using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>What a sparse array has beside its stored values. It owns handles of its own on the index arrays.</summary>
internal sealed class SparseLayout : IDisposable
{
    internal SparseLayout(StorageType type, long storedCount, NDArray indices, NDArray? rowPointers)
    {
        Type = type;
        StoredCount = storedCount;
        // They live as long as the sparse array, not as long as the scope that is open now.
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        Indices = indices.Detach();
        RowPointers = rowPointers?.Detach();
    }

    internal StorageType Type { get; }

    internal long StoredCount { get; }

    internal NDArray Indices { get; }

    internal NDArray? RowPointers { get; }

    internal unsafe TensorView View(byte* values, Shape shape, DType dtype) =>
        new(
            values,
            shape,
            dtype,
            Type,
            StoredCount,
            (long*)Indices.Pointer,
            RowPointers is null ? null : (long*)RowPointers.Pointer
        );

    internal SparseLayout Share() => new(Type, StoredCount, Indices, RowPointers);

    public void Dispose()
    {
        Indices.Dispose();
        RowPointers?.Dispose();
    }
}
