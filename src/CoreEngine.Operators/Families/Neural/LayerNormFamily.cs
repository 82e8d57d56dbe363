using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Layer normalisation (Ba, Kiros and Hinton 2016), as MXNet has had it since 1.3: each sample gets mean 0 and variance 1
/// along an axis, then each place of the axis its own factor and offset.
/// </summary>
/// <remarks>Mean and deviation can be results too; gradients that flow into them are not passed on.</remarks>
internal static unsafe class LayerNormFamily
{
    private const string Backward = "_backward_LayerNorm";

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("LayerNorm")
            {
                NewParameters = () => new LayerNormParameters(),
                Inputs = ["data", "gamma", "beta"],
                Outputs = ["output", "mean", "std"],
                CountVisibleOutputs = op => op.Parameters<LayerNormParameters>().OutputMoments ? 3 : 1,
                InferShape = InferShape,
                InferType = FloatTypes.WideHidden,
                Gradient = Gradient.Backward(Backward, [0], [0, 1], [1, 2], count: 3),
                Kernel = HalfPrecision.Widen(Forward),
            }
        );
        registry.Add(
            new OperatorDef(Backward)
            {
                NewParameters = () => new LayerNormParameters(),
                Inputs = ["ograd", "data", "gamma", "mean", "std"],
                Outputs = ["data", "gamma", "beta"],
                InferShape = LikeInputs.Shapes(1, 2, 2),
                InferType = LikeInputs.Types(1, 2, 2),
                Kernel = HalfPrecision.Widen(Differentiate),
            }
        );
    }

    private static void InferShape(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(0));
        shapes.SetOutput(0, shapes.Input(0));
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        int axis = shapes.Operator.Parameters<LayerNormParameters>().Axis;
        if (axis < -data.Rank || axis >= data.Rank)
            throw shapes.Error($"axis {axis} does not exist; it must be from {-data.Rank} to {data.Rank - 1}.");
        int normalised = data.Axis(axis);
        shapes.SetInput(1, new Shape(data[normalised]));
        shapes.SetInput(2, new Shape(data[normalised]));
        Shape moments = data.With(normalised, 1);
        shapes.SetOutput(1, moments);
        shapes.SetOutput(2, moments);
    }

    private static RowNormalization Rows(ref KernelContext context, Shape data, out long outer, out long inner)
    {
        var p = context.Parameters<LayerNormParameters>();
        int axis = data.Axis(p.Axis);
        long length = data[axis];
        outer = data.Product(0, axis);
        inner = data.Product(axis + 1, data.Rank);
        return new RowNormalization(outer * inner, length, Channels: 0, p.Epsilon);
    }

    /// <summary>The array with the normalised axis last.</summary>
    private static void* AxisLast(ref KernelContext context, in TensorView array, long outer, long inner)
    {
        if (inner == 1)
            return array.Data;
        ShapeView extents = [outer, array.Size / (outer * inner), inner];
        void* moved = context.Scratch(array.Size * array.DType.ItemSize());
        Strided.Transpose(array.DType, array.Data, extents, [0, 2, 1], moved);
        return moved;
    }

    private static void Forward(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        DType dtype = x.DType;
        RowNormalization rows = Rows(ref context, x.Shape, out long outer, out long inner);
        bool moves = inner > 1;
        void* data = AxisLast(ref context, x, outer, inner);
        void* mean = context.Scratch(rows.Rows * dtype.ItemSize());
        void* inverse = context.Scratch(rows.Rows * dtype.ItemSize());
        void* y = context.Wants(0) ? context.Output(0).Data : null;
        void* target = moves && y != null ? context.Scratch(x.Size * dtype.ItemSize()) : y;
        rows.Forward(
            dtype,
            data,
            context.Input(1).Data,
            context.Input(2).Data,
            mean,
            inverse,
            target,
            !moves && context.Accumulates(0)
        );
        if (moves && y != null)
        {
            ShapeView moved = [outer, inner, x.Shape.Size / (outer * inner)];
            Strided.Transpose(dtype, target, moved, [0, 2, 1], y, context.Accumulates(0));
        }

        if (context.Wants(1))
            Kernels.Elementwise.Unary<Identity>(dtype, mean, context.Output(1).Data, rows.Rows, context.Accumulates(1));
        if (context.Wants(2))
        {
            Kernels.Elementwise.Unary<Reciprocal>(
                dtype,
                inverse,
                context.Output(2).Data,
                rows.Rows,
                context.Accumulates(2)
            );
        }
    }

    private static void Differentiate(ref KernelContext context)
    {
        TensorView g = context.Input(0);
        TensorView x = context.Input(1);
        DType dtype = x.DType;
        RowNormalization rows = Rows(ref context, x.Shape, out long outer, out long inner);
        bool moves = inner > 1;
        void* inverse = context.Scratch(rows.Rows * dtype.ItemSize());
        Kernels.Elementwise.Unary<Reciprocal>(dtype, context.Input(4).Data, inverse, rows.Rows);
        void* dx = context.Wants(0) ? context.Output(0).Data : null;
        void* target = moves && dx != null ? context.Scratch(x.Size * dtype.ItemSize()) : dx;
        rows.Backward(
            dtype,
            AxisLast(ref context, x, outer, inner),
            AxisLast(ref context, g, outer, inner),
            context.Input(2).Data,
            context.Input(3).Data,
            inverse,
            target,
            !moves && context.Accumulates(0),
            context.Wants(1) ? context.Output(1).Data : null,
            context.Accumulates(1),
            context.Wants(2) ? context.Output(2).Data : null,
            context.Accumulates(2)
        );
        if (moves && dx != null)
        {
            ShapeView moved = [outer, inner, x.Shape.Size / (outer * inner)];
            Strided.Transpose(dtype, target, moved, [0, 2, 1], dx, context.Accumulates(0));
        }
    }

    private readonly struct Reciprocal : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => V.One / x;
    }
}

/// <summary>Parameters of <c>LayerNorm</c>.</summary>
public sealed class LayerNormParameters : IParameters
{
    /// <summary>The axis along which moments are taken; negative counts from the end.</summary>
    public int Axis = -1;

    /// <summary>Added to the variance.</summary>
    public float Epsilon = 1e-5f;

    /// <summary>Whether mean and deviation, sqrt(variance + epsilon), are results as well.</summary>
    public bool OutputMoments;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("axis", ref Axis);
        reader.Optional("eps", ref Epsilon);
        reader.Optional("output_mean_var", ref OutputMoments);
    }
}
