using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Sparse arguments as kernels see them.</summary>
internal static unsafe class SparseViews
{
    /// <summary>Elements of a row: of everything behind the first axis.</summary>
    internal static long RowLength(this in TensorView view) => view.Shape.Product(1, view.Shape.Rank);

    /// <summary>Number of values in memory.</summary>
    internal static long StoredValues(this in TensorView view) =>
        view.Storage switch
        {
            StorageType.RowSparse => view.StoredCount * view.RowLength(),
            StorageType.Csr => view.StoredCount,
            _ => view.Size,
        };

    /// <summary>A CSR array as a matrix.</summary>
    internal static CsrMatrix AsCsr(this in TensorView view) =>
        new(view.DType, view.Shape[0], view.Shape[1])
        {
            Values = view.Data,
            Indices = view.Indices,
            RowPointers = view.RowPointers,
        };

    /// <summary>A row-sparse array as a matrix; a dense one as a matrix that stores all rows.</summary>
    internal static RowSparseMatrix AsRows(this in TensorView view)
    {
        long stored = view.Storage == StorageType.RowSparse ? view.StoredCount : view.Shape[0];
        return new RowSparseMatrix(view.DType, view.Shape[0], view.RowLength(), stored)
        {
            Values = view.Data,
            Indices = view.Indices,
        };
    }

    /// <summary>A dense form of an argument: itself, or a copy in scratch memory.</summary>
    internal static TensorView Densified(ref KernelContext context, in TensorView view)
    {
        if (view.Storage == StorageType.Default)
            return view;
        var dense = new TensorView(context.Scratch(view.Size * view.DType.ItemSize()), view.Shape, view.DType);
        Densify(view, dense.Data);
        return dense;
    }

    /// <summary>Writes all elements of a sparse array.</summary>
    internal static void Densify(in TensorView view, void* dense)
    {
        if (view.Storage == StorageType.Csr)
            DenseConversion.ToDense(view.AsCsr(), dense);
        else
            DenseConversion.ToDense(view.AsRows(), dense);
    }

    /// <summary>
    /// An output that stores what another array stores, whose values are still to be written; that array itself when the
    /// output is to take its place.
    /// </summary>
    internal static TensorView AllocateLike(ref KernelContext context, int output, in TensorView like)
    {
        if (context.Request(output) == Request.WriteInplace)
            return like;
        TensorView y = context.Allocate(output, like.StoredCount);
        CopyNumbers(like, y);
        return y;
    }

    /// <summary>Copies row or column numbers and row pointers.</summary>
    internal static void CopyNumbers(in TensorView from, in TensorView to)
    {
        Copy(from.Indices, to.Indices, from.StoredCount * sizeof(long));
        if (from.Storage == StorageType.Csr)
            Copy(from.RowPointers, to.RowPointers, (from.Shape[0] + 1) * sizeof(long));
    }

    /// <summary>Copies bytes.</summary>
    internal static void Copy(void* from, void* to, long bytes) => System.Buffer.MemoryCopy(from, to, bytes, bytes);
}
