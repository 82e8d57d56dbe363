using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Operators that read rows at places which another array names, and the sums that are their gradients.</summary>
internal static unsafe class GatherFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("take")
            {
                NewParameters = () => new TakeParameters(),
                Inputs = ["a", "indices"],
                InferShape = InferTake,
                InferType = TypeRules.FirstWithIndices,
                InferStorage = storage => ReadsRows(storage, rows: 0, indices: 1),
                Gradient = c =>
                {
                    c.Set(0, c.CallWithSameParameters("_backward_take", c.OutputGradient(0), c.Input(1), c.Input(0)));
                    c.Set(1, c.Call("zeros_like", c.Input(1)));
                },
                Kernel = static (ref KernelContext context) =>
                    Read(ref context, rows: 0, indices: 1, context.Parameters<TakeParameters>().Mode),
            }
        );
        registry.Add(
            Backward(
                "_backward_take",
                () => new TakeParameters(),
                "take",
                indicesFirst: false,
                static (ref KernelContext context) => AddRows(ref context, context.Parameters<TakeParameters>().Mode)
            )
        );
        Embedding(registry, "Embedding", "_backward_Embedding", TakeMode.Clip, storesRows: false);
        Embedding(registry, "_contrib_SparseEmbedding", "_backward_SparseEmbedding", TakeMode.Raise, storesRows: true);
    }

    /// <summary>Rows of a table, and the table's gradient, which may store only the rows that were read.</summary>
    private static void Embedding(
        OperatorRegistry registry,
        string name,
        string backward,
        TakeMode mode,
        bool storesRows
    )
    {
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = () => new EmbeddingParameters(),
                Inputs = ["data", "weight"],
                InferShape = InferEmbedding,
                InferType = InferEmbeddingType,
                InferStorage = storage => ReadsRows(storage, rows: 1, indices: 0),
                Gradient = c =>
                {
                    c.Set(0, c.Call("zeros_like", c.Input(0)));
                    c.Set(1, c.CallWithSameParameters(backward, c.OutputGradient(0), c.Input(0), c.Input(1)));
                },
                Kernel = (ref KernelContext context) => Read(ref context, rows: 1, indices: 0, mode),
            }
        );
        registry.Add(
            Backward(
                backward,
                () => new EmbeddingParameters(),
                name,
                indicesFirst: true,
                (ref KernelContext context) => AddRows(ref context, mode),
                storesRows
            )
        );
    }

    /// <summary>The sum of output gradients into the rows they came from; differentiated, it reads those rows again.</summary>
    private static OperatorDef Backward(
        string name,
        Func<IParameters> parameters,
        string forward,
        bool indicesFirst,
        KernelFunction kernel,
        bool storesRows = false
    ) =>
        new(name)
        {
            MakesSparse = storesRows,
            NewParameters = parameters,
            Inputs = ["ograd", "indices", "data"],
            ShapeOnlyInputs = [2],
            InferShape = ShapeRules.OutputsLikeInputs(2),
            InferType = TypeRules.First,
            // A row-sparse table, and an array that asks for it, get a row-sparse gradient.
            InferStorage = storage =>
                storage.Input(0) == StorageType.Default
                && storage.Input(1) == StorageType.Default
                && (
                    storage.Output(0) is StorageType.Default or StorageType.RowSparse
                    || storage.SetOutput(
                        0,
                        storesRows || storage.Input(2) == StorageType.RowSparse
                            ? StorageType.RowSparse
                            : StorageType.Default
                    )
                ),
            Gradient = c =>
            {
                Value rows = c.OutputGradient(0);
                c.Set(
                    0,
                    indicesFirst
                        ? c.CallWithSameParameters(forward, c.Input(1), rows)
                        : c.CallWithSameParameters(forward, rows, c.Input(1))
                );
            },
            Kernel = kernel,
        };

    /// <summary>The rows that are read may be row-sparse; what is read is dense.</summary>
    private static bool ReadsRows(StorageInference storage, int rows, int indices) =>
        storage.Input(indices) == StorageType.Default
        && storage.Input(rows) != StorageType.Csr
        && storage.SetOutput(0, StorageType.Default);

    private static void InferTake(ShapeInference shapes)
    {
        Shape data = shapes.Input(0);
        Shape indices = shapes.Input(1);
        if (data.Rank > 0 && indices.Rank > 0)
            shapes.SetOutput(0, new Shape([.. indices.Dims, .. data.Dims[1..]]));
    }

    private static void InferEmbedding(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<EmbeddingParameters>();
        shapes.SetInput(1, [p.Rows, p.Length]);
        Shape data = shapes.Input(0);
        Shape output = shapes.Output(0);
        if (data.Rank > 0)
            shapes.SetOutput(0, new Shape([.. data.Dims, p.Length]));
        else if (output.Rank > 1)
            shapes.SetInput(0, new Shape(output.Dims[..^1]));
    }

    private static void InferEmbeddingType(TypeInference types)
    {
        // What is known decides: with MXNet's clients dtype is often left at its default.
        DType dtype = types.Input(1) != DType.None ? types.Input(1) : types.Output(0);
        if (dtype == DType.None && !types.IsTentative)
            dtype = types.Operator.Parameters<EmbeddingParameters>().DType;
        types.SetInput(1, dtype);
        types.SetOutput(0, dtype);
        if (types.Input(0) == DType.None && !types.IsTentative)
            types.SetInput(0, dtype);
    }

    private static void Read(ref KernelContext context, int rows, int indices, TakeMode mode)
    {
        TensorView x = context.Input(rows);
        if (!context.Wants(0))
            return;
        long count = context.Input(indices).Size;
        long* places = Places(ref context, context.Input(indices), x.Shape[0], mode);
        if (x.Storage == StorageType.RowSparse)
            SparseDot.Distinct(ref context, x.Indices, x.StoredCount, x.Shape[0]).Find(places, count, places);
        var staged = new StagedOutput(ref context, 0);
        Gather.Rows(x.DType, x.Data, x.Size / x.Shape[0], places, count, staged.Data);
        staged.Finish();
    }

    private static void AddRows(ref KernelContext context, TakeMode mode)
    {
        TensorView gradient = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        long count = context.Input(1).Size;
        long rows = y.Shape[0];
        long length = y.Size / rows;
        long* places = Places(ref context, context.Input(1), rows, mode);
        if (y.Storage == StorageType.RowSparse)
        {
            DistinctRows stored = SparseDot.Distinct(ref context, places, count, rows);
            stored.Find(places, count, places);
            y = context.Allocate(0, stored.Count);
            stored.CopyTo(y.Indices);
            rows = stored.Count;
        }

        void* scratch = context.Scratch(Scatter.AddRowsScratch(rows, length, count));
        bool accumulate = context.Accumulates(0);
        Scatter.AddRows(y.DType, gradient.Data, length, places, count, y.Data, rows, accumulate, scratch);
    }

    /// <summary>Indices of any type as row numbers inside 0..rows-1.</summary>
    private static long* Places(ref KernelContext context, TensorView indices, long rows, TakeMode mode)
    {
        long* places = IndexConversion.ToInt64(ref context, indices);
        for (long i = 0; i < indices.Size; i++)
        {
            long place = places[i];
            if ((ulong)place < (ulong)rows)
                continue;
            places[i] = mode switch
            {
                TakeMode.Wrap => ((place % rows) + rows) % rows,
                TakeMode.Clip => Math.Clamp(place, 0, rows - 1),
                _ => throw new OperatorException(
                    context.Operator.Name,
                    $"the index {place} at place {i} is outside 0..{rows - 1}; use mode=clip or mode=wrap to allow it."
                ),
            };
        }

        return places;
    }
}

