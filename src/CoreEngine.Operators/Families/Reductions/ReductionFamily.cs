using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Sums, products, extremes and norms over axes, and where extremes stand.</summary>
internal static unsafe class ReductionFamily
{
    // Operators without parameters reduce all axes.
    private static readonly ReductionParameters s_everything = new();

    internal static void Register(OperatorRegistry registry)
    {
        Linear<SumReducer>(
            registry,
            "sum",
            ["_sparse_sum", "sum_axis"],
            static (ref KernelContext c) => Spread(ref c, false)
        );
        Linear<MeanReducer>(registry, "mean", ["_sparse_mean"], static (ref KernelContext c) => Spread(ref c, true));
        Reduction<ProductReducer, ProductGradient>(registry, "prod", []);
        Reduction<NanSumReducer, NanSumGradient>(registry, "nansum", []);
        Reduction<NanProductReducer, NanProductGradient>(registry, "nanprod", []);
        Reduction<MaxReducer, ExtremeGradient>(registry, "max", ["max_axis"]);
        Reduction<MinReducer, ExtremeGradient>(registry, "min", ["min_axis"]);
        Reduction<SumOfSquaresReducer, SumOfSquaresGradient>(
            registry,
            "_square_sum",
            [],
            storage: SparseReductions.InferSquareSum,
            backwardStorage: SparseReductions.InferSquareSumBackward
        );
        Reduction<NormReducer, NormGradient>(registry, "norm", [], hasParameters: false);
        Arg(registry, "argmax", Reduce.ArgMax);
        Arg(registry, "argmin", Reduce.ArgMin);
        registry.Add(
            new OperatorDef("argmax_channel")
            {
                QuickElements = OperatorDef.FewElements,
                InferShape = shapes => InferArg(shapes, axis: 1, keepDims: false),
                Gradient = Gradient.Zero,
                Kernel = static (ref KernelContext c) => FindExtreme(ref c, axis: 1, Reduce.ArgMax),
            }
        );
    }

