using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>What a sparse array has beside its stored values.</summary>
internal sealed class SparseLayout(StorageType type, long storedCount, NDArray indices, NDArray? rowPointers)
    : IDisposable
{
    internal StorageType Type { get; } = type;

    internal long StoredCount { get; } = storedCount;

    internal NDArray Indices { get; } = indices;

    internal NDArray? RowPointers { get; } = rowPointers;

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

    internal SparseLayout Share() => new(Type, StoredCount, Indices.Detach(), RowPointers?.Detach());

    public void Dispose()
    {
        Indices.Dispose();
        RowPointers?.Dispose();
    }
}