/// <summary>What to do with an index outside the array.</summary>
public enum TakeMode
{
    /// <summary>Refuse it.</summary>
    Raise,

    /// <summary>Count on from the other end.</summary>
    Wrap,

    /// <summary>Take the nearest row.</summary>
    Clip,
}

/// <summary>Parameters of <c>take</c>.</summary>
public sealed class TakeParameters : IParameters
{
    /// <summary>The axis to take along; only 0.</summary>
    public int Axis;

    /// <summary>What to do with an index outside the array.</summary>
    public TakeMode Mode = TakeMode.Clip;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("axis", ref Axis);
        reader.Optional("mode", ref Mode, "raise", "wrap", "clip");
        reader.Check(Axis == 0, "axis", Axis, "0; swap the axes first to take along another one");
    }
}

/// <summary>Parameters of <c>Embedding</c>.</summary>
public sealed class EmbeddingParameters : IParameters
{
    /// <summary>Number of rows of the table.</summary>
    public long Rows;

    /// <summary>Length of a row.</summary>
    public long Length;

    /// <summary>Type of the table.</summary>
    public DType DType = DType.Float32;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("input_dim", ref Rows);
        reader.Required("output_dim", ref Length);
        reader.DType("dtype", ref DType, required: false);
        reader.Check(Rows >= 1, "input_dim", Rows, "at least 1");
        reader.Check(Length >= 1, "output_dim", Length, "at least 1");
    }
}
