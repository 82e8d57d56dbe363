using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Operators that put arrays together along an axis, or take one apart.</summary>
internal static unsafe class JoinFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        RegisterConcat(registry);
        registry.Add(
            new OperatorDef("stack")
            {
                NewParameters = () => new StackParameters(),
                VariadicCount = "num_args",
                CountVariadicInputs = op => op.Parameters<StackParameters>().Count,
                InferShape = InferStack,
                Gradient = c =>
                {
                    var p = c.Operator.Parameters<StackParameters>();
                    var split = new SliceChannelParameters
                    {
                        Count = c.InputCount,
                        Axis = p.Axis,
                        Squeeze = true,
                    };
                    Value parts = c.Call("SliceChannel", split, c.OutputGradient(0));
                    for (int i = 0; i < c.InputCount; i++)
                    {
                        c.Set(i, parts.Output(i));
                    }
                },
                Kernel = JoinEqual,
            }
        );
        RegisterSplit(registry);
    }

    private static void RegisterConcat(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("Concat")
            {
                Aliases = ["concat"],
                NewParameters = () => new ConcatParameters(),
                VariadicCount = "num_args",
                CountVariadicInputs = op => op.Parameters<ConcatParameters>().Count,
                InferShape = InferConcat,
                InferType = TypeRules.NeedsFirst(TypeInference.Same),
                Gradient = c =>
                {
                    // The inputs only say how long each part is.
                    var arguments = new Value[1 + c.InputCount];
                    arguments[0] = c.OutputGradient(0);
                    for (int i = 0; i < c.InputCount; i++)
                    {
                        arguments[1 + i] = c.Input(i);
                    }

                    Value parts = c.CallWithSameParameters("_backward_Concat", arguments);
                    for (int i = 0; i < c.InputCount; i++)
                    {
                        c.Set(i, parts.Output(i));
                    }
                },
                Kernel = Join,
            }
        );
        registry.Add(
            new OperatorDef("_backward_Concat")
            {
                NewParameters = () => new ConcatParameters(),
                CountVariadicInputs = op => 1 + op.Parameters<ConcatParameters>().Count,
                SelectOutputCount = op => op.Parameters<ConcatParameters>().Count,
                InferShape = ShapeRules.OutputsLikeInputs(1),
                InferType = TypeRules.First,
                Gradient = c =>
                {
                    var parts = new Value[c.Operator.OutputCount];
                    for (int i = 0; i < parts.Length; i++)
                    {
                        parts[i] = c.OutputGradient(i);
                    }

                    c.Set(0, c.CallWithSameParameters("Concat", parts));
                },
                Kernel = Part,
            }
        );
    }

    private static void RegisterSplit(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("SliceChannel")
            {
                Aliases = ["split"],
                NewParameters = () => new SliceChannelParameters(),
                Outputs = [],
                SelectOutputCount = op => op.Parameters<SliceChannelParameters>().Count,
                InferShape = InferSplit,
                InferType = TypeRules.NeedsFirst(TypeInference.Same),
                Gradient = c =>
                {
                    var parts = new Value[c.Operator.OutputCount];
                    for (int i = 0; i < parts.Length; i++)
                    {
                        parts[i] = c.OutputGradient(i);
                    }

                    c.Set(0, c.CallWithSameParameters("_backward_SliceChannel", parts));
                },
                Kernel = PartEqual,
            }
        );
        registry.Add(
            new OperatorDef("_backward_SliceChannel")
            {
                NewParameters = () => new SliceChannelParameters(),
                CountVariadicInputs = op => op.Parameters<SliceChannelParameters>().Count,
                InferShape = InferUnsplit,
                Gradient = c =>
                {
                    Value parts = c.CallWithSameParameters("SliceChannel", c.OutputGradient(0));
                    for (int i = 0; i < c.InputCount; i++)
                    {
                        c.Set(i, parts.Output(i));
                    }
                },
                Kernel = JoinEqual,
            }
        );
    }

    private static void InferConcat(ShapeInference shapes)
    {
        int axis = shapes.Operator.Parameters<ConcatParameters>().Dim;
        Shape common = shapes.Output(0);
        for (int i = 0; i < shapes.InputCount; i++)
        {
            Shape input = shapes.Input(i);
            if (input.Rank == 0)
                continue;
            if (axis >= input.Rank)
                throw shapes.Error($"dim={axis} is outside 0..{input.Rank - 1}.");
            common = Merge(shapes, common.Rank == 0 ? common : common.With(axis, 0), input.With(axis, 0), axis);
        }

        if (common.Rank == 0)
            return;
        long total = 0;
        bool isKnown = true;
        for (int i = 0; i < shapes.InputCount; i++)
        {
            Shape input = shapes.Input(i);
            shapes.SetInput(i, common.With(axis, input.Rank > 0 ? input[axis] : 0));
            isKnown &= input.Rank > 0 && input[axis] > 0;
            total += input.Rank > 0 ? input[axis] : 0;
        }

        shapes.SetOutput(0, common.With(axis, isKnown ? total : 0));
    }

    private static Shape Merge(ShapeInference shapes, Shape known, Shape stated, int axis)
    {
        if (known.Rank == 0)
            return stated;
        if (known.Rank != stated.Rank)
            throw shapes.Error("all arrays must have the same number of axes.");
        long[] extents = known.Dims.ToArray();
        for (int i = 0; i < extents.Length; i++)
        {
            if (extents[i] == 0)
                extents[i] = stated[i];
            else if (stated[i] != 0 && stated[i] != extents[i])
                throw shapes.Error(
                    $"the arrays differ in axis {i}; "
                        + (
                            axis < 0
                                ? "all must have one shape."
                                : $"only axis {axis}, along which they join, may differ."
                        )
                );
        }

        return new Shape(extents);
    }

    private static void InferStack(ShapeInference shapes)
    {
        int axis = shapes.Operator.Parameters<StackParameters>().Axis;
        Shape common = default;
        for (int i = 0; i < shapes.InputCount; i++)
        {
            if (shapes.Input(i).Rank > 0)
                common = Merge(shapes, common, shapes.Input(i), axis: -1);
        }

        if (common.Rank == 0)
            return;
        int place = shapes.Axis("axis", axis, common.Rank + 1);
        shapes.SetOutput(0, new Shape([.. common.Dims[..place], shapes.InputCount, .. common.Dims[place..]]));
        for (int i = 0; i < shapes.InputCount; i++)
        {
            if (shapes.Input(i).Rank > 0)
                shapes.SetInput(i, common);
        }
    }

    private static void InferSplit(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<SliceChannelParameters>();
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        int axis = shapes.Axis("axis", p.Axis, data.Rank);
        long extent = data[axis];
        if (extent % p.Count != 0)
            throw shapes.Error($"the extent {extent} of axis {axis} is no multiple of num_outputs={p.Count}.");
        if (p.Squeeze && extent != 0 && extent != p.Count)
        {
            throw shapes.Error(
                $"squeeze_axis needs parts of extent 1, but axis {axis} has {extent} elements for {p.Count} outputs."
            );
        }

        if (p.Squeeze && data.Rank == 1)
            throw shapes.Error("squeeze_axis would leave arrays without an axis.");
        // What the first round finds out of one part reaches the others in the second.
        ShareParts(shapes, axis, p);
        ShareParts(shapes, axis, p);
    }

    private static void ShareParts(ShapeInference shapes, int axis, SliceChannelParameters p)
    {
        Shape data = shapes.Input(0);
        Shape part = p.Squeeze
            ? new Shape([.. data.Dims[..axis], .. data.Dims[(axis + 1)..]])
            : data.With(axis, data[axis] / p.Count);
        for (int i = 0; i < shapes.OutputCount; i++)
        {
            shapes.SetOutput(i, part);
            shapes.SetInput(0, Whole(shapes.Output(i), axis, p));
        }
    }

    /// <summary>The shape of which this one is a part.</summary>
    private static Shape Whole(Shape part, int axis, SliceChannelParameters p) =>
        p.Squeeze
            ? new Shape([.. part.Dims[..axis], p.Count, .. part.Dims[axis..]])
            : part.With(axis, checked(part[axis] * p.Count));

    private static void InferUnsplit(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<SliceChannelParameters>();
        for (int i = 1; i < shapes.InputCount; i++)
        {
            shapes.SetInput(0, shapes.Input(i));
        }

        Shape part = shapes.Input(0);
        if (part.Rank == 0)
            return;
        int axis = shapes.Axis("axis", p.Axis, part.Rank + (p.Squeeze ? 1 : 0));
        shapes.SetOutput(0, Whole(part, axis, p));
    }

    private static void Join(ref KernelContext context)
    {
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        int axis = context.Parameters<ConcatParameters>().Dim;
        long outer = y.Shape.Product(0, axis);
        long row = y.Shape.Product(axis, y.Shape.Rank);
        long start = 0;
        for (int i = 0; i < context.InputCount; i++)
        {
            TensorView x = context.Input(i);
            long length = x.Size / outer;
            Copy(x.DType, x.Data, 0, length, y.Data, start, row, outer, length, context.Accumulates(0));
            start += length;
        }
    }

    private static void Part(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        int axis = context.Parameters<ConcatParameters>().Dim;
        long outer = x.Shape.Product(0, axis);
        long row = x.Shape.Product(axis, x.Shape.Rank);
        long start = 0;
        for (int i = 0; i < context.OutputCount; i++)
        {
            TensorView y = context.Output(i);
            long length = y.Size / outer;
            if (context.Wants(i))
                Copy(x.DType, x.Data, start, row, y.Data, 0, length, outer, length, context.Accumulates(i));
            start += length;
        }
    }

    /// <summary>Joins arrays of one shape: <c>stack</c>, and the gradient of <c>SliceChannel</c>.</summary>
    private static void JoinEqual(ref KernelContext context)
    {
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        long outer = Outer(ref context, y.Shape);
        long row = y.Size / outer;
        long length = row / context.InputCount;
        for (int i = 0; i < context.InputCount; i++)
        {
            void* x = context.Input(i).Data;
            Copy(y.DType, x, 0, length, y.Data, i * length, row, outer, length, context.Accumulates(0));
        }
    }

    private static void PartEqual(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        long outer = Outer(ref context, x.Shape);
        long row = x.Size / outer;
        long length = row / context.OutputCount;
        for (int i = 0; i < context.OutputCount; i++)
        {
            void* y = context.Output(i).Data;
            if (context.Wants(i))
                Copy(x.DType, x.Data, i * length, row, y, 0, length, outer, length, context.Accumulates(i));
        }
    }

    private static long Outer(ref KernelContext context, Shape whole)
    {
        int axis = context.Parameters<IJoinParameters>().Axis;
        return whole.Product(0, axis < 0 ? axis + whole.Rank : axis);
    }

    /// <summary>Copies <paramref name="rows"/> pieces, each contiguous, between arrays with rows of different lengths.</summary>
    private static void Copy(
        DType dtype,
        void* x,
        long xStart,
        long xRow,
        void* y,
        long yStart,
        long yRow,
        long rows,
        long length,
        bool accumulate
    )
    {
        int size = dtype.ItemSize();
        ReadOnlySpan<long> source = [xRow, 1];
        ReadOnlySpan<long> target = [yRow, 1];
        ReadOnlySpan<long> extents = [rows, length];
        Strided.Copy(
            dtype,
            (byte*)x + (xStart * size),
            source,
            (byte*)y + (yStart * size),
            target,
            extents,
            accumulate
        );
    }
}

