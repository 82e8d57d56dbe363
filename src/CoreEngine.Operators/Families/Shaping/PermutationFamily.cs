using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Operators that put the elements in another order along or between axes.</summary>
internal static unsafe class PermutationFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("transpose")
            {
                NewParameters = () => new TransposeParameters(),
                InferShape = InferTranspose,
                Gradient = c =>
                    c.Set(
                        0,
                        c.Call("transpose", c.Operator.Parameters<TransposeParameters>().Inverse(), c.OutputGradient(0))
                    ),
                Kernel = Transpose,
            }
        );
        registry.Add(
            new OperatorDef("SwapAxis")
            {
                Aliases = ["swapaxes"],
                NewParameters = () => new SwapAxisParameters(),
                InferShape = InferSwapAxis,
                InferType = TypeRules.NeedsFirst(TypeInference.Same),
                Gradient = c => c.Set(0, c.CallWithSameParameters("SwapAxis", c.OutputGradient(0))),
                Kernel = SwapAxis,
            }
        );
        registry.Add(
            new OperatorDef("reverse")
            {
                Aliases = ["flip"],
                NewParameters = () => new ReverseParameters(),
                InferShape = InferReverse,
                Gradient = c => c.Set(0, c.CallWithSameParameters("reverse", c.OutputGradient(0))),
                Kernel = Reverse,
            }
        );
    }

    private static void InferTranspose(ShapeInference shapes)
    {
        long[] axes = shapes.Operator.Parameters<TransposeParameters>().Axes;
        Shape data = shapes.Input(0);
        Shape output = shapes.Output(0);
        int rank = Math.Max(data.Rank, output.Rank);
        if (rank == 0)
            return;
        if (axes.Length != 0 && axes.Length != rank)
            throw shapes.Error($"axes=({string.Join(",", axes)}) must name each of the {rank} axes once.");
        Span<long> forward = new long[rank];
        Span<long> backward = new long[rank];
        uint seen = 0;
        for (int i = 0; i < rank; i++)
        {
            int axis = axes.Length == 0 ? rank - 1 - i : shapes.Axis("axes", axes[i], rank);
            if ((seen & (1u << axis)) != 0)
                throw shapes.Error($"axes=({string.Join(",", axes)}) names axis {axis} twice.");
            seen |= 1u << axis;
            forward[i] = data.Rank > 0 ? data[axis] : 0;
            backward[axis] = output.Rank > 0 ? output[i] : 0;
        }

        shapes.SetOutput(0, new Shape(forward));
        shapes.SetInput(0, new Shape(backward));
    }

    private static void InferSwapAxis(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<SwapAxisParameters>();
        if (p.First == p.Second)
            throw shapes.Error($"dim1 and dim2 are both {p.First}; there is nothing to swap.");
        Shape Swap(Shape shape)
        {
            if (shape.Rank == 0)
                return shape;
            int first = shapes.Axis("dim1", p.First, shape.Rank);
            int second = shapes.Axis("dim2", p.Second, shape.Rank);
            return shape.With(first, shape[second]).With(second, shape[first]);
        }

        shapes.SetOutput(0, Swap(shapes.Input(0)));
        shapes.SetInput(0, Swap(shapes.Output(0)));
    }

    private static void InferReverse(ShapeInference shapes)
    {
        ShapeInference.Same(shapes);
        if (shapes.Input(0).Rank == 0)
            return;
        foreach (long axis in shapes.Operator.Parameters<ReverseParameters>().Axes)
        {
            shapes.Axis("axis", axis, shapes.Input(0).Rank);
        }
    }

    private static void Transpose(ref KernelContext context)
    {
        long[] axes = context.Parameters<TransposeParameters>().Axes;
        Span<int> order = stackalloc int[StridedPlaces.MaxRank];
        for (int i = 0; i < axes.Length; i++)
        {
            order[i] = (int)axes[i];
        }

        Permute(ref context, order[..axes.Length]);
    }

    private static void SwapAxis(ref KernelContext context)
    {
        var p = context.Parameters<SwapAxisParameters>();
        Span<int> order = stackalloc int[StridedPlaces.MaxRank];
        order = order[..context.Input(0).Shape.Rank];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] =
                i == p.First ? (int)p.Second
                : i == p.Second ? (int)p.First
                : i;
        }

        Permute(ref context, order);
    }

    private static void Permute(ref KernelContext context, scoped ReadOnlySpan<int> order)
    {
        TensorView x = context.Input(0);
        if (context.Wants(0))
            Strided.Transpose(x.DType, x.Data, x.Shape, order, context.Output(0).Data, context.Accumulates(0));
    }

    private static void Reverse(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        int rank = x.Shape.Rank;
        Span<long> source = stackalloc long[StridedPlaces.MaxRank];
        Span<long> target = stackalloc long[StridedPlaces.MaxRank];
        StridedPlaces.RowMajor(x.Shape.Dims, source);
        StridedPlaces.RowMajor(x.Shape.Dims, target);
        long offset = 0;
        foreach (long named in context.Parameters<ReverseParameters>().Axes)
        {
            int axis = x.Shape.Axis((int)named);
            offset += source[axis] * (x.Shape[axis] - 1);
            source[axis] = -source[axis];
        }

        Strided.Copy(
            x.DType,
            (byte*)x.Data + (offset * x.DType.ItemSize()),
            source[..rank],
            context.Output(0).Data,
            target[..rank],
            x.Shape.Dims,
            context.Accumulates(0)
        );
    }
}

/// <summary>Parameters of <c>transpose</c>.</summary>
public sealed class TransposeParameters : IParameters
{
    /// <summary>Axis i of the result is axis <c>Axes[i]</c> of the input; empty for the reverse order.</summary>
    public long[] Axes = [];

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Optional("axes", ref Axes);

    internal TransposeParameters Inverse()
    {
        long[] inverse = new long[Axes.Length];
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[Axes[i] < 0 ? Axes[i] + Axes.Length : Axes[i]] = i;
        }

        return new TransposeParameters { Axes = inverse };
    }
}

/// <summary>Parameters of <c>SwapAxis</c>.</summary>
public sealed class SwapAxisParameters : IParameters
{
    /// <summary>The first of the two axes.</summary>
    public uint First;

    /// <summary>The second of the two axes.</summary>
    public uint Second;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("dim1", ref First);
        reader.Optional("dim2", ref Second);
    }
}

/// <summary>Parameters of <c>reverse</c>.</summary>
public sealed class ReverseParameters : IParameters
{
    /// <summary>The axes to reverse, one after the other (twice is back); negative ones count from the end.</summary>
    public long[] Axes = [];

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Required("axis", ref Axes);
}
