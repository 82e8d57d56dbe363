using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// The count sketch: projects rows to fewer numbers by adding each element, with a sign, to a place that a hash gives
/// (Charikar, Chen, Farach-Colton, "Finding frequent items in data streams", 2002).
/// </summary>
internal static unsafe class CountSketchFamily
{
    private const string Name = "_contrib_count_sketch";
    private const string BackwardName = "_backward_" + Name;

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef(Name)
            {
                NewParameters = () => new CountSketchParameters(),
                Inputs = ["data", "h", "s"],
                InferShape = InferShape,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = SetGradient,
                Kernel = HalfPrecision.Widen(Project),
            }
        );
        registry.Add(
            new OperatorDef(BackwardName)
            {
                NewParameters = () => new CountSketchParameters(),
                Inputs = ["ograd", "h", "s"],
                InferShape = shapes =>
                {
                    Shape g = shapes.Input(0);
                    Shape h = shapes.Input(1);
                    if (g.Rank > 0 && h.Rank > 0)
                        shapes.SetOutput(0, WithLast(g, h[^1]));
                },
                InferType = FloatTypes.Same,
                Gradient = SetBackwardGradient,
                Kernel = HalfPrecision.Widen(Collect),
            }
        );
    }

    private static void InferShape(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<CountSketchParameters>();
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        for (int i = 1; i <= 2; i++)
        {
            // A list of numbers will do, too.
            bool isList = shapes.Input(i).Rank == 1;
            shapes.SetInput(i, isList ? new Shape(data[^1]) : new Shape(1, data[^1]));
        }

        shapes.SetOutput(0, WithLast(data, p.Places));
    }

    private static Shape WithLast(Shape shape, long extent)
    {
        long[] dims = shape.Dims.ToArray();
        dims[^1] = extent;
        return new Shape(dims);
    }

    /// <summary>The result is linear in the data and in the signs.</summary>
    private static void SetGradient(GradientContext c)
    {
        Value g = c.OutputGradient(0);
        c.Set(0, c.CallWithSameParameters(BackwardName, g, c.Input(1), c.Input(2)));
        Value collected = c.CallWithSameParameters(BackwardName, g, c.Input(1), c.Call("ones_like", c.Input(2)));
        c.Set(2, SumLike(c, c.Multiply(collected, c.Input(0)), c.Input(2)));
    }

    private static void SetBackwardGradient(GradientContext c)
    {
        Value g = c.OutputGradient(0);
        c.Set(0, c.CallWithSameParameters(Name, g, c.Input(1), c.Input(2)));
        Value collected = c.CallWithSameParameters(
            BackwardName,
            c.Input(0),
            c.Input(1),
            c.Call("ones_like", c.Input(2))
        );
        c.Set(2, SumLike(c, c.Multiply(collected, g), c.Input(2)));
    }

    /// <summary>The sum over all axes but the last, in the shape of the signs.</summary>
    private static Value SumLike(GradientContext c, Value terms, Value signs) =>
        c.Call("reshape_like", c.Call("sum", new ReductionParameters { Axis = [-1], Exclude = true }, terms), signs);

    /// <summary>The places, whole and within the output.</summary>
    private static long* Places(ref KernelContext context, long count)
    {
        long* places = IndexConversion.ToInt64(ref context, context.Input(1));
        int most = context.Parameters<CountSketchParameters>().Places;
        for (long i = 0; i < count; i++)
        {
            if (places[i] < 0 || places[i] >= most)
            {
                throw new OperatorException(
                    context.Operator.Name,
                    $"h[{i}] is {places[i]}, but out_dim={most} makes places 0 to {most - 1}; enlarge out_dim or change h."
                );
            }
        }

        return places;
    }

    private static void Project(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        long length = x.Shape[^1];
        CountSketch.Project(
            x.DType,
            x.Size / length,
            length,
            y.Shape[^1],
            x.Data,
            Places(ref context, length),
            context.Input(2).Data,
            y.Data,
            context.Accumulates(0)
        );
    }

    private static void Collect(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView g = context.Input(0);
        TensorView dx = context.Output(0);
        long length = dx.Shape[^1];
        CountSketch.Collect(
            g.DType,
            dx.Size / length,
            length,
            g.Shape[^1],
            g.Data,
            Places(ref context, length),
            context.Input(2).Data,
            dx.Data,
            context.Accumulates(0)
        );
    }
}

/// <summary>Parameters of <c>_contrib_count_sketch</c>.</summary>
public sealed class CountSketchParameters : IParameters
{
    /// <summary>Number of places of the result.</summary>
    public int Places;

    /// <summary>Has no effect: MXNet's GPU version projects so many rows at once.</summary>
    public int BatchSize = 32;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("out_dim", ref Places);
        reader.Check(Places > 0, "out_dim", Places, "at least 1");
        reader.Optional("processing_batch_size", ref BatchSize);
        reader.Check(BatchSize > 0, "processing_batch_size", BatchSize, "at least 1");
    }
}
