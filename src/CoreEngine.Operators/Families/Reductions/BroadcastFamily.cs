using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Operators that repeat an array along axes, and their counterparts that sum it back. Each is the other's gradient.
/// </summary>
internal static unsafe class BroadcastFamily
{
    /// <summary>Sums an array down to the shape of another.</summary>
    internal const string SumLike = "_backward_sum_like";

    /// <summary>Repeats an array to the shape of another.</summary>
    internal const string BroadcastLike = "_backward_broadcast_like";

    private const string SumsOfBoth = "_backward_broadcast_";

    internal static void Register(OperatorRegistry registry)
    {
        Repeating(registry, "broadcast_to", [], () => new BroadcastToParameters(), InferBroadcastTo);
        Repeating(registry, "broadcast_axis", ["broadcast_axes"], () => new BroadcastAxisParameters(), InferAxes);
        registry.Add(
            new OperatorDef(SumLike)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.WhenShapesAgree,
                Inputs = ["data", "like"],
                ShapeOnlyInputs = [1],
                InferShape = shapes => shapes.SetOutput(0, shapes.Input(1)),
                Gradient = c => c.Set(0, c.Call(BroadcastLike, c.OutputGradient(0), c.Input(0))),
                Kernel = static (ref KernelContext c) => SumTo<SumReducer, Identity>(ref c, 0),
            }
        );
        registry.Add(
            new OperatorDef(BroadcastLike)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.WhenBroadcast,
                Inputs = ["data", "like"],
                ShapeOnlyInputs = [1],
                InferShape = shapes => shapes.SetOutput(0, shapes.Input(1)),
                Gradient = c => c.Set(0, c.Call(SumLike, c.OutputGradient(0), c.Input(0))),
                Kernel = Repeat,
            }
        );
        BothSums<SumReducer, Identity>(registry, "elemwise_add");
        BothSums<NegativeSum, Negative>(registry, "elemwise_sub");
    }

    /// <summary>The gradient of a broadcasting sum or difference: the output's gradient summed down to either operand.</summary>
    internal static GradientRule SumBoth(string operatorName) =>
        c =>
        {
            Value first = c.Call(SumsOfBoth + operatorName, c.OutputGradient(0), c.Input(0), c.Input(1));
            c.Set(0, first);
            c.Set(1, first.Output(1));
        };

    private static void BothSums<TReducer, TUnreduced>(OperatorRegistry registry, string operatorName)
        where TReducer : struct, IReducer
        where TUnreduced : struct, IUnaryOp =>
        registry.Add(
            new OperatorDef(SumsOfBoth + operatorName)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.WhenShapesAgree,
                Inputs = ["ograd", "lhs", "rhs"],
                ShapeOnlyInputs = [1, 2],
                Outputs = ["lhs_grad", "rhs_grad"],
                InferShape = shapes =>
                {
                    shapes.SetOutput(0, shapes.Input(1));
                    shapes.SetOutput(1, shapes.Input(2));
                },
                // Linear in the gradient: adding (subtracting) what flows back into both outputs is its own gradient.
                Gradient = c =>
                {
                    Value left = c.Call(BroadcastLike, c.OutputGradient(0), c.Input(0));
                    Value right = c.Call(BroadcastLike, c.OutputGradient(1), c.Input(0));
                    c.Set(0, c.Call(operatorName, left, right));
                },
                Kernel = static (ref KernelContext c) =>
                {
                    SumTo<SumReducer, Identity>(ref c, 0);
                    SumTo<TReducer, TUnreduced>(ref c, 1);
                },
            }
        );

    private static void Repeating(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        Func<IParameters> parameters,
        ShapeRule shape
    ) =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.WhenBroadcast,
                Aliases = aliases,
                NewParameters = parameters,
                InferShape = shape,
                Gradient = c => c.Set(0, c.Call(SumLike, c.OutputGradient(0), c.Input(0))),
                Kernel = Repeat,
            }
        );

    private static void InferBroadcastTo(ShapeInference shapes)
    {
        Shape x = shapes.Input(0);
        if (x.Rank == 0)
            return;
        long[] dims = (long[])shapes.Operator.Parameters<BroadcastToParameters>().Shape.Clone();
        if (dims.Length != x.Rank)
            throw shapes.Error(
                $"the target has {dims.Length} axes, the data {x.Rank}; give as many extents (0 keeps one)."
            );
        for (int i = 0; i < dims.Length; i++)
        {
            if (dims[i] == 0)
                dims[i] = x[i];
            else if (dims[i] != x[i] && x[i] > 1)
                throw shapes.Error($"axis {i} has extent {x[i]}, not 1, and cannot become {dims[i]}.");
        }

        shapes.SetOutput(0, shapes.Given("shape", dims));
    }

    private static void InferAxes(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<BroadcastAxisParameters>();
        if (p.Axis.Length != p.Size.Length)
            throw shapes.Error($"axis names {p.Axis.Length} axes, size {p.Size.Length} extents; give one for each.");
        Shape x = shapes.Input(0);
        if (x.Rank == 0)
            return;
        long[] dims = x.Dims.ToArray();
        for (int i = 0; i < p.Axis.Length; i++)
        {
            int axis = shapes.Axis("axis", p.Axis[i], x.Rank);
            if (dims[axis] > 1)
                throw shapes.Error($"axis {axis} has extent {dims[axis]}, not 1, and cannot be repeated.");
            dims[axis] = p.Size[i];
        }

        shapes.SetOutput(0, shapes.Given("size", dims));
    }

    private static void Repeat(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (context.Wants(0))
            Broadcast.Copy(y.DType, x.Data, x.Shape, y.Data, y.Shape, context.Accumulates(0));
    }

    /// <summary>Sums input 0 down to the shape of an output; an output of the same shape gets it element by element.</summary>
    private static void SumTo<TReducer, TUnreduced>(ref KernelContext context, int output)
        where TReducer : struct, IReducer
        where TUnreduced : struct, IUnaryOp
    {
        if (!context.Wants(output))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(output);
        bool accumulate = context.Accumulates(output);
        Span<int> axes = stackalloc int[x.Shape.Rank];
        int count = 0;
        int missing = x.Shape.Rank - y.Shape.Rank;
        for (int axis = 0; axis < axes.Length; axis++)
        {
            if (axis < missing || y.Shape[axis - missing] != x.Shape[axis])
                axes[count++] = axis;
        }

        if (count == 0)
            Kernels.Elementwise.Unary<TUnreduced>(y.DType, x.Data, y.Data, y.Size, accumulate);
        else
            Reduce.Run<TReducer>(y.DType, x.Data, x.Shape, axes[..count], y.Data, accumulate);
    }
}

/// <summary>Parameters of <c>broadcast_to</c>.</summary>
public sealed class BroadcastToParameters : IParameters
{
    /// <summary>The shape of the result; 0 keeps the extent of the data.</summary>
    public long[] Shape = [];

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Optional("shape", ref Shape);
}

/// <summary>Parameters of <c>broadcast_axis</c>.</summary>
public sealed class BroadcastAxisParameters : IParameters
{
    /// <summary>The axes to repeat, which have extent 1; negative ones count from the end.</summary>
    public long[] Axis = [];

    /// <summary>How often, for each of them.</summary>
    public long[] Size = [];

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("axis", ref Axis);
        reader.Optional("size", ref Size);
    }
}
