using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Cuts a rectangle out of the last two axes of images.</summary>
internal static unsafe class CropFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("Crop")
            {
                NewParameters = () => new CropParameters(),
                Inputs = ["data", "crop_like"],
                ShapeOnlyInputs = [1],
                VariadicCount = "num_args",
                CountVariadicInputs = op => op.Parameters<CropParameters>().Count,
                InferShape = Infer,
                InferType = TypeRules.OrFloat32(TypeRules.SameExceptFrom(2)),
                Gradient = c =>
                {
                    c.Set(0, c.CallWithSameParameters("_backward_Crop", c.OutputGradient(0), c.Input(0)));
                    if (c.InputCount > 1)
                        c.Set(1, c.Call("zeros_like", c.Input(1)));
                },
                Kernel = Cut,
            }
        );
        registry.Add(
            new OperatorDef("_backward_Crop")
            {
                NewParameters = () => new CropParameters(),
                Inputs = ["ograd", "data"],
                ShapeOnlyInputs = [1],
                InferShape = ShapeRules.OutputsLikeInputs(1),
                InferType = TypeRules.First,
                Gradient = c =>
                {
                    Value gradient = c.OutputGradient(0);
                    bool isLike = c.Operator.Parameters<CropParameters>().Count == 2;
                    ReadOnlySpan<Value> inputs = isLike ? [gradient, c.Input(0)] : [gradient];
                    c.Set(0, c.CallWithSameParameters("Crop", inputs));
                },
                Kernel = Spread,
            }
        );
    }

    private static void Infer(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<CropParameters>();
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        if (data.Rank != 4)
            throw shapes.Error("Crop takes images of shape (batch, channels, height, width).");
        Shape like = shapes.InputCount > 1 ? shapes.Input(1) : default;
        if (shapes.InputCount > 1 && like.Rank == 0)
            return;
        if (like.Rank is not (0 or 4))
            throw shapes.Error("the array to crop like must have shape (batch, channels, height, width).");
        long height = shapes.InputCount > 1 ? like[2] : p.Size[0];
        long width = shapes.InputCount > 1 ? like[3] : p.Size[1];
        shapes.SetOutput(0, [data[0], data[1], height, width]);
        Shape output = shapes.Output(0);
        if (!output.IsKnown || !data.IsKnown)
            return;
        (long top, long left) = p.Corner(data, output);
        if (top < 0 || left < 0 || top + output[2] > data[2] || left + output[3] > data[3])
        {
            throw shapes.Error(
                $"a rectangle of {output[2]} x {output[3]} at ({top},{left}) does not lie inside {data[2]} x {data[3]}."
            );
        }
    }

    private static void Cut(ref KernelContext context) => Copy(ref context, context.Input(0), context.Output(0), false);

    private static void Spread(ref KernelContext context)
    {
        TensorView y = context.Output(0);
        if (context.Wants(0) && !context.Accumulates(0))
            Kernels.Elementwise.Fill(y.DType, 0, y.Data, y.Size);
        Copy(ref context, y, context.Input(0), toWhole: true);
    }

    private static void Copy(ref KernelContext context, TensorView whole, TensorView part, bool toWhole)
    {
        if (!context.Wants(0))
            return;
        (long top, long left) = context.Parameters<CropParameters>().Corner(whole.Shape, part.Shape);
        Span<long> inWhole = stackalloc long[4];
        Span<long> inPart = stackalloc long[4];
        StridedPlaces.RowMajor(whole.Shape.Dims, inWhole);
        StridedPlaces.RowMajor(part.Shape.Dims, inPart);
        void* corner = (byte*)whole.Data + (((top * inWhole[2]) + left) * whole.DType.ItemSize());
        bool accumulate = context.Accumulates(0);
        if (toWhole)
            Strided.Copy(whole.DType, part.Data, inPart, corner, inWhole, part.Shape.Dims, accumulate);
        else
            Strided.Copy(whole.DType, corner, inWhole, part.Data, inPart, part.Shape.Dims, accumulate);
    }
}

/// <summary>Parameters of <c>Crop</c>.</summary>
public sealed class CropParameters : IParameters
{
    /// <summary>1: the size is given; 2: the second input says it.</summary>
    public int Count;

    /// <summary>Top and left of the rectangle.</summary>
    public long[] Offset = [0, 0];

    /// <summary>Height and width of the rectangle, with one input.</summary>
    public long[] Size = [0, 0];

    /// <summary>Put the rectangle into the middle; <see cref="Offset"/> does not count then.</summary>
    public bool Center;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("num_args", ref Count);
        reader.Optional("offset", ref Offset);
        reader.Optional("h_w", ref Size);
        reader.Optional("center_crop", ref Center);
        reader.Check(Count is 1 or 2, "num_args", Count, "1 or 2");
        reader.Check(Offset.Length == 2, "offset", $"{Offset.Length} numbers", "two numbers (y, x)");
        reader.Check(Size.Length == 2, "h_w", $"{Size.Length} numbers", "two numbers (height, width)");
        reader.Check(Size[0] >= 0 && Size[1] >= 0, "h_w", $"({Size[0]},{Size[1]})", "a height and a width");
    }

    internal (long Top, long Left) Corner(Shape whole, Shape part) =>
        Center ? ((whole[2] - part[2]) / 2, (whole[3] - part[3]) / 2) : (Offset[0], Offset[1]);
}
