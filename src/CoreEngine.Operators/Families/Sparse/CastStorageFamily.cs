using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Changes how values are stored: dense, row-sparse, CSR. What is not stored is zero; zeros are not stored.</summary>
internal static unsafe class CastStorageFamily
{
    internal static void Register(OperatorRegistry registry) =>
        registry.Add(
            new OperatorDef("cast_storage")
            {
                QuickElements = OperatorDef.FewElements,
                Aliases = ["_sparse_cast_storage"],
                NewParameters = () => new CastStorageParameters(),
                MakesSparse = true,
                InferStorage = storage =>
                    storage.SetOutput(0, storage.Operator.Parameters<CastStorageParameters>().Storage),
                InferShape = InferShape,
                Gradient = Gradient.Identity,
                Kernel = Run,
            }
        );

    private static void InferShape(ShapeInference shapes)
    {
        ShapeInference.Same(shapes);
        bool isCsr = shapes.Operator.Parameters<CastStorageParameters>().Storage == StorageType.Csr;
        if (isCsr && shapes.Input(0).Rank is not (0 or 2))
            throw shapes.Error("only a matrix, of rank 2, can be stored as csr.");
    }

    private static void Run(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (x.Storage == y.Storage)
            SparseCopy.Run(ref context);
        else if (y.Storage == StorageType.RowSparse)
            StoreRows(ref context, SparseViews.Densified(ref context, x));
        else if (y.Storage == StorageType.Csr)
            StoreElements(ref context, SparseViews.Densified(ref context, x));
        else if (!context.Accumulates(0))
            SparseViews.Densify(x, y.Data);
        else
            Kernels.Elementwise.Binary<Add>(
                y.DType,
                y.Data,
                SparseViews.Densified(ref context, x).Data,
                y.Data,
                y.Size
            );
    }

    private static void StoreRows(ref KernelContext context, in TensorView x)
    {
        long rowLength = x.RowLength();
        long* rows = (long*)context.Scratch(x.Shape[0] * sizeof(long));
        long count = DenseConversion.FindRows(x.DType, x.Data, x.Shape[0], rowLength, rows);
        TensorView stored = context.Allocate(0, count);
        SparseViews.Copy(rows, stored.Indices, count * sizeof(long));
        Gather.Rows(x.DType, x.Data, rowLength, rows, count, stored.Data);
    }

    private static void StoreElements(ref KernelContext context, in TensorView x)
    {
        long rows = x.Shape[0];
        long* rowPointers = (long*)context.Scratch((rows + 1) * sizeof(long));
        DenseConversion.CountElements(x.DType, x.Data, rows, x.Shape[1], rowPointers);
        TensorView stored = context.Allocate(0, rowPointers[rows]);
        SparseViews.Copy(rowPointers, stored.RowPointers, (rows + 1) * sizeof(long));
        DenseConversion.ToCsr(x.Data, stored.AsCsr());
    }
}

/// <summary>Parameters of <c>cast_storage</c>.</summary>
public sealed class CastStorageParameters : IParameters
{
    /// <summary>How the result is stored.</summary>
    public StorageType Storage;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Required("stype", ref Storage, "default", "row_sparse", "csr");
}
