using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Puts a frame around images and volumes.</summary>
internal static unsafe class PadFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("Pad")
            {
                Aliases = ["pad"],
                NewParameters = () => new PadParameters(),
                InferShape = Infer,
                InferType = TypeRules.OrFloat32(TypeInference.Same),
                Gradient = c => c.Set(0, c.CallWithSameParameters("_backward_Pad", c.OutputGradient(0))),
                Kernel = Pad,
            }
        );
        registry.Add(
            new OperatorDef("_backward_Pad")
            {
                NewParameters = () => new PadParameters(),
                Inputs = ["ograd"],
                InferShape = shapes =>
                    shapes.SetOutput(0, Grow(shapes, shapes.Operator.Parameters<PadParameters>(), shapes.Input(0), -1)),
                Gradient = c =>
                {
                    // The frame of a constant has no gradient, so what flows back into it is 0.
                    var p = c.Operator.Parameters<PadParameters>();
                    var parameters = new PadParameters { Mode = p.Mode, Widths = p.Widths };
                    c.Set(0, c.Call("Pad", parameters, c.OutputGradient(0)));
                },
                Kernel = Fold,
            }
        );
    }

    private static void Infer(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<PadParameters>();
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        if (data.Rank is not (4 or 5))
            throw shapes.Error("Pad takes arrays of shape (batch, channels, [depth,] height, width).");
        if (p.Widths.Length != 2 * data.Rank)
        {
            throw shapes.Error(
                $"pad_width has {p.Widths.Length} numbers; it needs two, before and after, for each of {data.Rank} axes."
            );
        }

        for (int i = 0; i < p.Widths.Length; i++)
        {
            long extent = data[i / 2];
            if (p.Widths[i] < 0 || (i < 4 && p.Widths[i] != 0))
                throw shapes.Error("pad_width must not be negative, and 0 for batch and channels.");
            if (p.Mode == PadMode.Reflect && extent != 0 && p.Widths[i] >= extent)
                throw shapes.Error($"mode=reflect can add at most {extent - 1} to axis {i / 2}, not {p.Widths[i]}.");
        }

        shapes.SetOutput(0, Grow(shapes, p, data, 1));
    }

    private static Shape Grow(ShapeInference shapes, PadParameters p, Shape shape, int sign)
    {
        long[] extents = shape.Dims.ToArray();
        for (int i = 0; i < extents.Length; i++)
        {
            if (extents[i] != 0)
                extents[i] = checked(extents[i] + (sign * (p.Widths[2 * i] + p.Widths[(2 * i) + 1])));
            if (extents[i] < 0)
                throw shapes.Error("the array is smaller than its frame.");
        }

        return new Shape(extents);
    }

    private static void Pad(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<PadParameters>();
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (p.Mode != PadMode.Constant)
        {
            var staged = new StagedOutput(ref context, 0);
            Padding.Forward(x.DType, x.Data, x.Shape, staged.Data, y.Shape, p.Widths, p.Mode == PadMode.Reflect);
            staged.Finish();
            return;
        }

        var target = new StagedOutput(ref context, 0);
        Kernels.Elementwise.Fill(y.DType, p.Value, target.Data, y.Size);
        Move(x, x.Data, y, target.Data, x.Shape, p, intoFrame: true, accumulate: false);
        target.Finish();
    }

    private static void Fold(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<PadParameters>();
        TensorView gradient = context.Input(0);
        TensorView y = context.Output(0);
        bool accumulate = context.Accumulates(0);
        if (p.Mode == PadMode.Constant)
        {
            Move(gradient, gradient.Data, y, y.Data, y.Shape, p, intoFrame: false, accumulate);
            return;
        }

        if (!accumulate)
            Kernels.Elementwise.Fill(y.DType, 0, y.Data, y.Size);
        bool reflect = p.Mode == PadMode.Reflect;
        Padding.Backward(y.DType, gradient.Data, gradient.Shape, y.Data, y.Shape, p.Widths, reflect);
    }

    /// <summary>Copies the array inside the frame into the frame, or out of it.</summary>
    private static void Move(
        TensorView x,
        void* source,
        TensorView y,
        void* target,
        Shape inside,
        PadParameters p,
        bool intoFrame,
        bool accumulate
    )
    {
        int rank = inside.Rank;
        Span<long> from = stackalloc long[StridedPlaces.MaxRank];
        Span<long> to = stackalloc long[StridedPlaces.MaxRank];
        StridedPlaces.RowMajor(x.Shape.Dims, from);
        StridedPlaces.RowMajor(y.Shape.Dims, to);
        long offset = 0;
        for (int axis = 0; axis < rank; axis++)
        {
            offset += p.Widths[2 * axis] * (intoFrame ? to[axis] : from[axis]);
        }

        offset *= x.DType.ItemSize();
        byte* first = (byte*)source + (intoFrame ? 0 : offset);
        byte* place = (byte*)target + (intoFrame ? offset : 0);
        Strided.Copy(x.DType, first, from[..rank], place, to[..rank], inside.Dims, accumulate);
    }
}

/// <summary>What stands in the frame.</summary>
public enum PadMode
{
    /// <summary>A constant.</summary>
    Constant,

    /// <summary>The nearest element of the array.</summary>
    Edge,

    /// <summary>The array mirrored at its border, the border element itself not repeated.</summary>
    Reflect,
}

/// <summary>Parameters of <c>Pad</c>.</summary>
public sealed class PadParameters : IParameters
{
    /// <summary>What stands in the frame.</summary>
    public PadMode Mode;

    /// <summary>Width before and after, for each axis.</summary>
    public long[] Widths = [];

    /// <summary>The constant of <see cref="PadMode.Constant"/>.</summary>
    public double Value;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("mode", ref Mode, "constant", "edge", "reflect");
        reader.Required("pad_width", ref Widths);
        reader.Optional("constant_value", ref Value);
    }
}
