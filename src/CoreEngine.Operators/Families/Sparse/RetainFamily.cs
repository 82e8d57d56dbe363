using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Keeps some rows of an array and drops the others.</summary>
internal static unsafe class RetainFamily
{
    private const string Backward = "_backward_sparse_retain";

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("_sparse_retain")
            {
                Inputs = ["data", "indices"],
                InferShape = InferShape,
                InferType = TypeRules.FirstWithIndices,
                MakesSparse = true,
                InferStorage = InferStorage,
                Gradient = Gradients,
                Kernel = Run,
            }
        );
        // What flows back is kept just as what flowed forward was; the rows may come from a dense array.
        registry.Add(
            new OperatorDef(Backward)
            {
                Inputs = ["ograd", "indices"],
                MakesSparse = true,
                InferShape = InferShape,
                InferType = TypeRules.FirstWithIndices,
                InferStorage = storage =>
                    storage.Input(1) == StorageType.Default
                    && (storage.Output(0) == StorageType.Default || storage.SetOutput(0, StorageType.RowSparse)),
                Gradient = Gradients,
                Kernel = Run,
            }
        );
    }

    private static bool InferStorage(StorageInference storage)
    {
        Require(storage.Operator, storage.Input(0));
        return storage.Input(1) == StorageType.Default && storage.SetOutput(0, StorageType.RowSparse);
    }

    /// <summary>As in the original; what is meant with a dense array is another operator: take.</summary>
    private static void Require(BoundOperator op, StorageType data)
    {
        if (op.Name != Backward && data != StorageType.RowSparse)
            throw new StorageTypeException(op.Name, "data must be row-sparse; cast_storage makes an array so.");
    }

    private static void Gradients(GradientContext c)
    {
        c.Set(0, c.Call(Backward, c.OutputGradient(0), c.Input(1)));
        c.Set(1, c.Call("zeros_like", c.Input(1)));
    }

    private static void InferShape(ShapeInference shapes)
    {
        shapes.SetOutput(0, shapes.Input(0));
        shapes.SetInput(0, shapes.Output(0));
    }

    private static void Run(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView indices = context.Input(1);
        Require(context.Operator, x.Storage);
        long rows = x.Shape[0];
        long* named = IndexConversion.ToInt64(ref context, indices);
        for (long i = 0; i < indices.Size; i++)
        {
            if ((ulong)named[i] >= (ulong)rows)
            {
                throw new OperatorException(
                    context.Operator.Name,
                    $"the index {named[i]} at place {i} names no row; data has {rows} rows."
                );
            }
        }

        DistinctRows kept = SparseDot.Distinct(ref context, named, indices.Size, rows);
        long* places = (long*)context.Scratch(kept.Count * sizeof(long));
        kept.CopyTo(named);
        if (x.Storage == StorageType.RowSparse)
            SparseDot.Distinct(ref context, x.Indices, x.StoredCount, rows).Find(named, kept.Count, places);
        else
            SparseViews.Copy(named, places, kept.Count * sizeof(long));

        if (context.Output(0).Storage == StorageType.RowSparse)
        {
            TensorView y = context.Allocate(0, kept.Count);
            SparseViews.Copy(named, y.Indices, kept.Count * sizeof(long));
            Gather.Rows(x.DType, x.Data, x.RowLength(), places, kept.Count, y.Data);
            return;
        }

        void* values = context.Scratch(kept.Count * x.RowLength() * x.DType.ItemSize());
        Gather.Rows(x.DType, x.Data, x.RowLength(), places, kept.Count, values);
        var staged = new StagedOutput(ref context, 0);
        var result = new RowSparseMatrix(x.DType, rows, x.RowLength(), kept.Count) { Values = values, Indices = named };
        DenseConversion.ToDense(result, staged.Data);
        staged.Finish();
    }
}
