using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Operators that read or write a regular part of an array.</summary>
internal static unsafe class SliceFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add(registry, "slice", ["_sparse_slice", "crop"], () => new SliceParameters(), CheckSlice, SlicesCsr);
        Add(registry, "slice_axis", [], () => new SliceAxisParameters(), CheckSliceAxis);
        registry.Add(
            new OperatorDef("_slice_assign")
            {
                Aliases = ["_crop_assign"],
                NewParameters = () => new SliceParameters(),
                Inputs = ["lhs", "rhs"],
                Inplace = [(0, 0)],
                InferShape = InferAssign,
                Gradient = AssignGradient,
                Kernel = Assign,
            }
        );
        registry.Add(
            new OperatorDef("_slice_assign_scalar")
            {
                Aliases = ["_crop_assign_scalar"],
                NewParameters = () => new SliceAssignScalarParameters(),
                Inplace = [(0, 0)],
                InferShape = InferAssign,
                Gradient = c => c.Set(0, Cleared(c)),
                Kernel = AssignScalar,
            }
        );
    }

    private static void Add(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        Func<IParameters> parameters,
        Action<ShapeInference> check,
        StorageRule? storage = null
    )
    {
        string backward = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                Aliases = aliases,
                NewParameters = parameters,
                InferStorage = storage,
                InferShape = shapes =>
                {
                    check(shapes);
                    Shape data = shapes.Input(0);
                    if (data.Rank > 0)
                        shapes.SetOutput(0, SliceShape(shapes, data));
                },
                Gradient = c => c.Set(0, c.CallWithSameParameters(backward, c.OutputGradient(0), c.Input(0))),
                Kernel = Slice,
            }
        );
        registry.Add(
            new OperatorDef(backward)
            {
                NewParameters = parameters,
                Inputs = ["ograd", "data"],
                ShapeOnlyInputs = [1],
                InferShape = ShapeRules.OutputsLikeInputs(1),
                InferType = TypeRules.First,
                Gradient = c => c.Set(0, c.CallWithSameParameters(name, c.OutputGradient(0))),
                Kernel = SpreadSlice,
            }
        );
    }

    /// <summary>A block of a CSR matrix is one, too.</summary>
    private static bool SlicesCsr(StorageInference storage) =>
        storage.Input(0) == StorageType.Csr
        && !storage.Operator.Parameters<SliceParameters>().Step.AsSpan().ContainsAnyExcept([null, 1L])
        && storage.SetOutput(0, StorageType.Csr);

    private static void CheckSlice(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<SliceParameters>();
        int rank = shapes.Input(0).Rank;
        if (p.Begin.Length != p.End.Length || (p.Step.Length != 0 && p.Step.Length != p.Begin.Length))
        {
            throw shapes.Error(
                $"begin, end and step must have as many entries as each other, not {p.Begin.Length}, {p.End.Length} "
                    + $"and {p.Step.Length}."
            );
        }

        if (rank > 0 && p.Begin.Length > rank)
            throw shapes.Error($"begin and end have {p.Begin.Length} entries for {rank} axes.");
        if (p.Step.Contains(0))
            throw shapes.Error("step must not be 0.");
    }

    private static void CheckSliceAxis(ShapeInference shapes)
    {
        if (shapes.Input(0).Rank > 0)
            shapes.Axis("axis", shapes.Operator.Parameters<SliceAxisParameters>().Axis, shapes.Input(0).Rank);
    }

    private static Shape SliceShape(ShapeInference shapes, Shape data)
    {
        var p = shapes.Operator.Parameters<ISliceParameters>();
        long[] extents = new long[data.Rank];
        for (int axis = 0; axis < extents.Length; axis++)
        {
            if (data[axis] == 0)
                continue;
            extents[axis] =
                p.Range(axis, data.Rank, data[axis])?.Count
                ?? throw shapes.Error(
                    $"the slice of axis {axis} is empty or leaves its {data[axis]} elements: {shapes.Operator}."
                );
        }

        return new Shape(extents);
    }

    private static void InferAssign(ShapeInference shapes)
    {
        CheckSlice(shapes);
        shapes.SetOutput(0, shapes.Input(0));
        shapes.SetInput(0, shapes.Output(0));
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        Shape slice = SliceShape(shapes, data);
        if (shapes.InputCount > 1)
            shapes.SetInput(1, slice);
    }

    private static void AssignGradient(GradientContext c)
    {
        c.Set(0, Cleared(c));
        var p = c.Operator.Parameters<SliceParameters>();
        c.Set(1, c.Call("slice", p, c.OutputGradient(0)));
    }

    /// <summary>The output's gradient with zeros where the slice was overwritten.</summary>
    private static Value Cleared(GradientContext c)
    {
        var p = c.Operator.Parameters<SliceParameters>();
        var zero = new SliceAssignScalarParameters
        {
            Begin = p.Begin,
            End = p.End,
            Step = p.Step,
        };
        return c.Call("_slice_assign_scalar", zero, c.OutputGradient(0));
    }

    private static void Slice(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        if (x.Storage == StorageType.Csr)
        {
            SliceCsr(ref context);
            return;
        }

        Span<long> inside = stackalloc long[StridedPlaces.MaxRank];
        Span<long> strides = stackalloc long[StridedPlaces.MaxRank];
        int rank = x.Shape.Rank;
        void* part = Locate(context.Parameters<ISliceParameters>(), x, x.Data, inside);
        StridedPlaces.RowMajor(y.Shape.Dims, strides);
        Strided.Copy(x.DType, part, inside[..rank], y.Data, strides[..rank], y.Shape.Dims, context.Accumulates(0));
    }

    private static void SliceCsr(ref KernelContext context)
    {
        CsrMatrix x = context.Input(0).AsCsr();
        Shape block = context.Output(0).Shape;
        var p = context.Parameters<ISliceParameters>();
        long row = p.Range(0, 2, x.Rows)!.Value.Start;
        long column = p.Range(1, 2, x.Columns)!.Value.Start;
        long pointerBytes = (block[0] + 1) * sizeof(long);
        long* rowPointers = (long*)context.Scratch(pointerBytes);
        CsrRows.CountBlock(x, row, block[0], column, block[1], rowPointers);
        TensorView y = context.Allocate(0, rowPointers[block[0]]);
        SparseViews.Copy(rowPointers, y.RowPointers, pointerBytes);
        CsrRows.CopyBlock(x, row, column, y.AsCsr());
    }

    private static void SpreadSlice(ref KernelContext context)
    {
        TensorView part = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        if (!context.Accumulates(0))
            Kernels.Elementwise.Fill(y.DType, 0, y.Data, y.Size);
        Put(ref context, part, y.Data, context.Accumulates(0));
    }

    private static void Assign(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var staged = new StagedOutput(ref context, 0);
        CopyBase(ref context, staged.Data);
        Put(ref context, context.Input(1), staged.Data, accumulate: false);
        staged.Finish();
    }

    private static void CopyBase(ref KernelContext context, void* target)
    {
        TensorView x = context.Input(0);
        if (x.Data != target)
            Kernels.Elementwise.Unary<Identity>(x.DType, x.Data, target, x.Size);
    }

    private static void AssignScalar(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var staged = new StagedOutput(ref context, 0);
        CopyBase(ref context, staged.Data);
        TensorView y = context.Output(0);
        var p = context.Parameters<SliceAssignScalarParameters>();
        int rank = y.Shape.Rank;
        Span<long> inside = stackalloc long[StridedPlaces.MaxRank];
        Span<long> none = stackalloc long[StridedPlaces.MaxRank];
        Span<long> extents = stackalloc long[StridedPlaces.MaxRank];
        none.Clear();
        void* part = Locate(p, y, staged.Data, inside);
        for (int axis = 0; axis < rank; axis++)
        {
            extents[axis] = ((ISliceParameters)p).Range(axis, rank, y.Shape[axis])!.Value.Count;
        }

        double value;
        Kernels.Elementwise.Fill(y.DType, p.Scalar, &value, 1);
        Strided.Copy(y.DType, &value, none[..rank], part, inside[..rank], extents[..rank]);
        staged.Finish();
    }

    /// <summary>Writes an array to the place of the slice in the output.</summary>
    private static void Put(ref KernelContext context, TensorView part, void* target, bool accumulate)
    {
        TensorView y = context.Output(0);
        int rank = y.Shape.Rank;
        Span<long> inside = stackalloc long[StridedPlaces.MaxRank];
        Span<long> strides = stackalloc long[StridedPlaces.MaxRank];
        void* place = Locate(context.Parameters<ISliceParameters>(), y, target, inside);
        StridedPlaces.RowMajor(part.Shape.Dims, strides);
        Strided.Copy(y.DType, part.Data, strides[..rank], place, inside[..rank], part.Shape.Dims, accumulate);
    }

    /// <summary>The slice's first element in memory, and the distances between its elements.</summary>
    private static void* Locate(ISliceParameters p, TensorView whole, void* data, Span<long> strides)
    {
        Shape shape = whole.Shape;
        StridedPlaces.RowMajor(shape.Dims, strides);
        long offset = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            SliceRange range = p.Range(axis, shape.Rank, shape[axis])!.Value;
            offset += range.Start * strides[axis];
            strides[axis] *= range.Step;
        }

        return (byte*)data + (offset * whole.DType.ItemSize());
    }
}
