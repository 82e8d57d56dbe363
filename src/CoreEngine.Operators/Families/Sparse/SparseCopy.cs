using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Copies an array as it is stored.</summary>
internal static unsafe class SparseCopy
{
    /// <summary>The output is stored as the input is.</summary>
    internal static bool InferStorage(StorageInference storage) => storage.SetOutput(0, storage.Input(0));

    internal static void Run(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        if (x.Storage == StorageType.Default)
        {
            ElementwiseRegistration.RunUnary<Identity>(ref context);
            return;
        }

        // In place there is nothing to do.
        if (!context.Wants(0) || context.Request(0) == Request.WriteInplace)
            return;
        TensorView y = context.Allocate(0, x.StoredCount);
        long rowElements = x.Storage == StorageType.RowSparse ? x.Shape.Product(1, x.Shape.Rank) : 1;
        Copy(x.Data, y.Data, x.StoredCount * rowElements * x.DType.ItemSize());
        Copy(x.Indices, y.Indices, x.StoredCount * sizeof(long));
        if (x.Storage == StorageType.Csr)
            Copy(x.RowPointers, y.RowPointers, (x.Shape[0] + 1) * sizeof(long));
    }

    private static void Copy(void* from, void* to, long bytes) => System.Buffer.MemoryCopy(from, to, bytes, bytes);
}
