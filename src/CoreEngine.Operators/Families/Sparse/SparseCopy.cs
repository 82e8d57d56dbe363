using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Copies an array as it is stored, to one that may have another element type.</summary>
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
        TensorView y = SparseViews.AllocateLike(ref context, 0, x);
        Cast.Convert(x.DType, x.Data, y.DType, y.Data, x.StoredValues());
    }
}
