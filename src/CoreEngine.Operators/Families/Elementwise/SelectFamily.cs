using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Operators that limit or choose values: clip, smooth_l1, where.</summary>
internal static unsafe class SelectFamily
{
    private const string WhereBackward = "_backward_where";

    internal static void Register(OperatorRegistry registry)
    {
        WithBackward(
            registry,
            "clip",
            ["_sparse_clip"],
            () => new ClipParameters(),
            static (ref KernelContext c) => RunBody(ref c, ClipOf(ref c)),
            static (ref KernelContext c) =>
            {
                var p = c.Parameters<ClipParameters>();
                BinaryRegistration.RunBody(ref c, new ClipGradient(p.Min, p.Max));
            },
            storage => storage.Operator.Parameters<ClipParameters>().KeepsZero && StorageRules.Keep(storage)
        );
        WithBackward(
            registry,
            "smooth_l1",
            [],
            () => new ScalarParameters(),
            static (ref KernelContext c) => RunBody(ref c, new SmoothL1(Sigma(ref c))),
            static (ref KernelContext c) => BinaryRegistration.RunBody(ref c, new SmoothL1Gradient(Sigma(ref c)))
        );
        registry.Add(
            new OperatorDef("where")
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.WhenShapesAgree,
                Inputs = ["condition", "x", "y"],
                Inplace = [(1, 0), (2, 0)],
                InferShape = InferWhere,
                // A dense copy of the condition is small beside the arrays that it chooses from.
                InferStorage = storage =>
                    storage.Input(0) == StorageType.Csr
                    && storage.Input(1) == StorageType.Default
                    && storage.Input(2) == StorageType.Default
                    && StorageRules.Dense(storage),
                InferType = InferWhereType,
                Gradient = c =>
                {
                    Value first = c.Call(WhereBackward, c.OutputGradient(0), c.Input(0));
                    c.Set(0, c.Call("zeros_like", c.Input(0)));
                    c.Set(1, first);
                    c.Set(2, first.Output(1));
                },
                Kernel = Where,
            }
        );
        registry.Add(
            new OperatorDef(WhereBackward)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.WhenShapesAgree,
                Inputs = ["ograd", "condition"],
                Outputs = ["x_grad", "y_grad"],
                Inplace = [(0, 1)],
                InferStorage = storage =>
                    storage.Input(0) == StorageType.Default
                    && storage.Input(1) == StorageType.Csr
                    && StorageRules.Dense(storage),
                InferShape = shapes =>
                {
                    shapes.SetOutput(0, shapes.Input(0));
                    shapes.SetOutput(1, shapes.Input(0));
                },
                InferType = types =>
                {
                    types.SetOutput(0, types.Input(0));
                    types.SetOutput(1, types.Input(0));
                },
                Gradient = c => c.Set(0, c.Call("where", c.Input(1), c.OutputGradient(0), c.OutputGradient(1))),
                Kernel = WhereGradient,
            }
        );
    }

    private static void WithBackward(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        Func<IParameters> parameters,
        KernelFunction kernel,
        KernelFunction backward,
        StorageRule? storage = null
    )
    {
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Aliases = aliases,
                NewParameters = parameters,
                Inplace = [(0, 0)],
                InferStorage = storage,
                Gradient = c =>
                    c.Set(0, c.CallWithSameParameters("_backward_" + name, c.OutputGradient(0), c.Input(0))),
                Kernel = kernel,
            }
        );
        registry.Add(
            new OperatorDef("_backward_" + name)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                NewParameters = parameters,
                Inputs = ["ograd", "data"],
                Inplace = [(0, 0), (1, 0)],
                Kernel = backward,
            }
        );
    }

    private static void RunBody<TBody>(ref KernelContext context, TBody body)
        where TBody : struct, IUnaryBody
    {
        TensorView y = context.Output(0);
        if (context.Input(0).Storage != StorageType.Default)
            SparseElementwise.Unary(ref context, body);
        else if (context.Wants(0))
            Kernels.Elementwise.Unary(body, y.DType, context.Input(0).Data, y.Data, y.Size, context.Accumulates(0));
    }

    private static double Sigma(ref KernelContext context) =>
        ElementwiseRegistration.ScalarOf(ref context, context.Output(0).DType);

    private static Clip ClipOf(ref KernelContext context)
    {
        var p = context.Parameters<ClipParameters>();
        return new Clip(p.Min, p.Max);
    }

    private static void InferWhere(ShapeInference shapes)
    {
        for (int i = 1; i <= 2; i++)
        {
            shapes.SetOutput(0, shapes.Input(i));
            shapes.SetInput(3 - i, shapes.Output(0));
            shapes.SetInput(i, shapes.Output(0));
        }

        Shape condition = shapes.Input(0);
        Shape x = shapes.Output(0);
        // A condition of which nothing is known may be one for each row or one for each element.
        if (condition.Rank > 1 || (condition.Rank == 1 && x.Rank == 1))
            shapes.SetInput(0, x);
        else if (condition.Rank == 1 && x.Rank > 0 && condition[0] != 0 && x[0] > condition[0])
            throw shapes.Error("a condition of rank 1 must have an element for each row of x (more are ignored).");
    }

    private static void InferWhereType(TypeInference types)
    {
        types.SetInput(1, types.Output(0));
        types.SetInput(2, types.Output(0));
        types.SetInput(2, types.Input(1));
        types.SetInput(1, types.Input(2));
        types.SetOutput(0, types.Input(1));
    }

    private static void Where(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView y = context.Output(0);
        void* condition = ConditionAs(ref context, context.Input(0), y.DType, out Shape shape);
        var mask = new BroadcastOperand(condition, Spread(shape, y.Shape, stackalloc long[y.Shape.Rank]));
        BroadcastBlocks.Run<Choose>(
            ref context,
            y.DType,
            y.Shape,
            mask,
            new BroadcastOperand(context.Input(1)),
            new BroadcastOperand(context.Input(2)),
            new BroadcastOperand(y),
            context.Accumulates(0)
        );
    }

    private static void WhereGradient(ref KernelContext context)
    {
        TensorView g = context.Input(0);
        void* condition = ConditionAs(ref context, context.Input(1), g.DType, out Shape given);
        ShapeView shape = Spread(given, g.Shape, stackalloc long[g.Shape.Rank]);
        if (context.Wants(0))
        {
            void* to = context.Output(0).Data;
            bool accumulate = context.Accumulates(0);
            Broadcast.Binary<KeepWhere>(g.DType, g.Data, g.Shape, condition, shape, to, g.Shape, accumulate);
        }

        if (context.Wants(1))
        {
            void* to = context.Output(1).Data;
            bool accumulate = context.Accumulates(1);
            Broadcast.Binary<KeepWhereNot>(g.DType, g.Data, g.Shape, condition, shape, to, g.Shape, accumulate);
        }
    }

    /// <summary>The condition in the type of the values: 1 where it is not 0, so that no conversion loses small numbers.</summary>
    private static void* ConditionAs(ref KernelContext context, in TensorView given, DType dtype, out Shape shape)
    {
        TensorView condition = SparseViews.Densified(ref context, given);
        shape = condition.Shape;
        if (condition.DType == dtype)
            return condition.Data;
        long n = condition.Size;
        void* truth = context.Scratch(n * condition.DType.ItemSize());
        Kernels.Elementwise.BinaryScalar<NotEqual>(condition.DType, condition.Data, 0, truth, n);
        void* converted = context.Scratch(n * dtype.ItemSize());
        Cast.Convert(condition.DType, truth, dtype, converted, n);
        return converted;
    }

    /// <summary>A condition of one element per row stands in front of axes of extent 1.</summary>
    private static ShapeView Spread(Shape condition, Shape full, Span<long> dims)
    {
        if (condition.Rank == full.Rank)
            return condition;
        dims.Fill(1);
        dims[0] = full[0];
        return new ShapeView(dims);
    }
}

/// <summary>Parameters of <c>clip</c>.</summary>
public sealed class ClipParameters : IParameters
{
    /// <summary>The smallest value of the result.</summary>
    public float Min;

    /// <summary>The largest value of the result.</summary>
    public float Max;

    /// <summary>Whether zeros stay zeros.</summary>
    internal bool KeepsZero => Min <= 0 && Max >= 0;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("a_min", ref Min);
        reader.Required("a_max", ref Max);
    }
}