    /// <summary>A sum, whose gradient is spread over the elements; differentiated again it is summed as before.</summary>
    private static void Linear<TReducer>(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        KernelFunction spread
    )
        where TReducer : struct, IReducer
    {
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Aliases = aliases,
                NewParameters = () => new ReductionParameters(),
                InferShape = InferReduction,
                InferStorage = SparseReductions.InferSum,
                Gradient = c =>
                    c.Set(0, c.CallWithSameParameters("_backward_" + name, c.OutputGradient(0), c.Input(0))),
                Kernel = Run<TReducer>,
            }
        );
        registry.Add(
            new OperatorDef("_backward_" + name)
            {
                QuickElements = OperatorDef.FewElements,
                NewParameters = () => new ReductionParameters(),
                Inputs = ["ograd", "data"],
                ShapeOnlyInputs = [1],
                InferShape = shapes => shapes.SetOutput(0, shapes.Input(1)),
                Gradient = c => c.Set(0, c.CallWithSameParameters(name, c.OutputGradient(0))),
                Kernel = spread,
            }
        );
    }

    /// <summary>A reduction whose gradient is <c>TGradient(output gradient, input, output)</c> of each element.</summary>
    private static void Reduction<TReducer, TGradient>(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        bool hasParameters = true,
        StorageRule? storage = null,
        StorageRule? backwardStorage = null
    )
        where TReducer : struct, IReducer
        where TGradient : struct, ITernaryOp
    {
        string backward = "_backward_" + name.TrimStart('_');
        Func<IParameters>? parameters = hasParameters ? () => new ReductionParameters() : null;
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Aliases = aliases,
                NewParameters = parameters,
                InferShape = InferReduction,
                InferStorage = storage,
                Gradient = c =>
                {
                    Value[] arguments = [c.OutputGradient(0), c.Input(0), c.Output(0)];
                    c.Set(
                        0,
                        hasParameters ? c.CallWithSameParameters(backward, arguments) : c.Call(backward, arguments)
                    );
                },
                Kernel = Run<TReducer>,
            }
        );
        registry.Add(
            new OperatorDef(backward)
            {
                QuickElements = OperatorDef.FewElements,
                NewParameters = parameters,
                Inputs = ["ograd", "data", "output"],
                InferShape = shapes => shapes.SetOutput(0, shapes.Input(1)),
                InferStorage = backwardStorage,
                Kernel = RunBackward<TGradient>,
            }
        );
    }

    private delegate void ArgSearch(DType dtype, void* x, ShapeView shape, int axis, void* y);

    private static void Arg(OperatorRegistry registry, string name, ArgSearch search) =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                NewParameters = () => new ArgReductionParameters(),
                InferShape = shapes =>
                {
                    var p = shapes.Operator.Parameters<ArgReductionParameters>();
                    InferArg(shapes, p.Axis, p.KeepDims);
                },
                Gradient = Gradient.Zero,
                Kernel = (ref KernelContext c) =>
                    FindExtreme(ref c, c.Parameters<ArgReductionParameters>().Axis, search),
            }
        );

    private static ReductionParameters ParametersOf(BoundOperator op) =>
        op.Definition.NewParameters is null ? s_everything : op.Parameters<ReductionParameters>();

    private static void InferReduction(ShapeInference shapes)
    {
        Shape x = shapes.Input(0);
        if (x.Rank == 0)
            return;
        ReductionParameters p = ParametersOf(shapes.Operator);
        Span<bool> reduced = stackalloc bool[x.Rank];
        try
        {
            p.Mark(x, reduced);
        }
        catch (ArgumentException error)
        {
            throw shapes.Error($"axis ({string.Join(",", p.Axis)}): {error.Message}");
        }

        shapes.SetOutput(0, ReducedShape(x, reduced, p.KeepDims));
    }

    /// <summary>The shape of a result; without any axis left it is one element.</summary>
    private static Shape ReducedShape(Shape x, ReadOnlySpan<bool> reduced, bool keepDims)
    {
        Span<long> dims = stackalloc long[x.Rank];
        int rank = 0;
        for (int i = 0; i < x.Rank; i++)
        {
            if (!reduced[i])
                dims[rank++] = x[i];
            else if (keepDims)
                dims[rank++] = 1;
        }

        return rank == 0 ? new Shape(1) : new Shape(dims[..rank]);
    }

    private static void Run<TReducer>(ref KernelContext context)
        where TReducer : struct, IReducer
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (x.Storage != StorageType.Default)
        {
            SparseReductions.Run<TReducer>(ref context);
            return;
        }

        Span<bool> reduced = stackalloc bool[x.Shape.Rank];
        ParametersOf(context.Operator).Mark(x.Shape, reduced);
        Span<int> axes = stackalloc int[reduced.Length];
        int count = 0;
        for (int i = 0; i < reduced.Length; i++)
        {
            if (reduced[i])
                axes[count++] = i;
        }

        bool accumulate = context.Accumulates(0);
        if (count > 0)
            Reduce.Run<TReducer>(y.DType, x.Data, x.Shape, axes[..count], y.Data, accumulate);
        else
            // Nothing to reduce: each element is the reduction of itself, along one more axis of extent 1.
            Reduce.Run<TReducer>(y.DType, x.Data, [x.Size, 1], [1], y.Data, accumulate);
    }

    /// <summary>Repeats the output's gradient over the reduced axes; for a mean, divided by the number of elements.</summary>
    private static void Spread(ref KernelContext context, bool isMean)
    {
        if (!context.Wants(0))
            return;
        TensorView g = context.Input(0);
        TensorView y = context.Output(0);
        void* source = g.Data;
        if (isMean)
        {
            source = context.Scratch(g.Size * g.DType.ItemSize());
            Kernels.Elementwise.BinaryScalar<Divide>(g.DType, g.Data, y.Size / g.Size, source, g.Size);
        }

        Span<long> dims = stackalloc long[y.Shape.Rank];
        ShapeView kept = KeptShape(context.Operator, y.Shape, dims);
        Broadcast.Copy(y.DType, source, kept, y.Data, y.Shape, context.Accumulates(0));
    }

    /// <summary>The shape with extent 1 along the reduced axes.</summary>
    private static ShapeView KeptShape(BoundOperator op, Shape x, Span<long> dims)
    {
        Span<bool> reduced = stackalloc bool[x.Rank];
        ParametersOf(op).Mark(x, reduced);
        for (int i = 0; i < dims.Length; i++)
        {
            dims[i] = reduced[i] ? 1 : x[i];
        }

        return new ShapeView(dims);
    }

    private static void RunBackward<TGradient>(ref KernelContext context)
        where TGradient : struct, ITernaryOp
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(1);
        if (x.Storage != StorageType.Default)
        {
            SparseReductions.SquareSumBackward(ref context);
            return;
        }

        Span<long> dims = stackalloc long[x.Shape.Rank];
        ShapeView kept = KeptShape(context.Operator, x.Shape, dims);
        BroadcastBlocks.Run<TGradient>(
            ref context,
            x.DType,
            x.Shape,
            new BroadcastOperand(context.Input(0).Data, kept),
            new BroadcastOperand(x),
            new BroadcastOperand(context.Input(2).Data, kept),
            new BroadcastOperand(context.Output(0)),
            context.Accumulates(0)
        );
    }

    private static void InferArg(ShapeInference shapes, int? axis, bool keepDims)
    {
        Shape x = shapes.Input(0);
        if (x.Rank == 0)
            return;
        Span<bool> reduced = stackalloc bool[x.Rank];
        reduced.Fill(axis is null);
        if (axis is { } one)
        {
            if (one < -x.Rank || one >= x.Rank)
                throw shapes.Error($"there is no axis {one}.");
            reduced[x.Axis(one)] = true;
        }

        shapes.SetOutput(0, ReducedShape(x, reduced, keepDims));
    }

    private static void FindExtreme(ref KernelContext context, int? axis, ArgSearch search)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        ShapeView shape = axis is null ? [x.Size] : x.Shape;
        CheckHolds(ref context, y.DType, shape[shape.Axis(axis ?? 0)]);
        bool accumulate = context.Accumulates(0);
        void* target = accumulate ? context.Scratch(y.Size * y.DType.ItemSize()) : y.Data;
        search(x.DType, x.Data, shape, axis ?? 0, target);
        if (accumulate)
            Kernels.Elementwise.Binary<Add>(y.DType, y.Data, target, y.Data, y.Size);
    }

    /// <summary>Places have the type of the elements, which must hold them: small integers soon do not.</summary>
    private static void CheckHolds(ref KernelContext context, DType dtype, long extent)
    {
        long limit = dtype switch
        {
            DType.UInt8 => 256,
            DType.Int8 => 128,
            _ => long.MaxValue,
        };
        if (extent > limit)
        {
            throw new OperatorException(
                context.Operator.Name,
                $"a place among {extent} elements does not fit {dtype.Name()}; cast the array to a larger type first."
            );
        }
    }
}
