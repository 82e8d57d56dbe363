using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Sums of CSR matrices, and sums of squares of row-sparse arrays with their gradient.</summary>
internal static unsafe class SparseReductions
{
    /// <summary>The sum of a CSR matrix is dense.</summary>
    internal static bool InferSum(StorageInference storage) =>
        storage.Input(0) == StorageType.Csr && storage.SetOutput(0, StorageType.Default);

    /// <summary>Squares summed within each row of a row-sparse array, whose shape stays, are row-sparse; other sums are dense.</summary>
    internal static bool InferSquareSum(StorageInference storage)
    {
        var p = storage.Operator.Parameters<ReductionParameters>();
        if (storage.Input(0) != StorageType.RowSparse || p.Axis is not [0 or 1])
            return false;
        bool keepsRows = p.Axis[0] == 1 && p.KeepDims && !p.Exclude;
        return storage.SetOutput(0, keepsRows ? StorageType.RowSparse : StorageType.Default);
    }

    /// <summary>Only stored rows have a gradient.</summary>
    internal static bool InferSquareSumBackward(StorageInference storage) =>
        storage.Input(1) == StorageType.RowSparse && storage.SetOutput(0, StorageType.RowSparse);

    /// <summary>Reduces a sparse array.</summary>
    internal static void Run<TReducer>(ref KernelContext context)
        where TReducer : struct, IReducer
    {
        if (context.Input(0).Storage == StorageType.Csr)
            SumCsr(ref context, isMean: typeof(TReducer) == typeof(MeanReducer));
        else
            ReduceRows<TReducer>(ref context);
    }

    /// <summary>Twice the stored elements, times the gradient of the sum that each went into.</summary>
    internal static void SquareSumBackward(ref KernelContext context)
    {
        TensorView gradient = SparseViews.Densified(ref context, context.Input(0));
        TensorView x = context.Input(1);
        TensorView y = SparseViews.AllocateLike(ref context, 0, x);
        if (x.StoredCount == 0)
            return;
        Span<bool> reduced = stackalloc bool[x.Shape.Rank];
        context.Parameters<ReductionParameters>().Mark(x.Shape, reduced);
        long[] kept = x.Shape.Dims.ToArray();
        for (int axis = 0; axis < kept.Length; axis++)
        {
            kept[axis] = reduced[axis] ? 1 : kept[axis];
        }

        void* g = gradient.Data;
        if (!reduced[0])
        {
            kept[0] = x.StoredCount;
            long rowLength = gradient.Size / x.Shape[0];
            g = context.Scratch(x.StoredCount * rowLength * x.DType.ItemSize());
            Gather.Rows(x.DType, gradient.Data, rowLength, x.Indices, x.StoredCount, g);
        }

        Shape stored = x.Shape.With(0, x.StoredCount);
        var spread = new BroadcastOperand(g, new Shape(kept));
        BroadcastBlocks.Run<SumOfSquaresGradient>(
            ref context,
            x.DType,
            stored,
            spread,
            new BroadcastOperand(x.Data, stored),
            spread,
            new BroadcastOperand(y.Data, stored),
            accumulate: false
        );
    }

    private static void SumCsr(ref KernelContext context, bool isMean)
    {
        TensorView y = context.Output(0);
        CsrMatrix x = context.Input(0).AsCsr();
        bool accumulate = context.Accumulates(0);
        Span<bool> reduced = stackalloc bool[2];
        context.Parameters<ReductionParameters>().Mark(context.Input(0).Shape, reduced);
        if (reduced[0] && reduced[1])
        {
            // All of the matrix is one row of another one.
            long* whole = stackalloc long[] { 0, x.Stored };
            var row = new CsrMatrix(x.DType, 1, x.Rows * x.Columns) { Values = x.Values, RowPointers = whole };
            CsrSums.Run(row, overRows: false, isMean ? row.Columns : 1, y.Data, accumulate, scratch: null);
        }
        else if (reduced[0] || reduced[1])
        {
            long count = reduced[0] ? x.Rows : x.Columns;
            void* scratch = context.Scratch(CsrSums.Scratch(x, overRows: reduced[0]));
            CsrSums.Run(x, overRows: reduced[0], isMean ? count : 1, y.Data, accumulate, scratch);
        }
        else
        {
            TensorView dense = SparseViews.Densified(ref context, context.Input(0));
            Kernels.Elementwise.Unary<Identity>(y.DType, dense.Data, y.Data, y.Size, accumulate);
        }
    }

    /// <summary>Reduces the stored rows; the others add nothing.</summary>
    private static void ReduceRows<TReducer>(ref KernelContext context)
        where TReducer : struct, IReducer
    {
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        bool accumulate = context.Accumulates(0);
        Span<bool> reduced = stackalloc bool[x.Shape.Rank];
        context.Parameters<ReductionParameters>().Mark(x.Shape, reduced);
        Span<int> axes = stackalloc int[x.Shape.Rank + 1];
        int count = 0;
        for (int axis = 0; axis < reduced.Length; axis++)
        {
            if (reduced[axis])
                axes[count++] = axis;
        }

        Shape stored = x.Shape.With(0, x.StoredCount);
        if (count == 0)
        {
            // Every element is a sum of its own.
            axes[count++] = stored.Rank;
            stored = new Shape([.. stored.Dims, 1]);
        }

        if (reduced[0])
        {
            if (x.StoredCount > 0)
                Reduce.Run<TReducer>(x.DType, x.Data, stored, axes[..count], y.Data, accumulate);
            else if (!accumulate)
                Kernels.Elementwise.Fill(y.DType, 0, y.Data, y.Size);
            return;
        }

        if (y.Storage == StorageType.RowSparse)
        {
            TensorView rows = SparseViews.AllocateLike(ref context, 0, x);
            if (x.StoredCount > 0)
                Reduce.Run<TReducer>(x.DType, x.Data, stored, axes[..count], rows.Data);
            return;
        }

        long rowLength = y.Size / x.Shape[0];
        void* sums = context.Scratch(x.StoredCount * rowLength * x.DType.ItemSize());
        if (x.StoredCount > 0)
            Reduce.Run<TReducer>(x.DType, x.Data, stored, axes[..count], sums);
        var result = new RowSparseMatrix(x.DType, x.Shape[0], rowLength, x.StoredCount)
        {
            Values = sums,
            Indices = x.Indices,
        };
        var staged = new StagedOutput(ref context, 0);
        DenseConversion.ToDense(result, staged.Data);
        staged.Finish();
    }
}
