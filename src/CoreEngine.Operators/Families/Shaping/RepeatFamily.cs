using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Operators that repeat elements or whole arrays, and the sums that are their gradients.</summary>
internal static unsafe class RepeatFamily
{
    /// <summary>Each axis of a tiled array is two axes of the kernel.</summary>
    private const int MaxRank = StridedPlaces.MaxRank / 2;

    internal static void Register(OperatorRegistry registry)
    {
        Add(registry, "tile", () => new TileParameters(), InferTile, Tile, SumTiles);
        Add(registry, "repeat", () => new RepeatParameters(), InferRepeat, Repeat, SumRepeats);
    }

    private static void Add(
        OperatorRegistry registry,
        string name,
        Func<IParameters> parameters,
        ShapeRule infer,
        KernelFunction kernel,
        KernelFunction sum
    )
    {
        string backward = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = parameters,
                InferShape = infer,
                MayBeEmpty = true,
                Gradient = c => c.Set(0, c.CallWithSameParameters(backward, c.OutputGradient(0), c.Input(0))),
                Kernel = kernel,
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
                Kernel = sum,
            }
        );
    }

    private static void InferTile(ShapeInference shapes)
    {
        long[] counts = shapes.Operator.Parameters<TileParameters>().Counts;
        Shape data = shapes.Input(0);
        foreach (long count in counts)
        {
            if (count < 0)
                throw shapes.Error($"reps=({string.Join(",", counts)}) must not be negative.");
        }

        if (data.Rank == 0)
            return;
        int rank = Math.Max(data.Rank, counts.Length);
        if (rank > MaxRank)
            throw shapes.Error($"at most {MaxRank} axes can be tiled.");
        long[] extents = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            extents[i] = checked(TileParameters.Aligned(data.Dims, i, rank) * TileParameters.Aligned(counts, i, rank));
        }

        shapes.SetOutput(0, new Shape(extents));
    }

    private static void InferRepeat(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<RepeatParameters>();
        Shape data = shapes.Input(0);
        if (p.Count < 1)
            throw shapes.Error($"repeats={p.Count} must be at least 1.");
        if (data.Rank == 0)
            return;
        if (p.Axis is not { } named)
        {
            shapes.SetOutput(0, [checked(ShapeRules.Product(data.Dims) * p.Count)]);
            return;
        }

        int axis = shapes.Axis("axis", named, data.Rank);
        shapes.SetOutput(0, data.With(axis, checked(data[axis] * p.Count)));
    }

    private static void Tile(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        Span<long> extents = stackalloc long[StridedPlaces.MaxRank];
        Span<long> source = stackalloc long[StridedPlaces.MaxRank];
        Span<long> target = stackalloc long[StridedPlaces.MaxRank];
        int rank = TileExtents(context.Parameters<TileParameters>().Counts, x.Shape, y.Shape.Rank, extents);
        StridedPlaces.RowMajor(extents[..rank], target);
        long stride = 1;
        for (int i = rank - 1; i > 0; i -= 2)
        {
            source[i] = stride;
            source[i - 1] = 0;
            stride *= extents[i];
        }

        Strided.Copy(x.DType, x.Data, source[..rank], y.Data, target[..rank], extents[..rank], context.Accumulates(0));
    }

    /// <summary>The tiled array with two axes for each one: the number of tiles, and the extent of a tile.</summary>
    private static int TileExtents(long[] counts, Shape data, int rank, Span<long> extents)
    {
        for (int i = 0; i < rank; i++)
        {
            extents[2 * i] = TileParameters.Aligned(counts, i, rank);
            extents[(2 * i) + 1] = TileParameters.Aligned(data.Dims, i, rank);
        }

        return 2 * rank;
    }

    private static void SumTiles(ref KernelContext context)
    {
        TensorView gradient = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        Span<long> extents = stackalloc long[StridedPlaces.MaxRank];
        Span<int> axes = stackalloc int[MaxRank];
        int rank = gradient.Shape.Rank;
        TileExtents(context.Parameters<TileParameters>().Counts, y.Shape, rank, extents);
        for (int i = 0; i < rank; i++)
        {
            axes[i] = 2 * i;
        }

        Sum(ref context, extents[..(2 * rank)], axes[..rank]);
    }

    private static void Repeat(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        if (!context.Wants(0))
            return;
        var p = context.Parameters<RepeatParameters>();
        p.Extents(x.Shape, out long rows, out long inner);
        ReadOnlySpan<long> source = [inner, 0, 1];
        ReadOnlySpan<long> target = [p.Count * inner, inner, 1];
        ReadOnlySpan<long> extents = [rows, p.Count, inner];
        Strided.Copy(x.DType, x.Data, source, context.Output(0).Data, target, extents, context.Accumulates(0));
    }

    private static void SumRepeats(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<RepeatParameters>();
        p.Extents(context.Output(0).Shape, out long rows, out long inner);
        ReadOnlySpan<int> axes = [1];
        Sum(ref context, [rows, p.Count, inner], axes);
    }

    private static void Sum(ref KernelContext context, scoped ReadOnlySpan<long> extents, scoped ReadOnlySpan<int> axes)
    {
        TensorView x = context.Input(0);
        Reduce.Run<SumReducer>(
            x.DType,
            x.Data,
            new ShapeView(extents),
            axes,
            context.Output(0).Data,
            context.Accumulates(0)
        );
    }
}

/// <summary>Parameters of <c>tile</c>.</summary>
public sealed class TileParameters : IParameters
{
    /// <summary>How often the array stands along each axis, aligned at the last axis.</summary>
    public long[] Counts = [];

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Required("reps", ref Counts);

    /// <summary>An entry of a tuple that is padded with ones in front to <paramref name="rank"/> entries.</summary>
    internal static long Aligned(ReadOnlySpan<long> values, int axis, int rank)
    {
        int place = axis - (rank - values.Length);
        return place < 0 ? 1 : values[place];
    }
}

/// <summary>Parameters of <c>repeat</c>.</summary>
public sealed class RepeatParameters : IParameters
{
    /// <summary>How often each element stands.</summary>
    public long Count;

    /// <summary>The axis along which to repeat; null flattens the array first. Negative counts from the end.</summary>
    public int? Axis;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("repeats", ref Count);
        reader.Optional("axis", ref Axis);
    }

    internal void Extents(Shape data, out long rows, out long inner)
    {
        inner = Axis is { } axis ? data.Product(data.Axis(axis) + 1, data.Rank) : 1;
        rows = data.Size / inner;
    }
}