/// <summary>The axis of an operator that joins or parts arrays of one shape.</summary>
internal interface IJoinParameters : IParameters
{
    /// <summary>The axis in the joined array; negative counts from the end.</summary>
    public int Axis { get; }
}

/// <summary>Parameters of <c>Concat</c>.</summary>
public sealed class ConcatParameters : IParameters
{
    /// <summary>Number of arrays.</summary>
    public int Count;

    /// <summary>The axis along which they join.</summary>
    public int Dim = 1;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("num_args", ref Count);
        reader.Optional("dim", ref Dim);
        reader.Check(Count >= 1, "num_args", Count, "at least 1");
        reader.Check(Dim >= 0, "dim", Dim, "an axis counted from the start");
    }
}

/// <summary>Parameters of <c>stack</c>.</summary>
public sealed class StackParameters : IJoinParameters
{
    /// <summary>The place of the new axis in the result; negative counts from the end.</summary>
    public int Axis;

    /// <summary>Number of arrays.</summary>
    public int Count;

    int IJoinParameters.Axis => Axis;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("axis", ref Axis);
        reader.Required("num_args", ref Count);
        reader.Check(Count >= 1, "num_args", Count, "at least 1");
    }
}

/// <summary>Parameters of <c>SliceChannel</c>.</summary>
public sealed class SliceChannelParameters : IJoinParameters
{
    /// <summary>Number of equal parts.</summary>
    public int Count;

    /// <summary>The axis to divide; negative counts from the end.</summary>
    public int Axis = 1;

    /// <summary>Drop the axis from the parts, which must have extent 1 along it.</summary>
    public bool Squeeze;

    int IJoinParameters.Axis => Axis;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("num_outputs", ref Count);
        reader.Optional("axis", ref Axis);
        reader.Optional("squeeze_axis", ref Squeeze);
        reader.Check(Count >= 1, "num_outputs", Count, "at least 1");
    }
}
