using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Products of a CSR matrix, or its transpose, and a dense or row-sparse array. Of a transpose the result has only the rows
/// for which the matrix stores something, and is row-sparse.
/// </summary>
internal static unsafe class SparseDot
{
    internal static bool InferStorage(StorageInference storage)
    {
        var p = storage.Operator.Parameters<DotParameters>();
        return storage.Input(0) == StorageType.Csr
            && storage.Input(1) != StorageType.Csr
            && !p.TransposeB
            && SetProduct(storage, 0, p.TransposeA);
    }

    internal static bool InferBackwardStorage(StorageInference storage)
    {
        var p = storage.Operator.Parameters<DotParameters>();
        return storage.Input(1) == StorageType.Csr
            && storage.Input(0) != StorageType.Csr
            && !p.TransposeB
            && storage.SetOutput(0, StorageType.Default)
            && SetProduct(storage, 1, !p.TransposeA);
    }

    internal static void Forward(ref KernelContext context)
    {
        bool transpose = context.Parameters<DotParameters>().TransposeA;
        if (context.Wants(0))
            Multiply(ref context, context.Input(0), transpose, context.Input(1), 0);
    }

    internal static void Backward(ref KernelContext context)
    {
        TensorView dy = context.Input(0);
        TensorView a = context.Input(1);
        TensorView b = context.Input(2);
        bool transpose = context.Parameters<DotParameters>().TransposeA;
        if (context.Wants(1))
            Multiply(ref context, a, !transpose, dy, 1);
        if (!context.Wants(0))
            return;

        // Every element of the matrix has a gradient, stored or not.
        (long m, long k) = transpose ? (a.Shape[1], a.Shape[0]) : (a.Shape[0], a.Shape[1]);
        var product = new MatrixProduct(a.DType, transpose, TransposeB: false, Batch: 1, m, b.Size / k, k);
        void* g = SparseViews.Densified(ref context, dy).Data;
        void* other = SparseViews.Densified(ref context, b).Data;
        product.BackwardA(g, other, context.Output(0).Data, context.Accumulates(0) ? 1 : 0);
    }

    private static bool SetProduct(StorageInference storage, int output, bool transpose) =>
        storage.Output(output) == StorageType.Default
        || storage.SetOutput(output, transpose ? StorageType.RowSparse : StorageType.Default);

    private static void Multiply(
        ref KernelContext context,
        in TensorView left,
        bool transpose,
        TensorView b,
        int output
    )
    {
        long n = b.Size / b.Shape[0];
        TensorView y = context.Output(output);
        CsrMatrix a = left.AsCsr();
        if (a.DType == DType.Float16)
        {
            a = WithValues(a, DType.Float32, Widened(ref context, a.Values, a.Stored));
            b = WithData(b, Widened(ref context, b.Data, b.StoredValues()));
        }

        // What stores all its rows lies there as a dense matrix does.
        if (b.Storage == StorageType.RowSparse && b.StoredCount < b.Shape[0])
            a = OnStoredRows(ref context, a, transpose, b);
        if (y.Storage == StorageType.RowSparse)
            (a, y) = OnStoredColumns(ref context, a, output);

        long rows = transpose ? a.Columns : a.Rows;
        bool accumulate = context.Accumulates(output);
        void* result = y.DType == a.DType ? y.Data : context.Scratch(rows * n * a.DType.ItemSize());
        bool adds = accumulate && result == y.Data;
        if (transpose)
        {
            void* scratch = context.Scratch(CsrProduct.TransposedScratch(a, n));
            CsrProduct.MultiplyTransposed(a, b.Data, n, result, adds, scratch);
        }
        else
        {
            CsrProduct.Multiply(a, b.Data, n, result, adds);
        }

        if (result != y.Data)
            Narrow(ref context, (float*)result, y, rows * n, accumulate);
    }

    /// <summary>The matrix without what would meet rows that are not stored: those rows are zero.</summary>
    private static CsrMatrix OnStoredRows(ref KernelContext context, in CsrMatrix a, bool transpose, in TensorView b)
    {
        if (transpose)
        {
            long bytes = CsrRows.SelectedBytes(a, b.Indices, b.StoredCount);
            return CsrRows.Select(a, b.Indices, b.StoredCount, context.Scratch(bytes));
        }

        long* places = (long*)context.Scratch(a.Stored * sizeof(long));
        DistinctRows stored = Distinct(ref context, b.Indices, b.StoredCount, b.Shape[0]);
        stored.Find(a.Indices, a.Stored, places);
        return CsrRows.Renumber(a, places, b.StoredCount, context.Scratch(CsrRows.RenumberedBytes(a)));
    }

    /// <summary>The matrix without its empty columns, and the output with the rows that belong to the others.</summary>
    private static (CsrMatrix A, TensorView Y) OnStoredColumns(ref KernelContext context, in CsrMatrix a, int output)
    {
        long* places = (long*)context.Scratch(a.Stored * sizeof(long));
        DistinctRows columns = Distinct(ref context, a.Indices, a.Stored, a.Columns);
        columns.Find(a.Indices, a.Stored, places);
        TensorView y = context.Allocate(output, columns.Count);
        columns.CopyTo(y.Indices);
        var packed = new CsrMatrix(a.DType, a.Rows, columns.Count)
        {
            Values = a.Values,
            Indices = places,
            RowPointers = a.RowPointers,
        };
        return (packed, y);
    }

    /// <summary>The different ones among some row numbers.</summary>
    internal static DistinctRows Distinct(ref KernelContext context, long* rows, long count, long extent)
    {
        var distinct = new DistinctRows(extent, count, context.Scratch(DistinctRows.ScratchBytes(extent, count)));
        distinct.Add(rows, count);
        distinct.Complete();
        return distinct;
    }

    private static CsrMatrix WithValues(in CsrMatrix a, DType dtype, void* values) =>
        new(dtype, a.Rows, a.Columns)
        {
            Values = values,
            Indices = a.Indices,
            RowPointers = a.RowPointers,
        };

    private static TensorView WithData(in TensorView b, void* data) =>
        new(data, b.Shape, DType.Float32, b.Storage, b.StoredCount, b.Indices, b.RowPointers);

    private static void* Widened(ref KernelContext context, void* halves, long count)
    {
        void* widened = context.Scratch(count * sizeof(float));
        Cast.Convert(DType.Float16, halves, DType.Float32, widened, count);
        return widened;
    }

    private static void Narrow(ref KernelContext context, float* sums, in TensorView y, long count, bool accumulate)
    {
        if (accumulate)
        {
            void* before = Widened(ref context, y.Data, count);
            Kernels.Elementwise.Binary<Add>(DType.Float32, sums, before, sums, count);
        }

        Cast.Convert(DType.Float32, sums, DType.Float16, y.Data, count);
    }
}
