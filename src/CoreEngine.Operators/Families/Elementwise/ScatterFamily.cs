using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Arithmetic on the stored elements of sparse arrays alone: what is not stored stays zero. On dense arrays these are the
/// operators without the prefix.
/// </summary>
internal static unsafe class ScatterFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Scalar<Add>(registry, "_scatter_plus_scalar");
        Scalar<Subtract>(registry, "_scatter_minus_scalar");
        registry.Add(
            new OperatorDef("_scatter_elemwise_div")
            {
                Inputs = ["lhs", "rhs"],
                Inplace = [(0, 0)],
                InferStorage = storage =>
                    storage.Input(0) == StorageType.RowSparse && storage.SetOutput(0, StorageType.RowSparse),
                Gradient = c => BinaryRegistration.SetFused(c, "_backward_elemwise_div"),
                Kernel = DivideStored,
            }
        );
    }

    private static void Scalar<TOp>(OperatorRegistry registry, string name)
        where TOp : struct, IBinaryOp =>
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = () => new ScalarParameters(),
                Inplace = [(0, 0)],
                InferStorage = StorageRules.Keep,
                Gradient = Gradient.Identity,
                Kernel = ElementwiseRegistration.RunScalarRight<TOp>,
            }
        );

    private static void DivideStored(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        TensorView divisor = context.Input(1);
        if (x.Storage == StorageType.Default)
        {
            ElementwiseRegistration.RunBinary<Divide>(ref context);
            return;
        }

        if (!context.Wants(0))
            return;
        TensorView y = SparseViews.AllocateLike(ref context, 0, x);
        if (divisor.Storage == StorageType.RowSparse)
        {
            RowSparseElementwise.BinaryOnLeft<Divide>(x.AsRows(), divisor.AsRows(), y.Data);
            return;
        }

        TensorView dense = SparseViews.Densified(ref context, divisor);
        RowSparseElementwise.BinaryOnLeft<Divide>(x.AsRows(), dense.Data, y.Data);
    }
}
