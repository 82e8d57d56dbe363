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
                Inplace = [(0, 0), (1, 0)],
                InferStorage = storage =>
                    storage.Input(0) == StorageType.RowSparse
                    && storage.Input(1) != StorageType.Csr
                    && storage.SetOutput(0, StorageType.Default),
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
                InferStorage = storage => storage.SetOutput(0, StorageType.Default),
                Gradient = Gradient.Identity,
                Kernel = RunScalar<TOp>,
            }
        );

    private static void RunScalar<TOp>(ref KernelContext context)
        where TOp : struct, IBinaryOp
    {
        TensorView x = context.Input(0);
        if (x.Storage == StorageType.Default)
        {
            ElementwiseRegistration.RunScalarRight<TOp>(ref context);
            return;
        }

        if (!context.Wants(0))
            return;
        TensorView y = StartWithZeros(ref context);
        double scalar = ElementwiseRegistration.ScalarOf(ref context, y.DType);
        int itemSize = y.DType.ItemSize();
        long stored = x.Storage == StorageType.Csr ? x.StoredCount : x.StoredCount * RowSize(x);
        var values = (byte*)context.Scratch(stored * itemSize);
        Kernels.Elementwise.BinaryScalar<TOp>(x.DType, x.Data, scalar, values, stored);
        if (x.Storage == StorageType.RowSparse)
        {
            for (long i = 0; i < x.StoredCount; i++)
            {
                Place(x, i, RowSize(x) * itemSize, values + (i * RowSize(x) * itemSize), y);
            }
        }
        else
        {
            for (long row = 0; row < x.Shape[0]; row++)
            {
                for (long i = x.RowPointers[row]; i < x.RowPointers[row + 1]; i++)
                {
                    long place = (row * x.Shape[1]) + x.Indices[i];
                    Copy(values + (i * itemSize), (byte*)y.Data + (place * itemSize), itemSize);
                }
            }
        }

        Finish(ref context, y);
    }

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
        TensorView y = StartWithZeros(ref context);
        long width = RowSize(x);
        long bytes = width * y.DType.ItemSize();
        long candidate = 0;
        for (long i = 0; i < x.StoredCount; i++)
        {
            byte* from = (byte*)x.Data + (i * bytes);
            byte* to = (byte*)y.Data + (x.Indices[i] * bytes);
            if (divisor.Storage == StorageType.Default)
            {
                byte* by = (byte*)divisor.Data + (x.Indices[i] * bytes);
                Kernels.Elementwise.Binary<Divide>(y.DType, from, by, to, width);
                continue;
            }

            // Both lists of rows ascend, so one pass finds the partners; a row that is not stored is zero.
            while (candidate < divisor.StoredCount && divisor.Indices[candidate] < x.Indices[i])
            {
                candidate++;
            }

            if (candidate < divisor.StoredCount && divisor.Indices[candidate] == x.Indices[i])
            {
                byte* by = (byte*)divisor.Data + (candidate * bytes);
                Kernels.Elementwise.Binary<Divide>(y.DType, from, by, to, width);
            }
            else
            {
                Kernels.Elementwise.BinaryScalar<Divide>(y.DType, from, 0, to, width);
            }
        }

        Finish(ref context, y);
    }

    /// <summary>Where the result is built: the output itself, or scratch memory when it is to be added.</summary>
    private static TensorView StartWithZeros(ref KernelContext context)
    {
        TensorView y = context.Output(0);
        if (context.Accumulates(0))
            y = new TensorView(context.Scratch(y.Size * y.DType.ItemSize()), y.Shape, y.DType);
        Kernels.Elementwise.Fill(y.DType, 0, y.Data, y.Size);
        return y;
    }

    private static void Finish(ref KernelContext context, in TensorView result)
    {
        TensorView y = context.Output(0);
        if (result.Data != y.Data)
            Kernels.Elementwise.Binary<Add>(y.DType, y.Data, result.Data, y.Data, y.Size);
    }

    private static long RowSize(in TensorView x) => x.Size / x.Shape[0];

    private static void Place(in TensorView x, long stored, long bytes, byte* row, in TensorView y) =>
        Copy(row, (byte*)y.Data + (x.Indices[stored] * bytes), bytes);

    private static void Copy(byte* from, byte* to, long bytes) => System.Buffer.MemoryCopy(from, to, bytes, bytes);
}
