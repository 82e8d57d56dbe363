using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Element-wise operators on what sparse arrays store. They serve operators that make zero of zeros; of the others, those
/// whose rule says that what is not stored stays zero.
/// </summary>
internal static unsafe class SparseElementwise
{
    /// <summary>One sparse array.</summary>
    internal static void Unary<TOp>(ref KernelContext context)
        where TOp : struct, IUnaryOp
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = SparseViews.AllocateLike(ref context, 0, x);
        Kernels.Elementwise.Unary<TOp>(x.DType, x.Data, y.Data, x.StoredValues());
    }

    /// <summary>One sparse array, for a body with parameters.</summary>
    internal static void Unary<TBody>(ref KernelContext context, TBody body)
        where TBody : struct, IUnaryBody
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = SparseViews.AllocateLike(ref context, 0, x);
        Kernels.Elementwise.Unary(body, x.DType, x.Data, y.Data, x.StoredValues());
    }

    /// <summary>A sparse array and the call's number; the result may be dense.</summary>
    internal static void ScalarRight<TOp>(ref KernelContext context)
        where TOp : struct, IBinaryOp
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        double scalar = ElementwiseRegistration.ScalarOf(ref context, x.DType);
        if (y.Storage == StorageType.Default)
        {
            void* dense = SparseViews.Densified(ref context, x).Data;
            Kernels.Elementwise.BinaryScalar<TOp>(x.DType, dense, scalar, y.Data, y.Size, context.Accumulates(0));
            return;
        }

        y = SparseViews.AllocateLike(ref context, 0, x);
        Kernels.Elementwise.BinaryScalar<TOp>(x.DType, x.Data, scalar, y.Data, x.StoredValues());
    }

    /// <summary>Two arrays that are both row-sparse, or both CSR; the result may be dense.</summary>
    internal static void Binary<TOp>(ref KernelContext context)
        where TOp : struct, IBinaryOp
    {
        if (!context.Wants(0))
            return;
        TensorView a = context.Input(0);
        TensorView b = context.Input(1);
        if (context.Output(0).Storage == StorageType.Default)
        {
            BinaryDense<TOp>(ref context);
            return;
        }

        if (a.Storage == StorageType.Csr)
        {
            BinaryCsr<TOp>(ref context, a.AsCsr(), b.AsCsr());
            return;
        }

        RowSparseMatrix left = a.AsRows();
        RowSparseMatrix right = b.AsRows();
        TensorView y = context.Allocate(0, RowSparseElementwise.CountUnion(left, right));
        RowSparseElementwise.Binary<TOp>(left, right, y.AsRows());
    }

    /// <summary>The sum of row-sparse arrays: of rows that any of them stores.</summary>
    internal static void Sum(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        if (context.InputCount == 2)
        {
            Binary<Add>(ref context);
            return;
        }

        TensorView first = context.Input(0);
        long capacity = 0;
        for (int i = 0; i < context.InputCount; i++)
        {
            capacity += context.Input(i).StoredCount;
        }

        long rows = first.Shape[0];
        var distinct = new DistinctRows(rows, capacity, context.Scratch(DistinctRows.ScratchBytes(rows, capacity)));
        for (int i = 0; i < context.InputCount; i++)
        {
            distinct.Add(context.Input(i).Indices, context.Input(i).StoredCount);
        }

        distinct.Complete();
        TensorView y = context.Allocate(0, distinct.Count);
        distinct.CopyTo(y.Indices);
        Kernels.Elementwise.Fill(y.DType, 0, y.Data, y.StoredValues());
        for (int i = 0; i < context.InputCount; i++)
        {
            RowSparseElementwise.AddTo<Add>(context.Input(i).AsRows(), y.AsRows());
        }
    }

    private static void BinaryDense<TOp>(ref KernelContext context)
        where TOp : struct, IBinaryOp
    {
        TensorView y = context.Output(0);
        void* a = SparseViews.Densified(ref context, context.Input(0)).Data;
        void* b = SparseViews.Densified(ref context, context.Input(1)).Data;
        Kernels.Elementwise.Binary<TOp>(y.DType, a, b, y.Data, y.Size, context.Accumulates(0));
    }

    private static void BinaryCsr<TOp>(ref KernelContext context, in CsrMatrix left, in CsrMatrix right)
        where TOp : struct, IBinaryOp
    {
        CsrMatrix a = Ascending(ref context, left);
        CsrMatrix b = Ascending(ref context, right);
        long pointerBytes = (a.Rows + 1) * sizeof(long);
        long* rowPointers = (long*)context.Scratch(pointerBytes);
        void* scratch = context.Scratch(CsrElementwise.Scratch(a, b));
        CsrElementwise.Compute<TOp>(a, b, rowPointers, scratch);
        TensorView y = context.Allocate(0, rowPointers[a.Rows]);
        SparseViews.Copy(rowPointers, y.RowPointers, pointerBytes);
        CsrElementwise.Store(a, b, scratch, y.AsCsr());
    }

    /// <summary>The matrix itself, or with each row in the order of its columns: transposed there and back.</summary>
    private static CsrMatrix Ascending(ref KernelContext context, in CsrMatrix matrix)
    {
        if (CsrTransposition.IsAscending(matrix))
            return matrix;
        void* there = context.Scratch(CsrTransposition.Bytes(matrix));
        CsrMatrix transposed = CsrTransposition.Run(matrix, there);
        return CsrTransposition.Run(transposed, context.Scratch(CsrTransposition.Bytes(transposed)));
    }
}
