using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>Between sparse and dense storage.</summary>
internal static unsafe class SparseConversion
{
    /// <summary>Schedules writing a sparse array's values into a dense one of the same shape and type.</summary>
    internal static void Densify(NDArray sparse, NDArray dense)
    {
        TensorView from = sparse.View;
        TensorView to = dense.View;
        int itemSize = sparse.DType.ItemSize();
        Engine.Default.Push(
            "cast_storage",
            () =>
            {
                Densify(from, to, itemSize);
                GC.KeepAlive(sparse);
                GC.KeepAlive(dense);
            },
            Reads(sparse),
            [dense.Variable],
            new PushOptions(dense.Device)
        );
    }

    /// <summary>The kernel that writes a sparse input's values into a dense output; it is never asked to add.</summary>
    internal static void Densify(ref KernelContext context) =>
        Densify(context.Input(0), context.Output(0), context.Output(0).DType.ItemSize());

    /// <summary>The variables of all parts of an array.</summary>
    internal static Var[] Reads(NDArray array) =>
        array.Sparse is not { } sparse ? [array.Variable]
        : sparse.RowPointers is null ? [array.Variable, sparse.Indices.Variable]
        : [array.Variable, sparse.Indices.Variable, sparse.RowPointers.Variable];

    private static void Densify(TensorView from, TensorView to, int itemSize)
    {
        long rowBytes = to.Shape.Product(1, to.Shape.Rank) * itemSize;
        byte* source = (byte*)from.Data;
        byte* target = (byte*)to.Data;
        for (long row = 0; row < to.Shape[0]; row++)
        {
            new Span<byte>(target + (row * rowBytes), checked((int)rowBytes)).Clear();
        }

        if (from.Storage == StorageType.RowSparse)
        {
            for (long i = 0; i < from.StoredCount; i++)
            {
                long row = CheckIndex(from.Indices[i], to.Shape[0]);
                System.Buffer.MemoryCopy(source + (i * rowBytes), target + (row * rowBytes), rowBytes, rowBytes);
            }

            return;
        }

        for (long row = 0; row < to.Shape[0]; row++)
        {
            for (long i = from.RowPointers[row]; i < from.RowPointers[row + 1]; i++)
            {
                long column = CheckIndex(from.Indices[CheckIndex(i, from.StoredCount)], to.Shape[1]);
                byte* element = target + (row * rowBytes) + (column * itemSize);
                System.Buffer.MemoryCopy(source + (i * itemSize), element, itemSize, itemSize);
            }
        }
    }

    private static long CheckIndex(long index, long limit) =>
        (ulong)index < (ulong)limit
            ? index
            : throw new EngineException($"A sparse array holds the index {index}, beyond its extent {limit}.");
}
