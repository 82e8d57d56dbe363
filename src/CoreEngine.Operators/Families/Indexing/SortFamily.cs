using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Operators that order elements along an axis. Orders are stable in both directions; NaN counts as the largest number.
/// Visible indices are float32, as in MXNet; the hidden ones that gradients use are int64.
/// </summary>
internal static unsafe class SortFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("sort")
            {
                NewParameters = () => new SortParameters(),
                Outputs = ["output0", "output1"],
                CountVisibleOutputs = _ => 1,
                InferShape = InferSort,
                InferType = types => InferType(types, values: 0, indices: 1, DType.Int64),
                Gradient = SetGradient,
                Kernel = static (ref KernelContext context) =>
                    Order(ref context, context.Parameters<SortParameters>(), values: 0, indices: 1, mask: -1),
            }
        );
        registry.Add(
            new OperatorDef("argsort")
            {
                NewParameters = () => new SortParameters(),
                InferShape = InferSort,
                InferType = types => InferType(types, values: -1, indices: 0, DType.Float32),
                Gradient = Gradient.Zero,
                Kernel = static (ref KernelContext context) =>
                    Order(ref context, context.Parameters<SortParameters>(), values: -1, indices: 0, mask: -1),
            }
        );
        registry.Add(
            new OperatorDef("topk")
            {
                NewParameters = () => new TopKParameters(),
                Outputs = ["output0", "output1"],
                SelectOutputCount = op => op.Parameters<TopKParameters>().HasValues ? 2 : 1,
                CountVisibleOutputs = op => op.Parameters<TopKParameters>().Result == TopKResult.Both ? 2 : 1,
                InferShape = InferTopK,
                InferType = InferTopKType,
                Gradient = c =>
                {
                    if (c.Operator.Parameters<TopKParameters>().HasValues)
                        SetGradient(c);
                    else
                        c.Set(0, c.Call("zeros_like", c.Input(0)));
                },
                Kernel = TopK,
            }
        );
        RegisterBackward(registry);
    }

    private static void RegisterBackward(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("_backward_topk")
            {
                NewParameters = () => new SortParameters(),
                Inputs = ["ograd", "indices", "data"],
                ShapeOnlyInputs = [2],
                InferShape = ShapeRules.OutputsLikeInputs(2),
                InferType = TypeRules.First,
                Gradient = c =>
                    c.Set(0, c.CallWithSameParameters("_backward_backward_topk", c.OutputGradient(0), c.Input(1))),
                Kernel = Spread,
            }
        );
        registry.Add(
            new OperatorDef("_backward_backward_topk")
            {
                NewParameters = () => new SortParameters(),
                Inputs = ["data", "indices"],
                InferShape = ShapeRules.OutputsLikeInputs(1),
                InferType = TypeRules.First,
                Gradient = c =>
                    c.Set(0, c.CallWithSameParameters("_backward_topk", c.OutputGradient(0), c.Input(1), c.Input(0))),
                Kernel = Read,
            }
        );
    }

    private static void SetGradient(GradientContext c)
    {
        int? axis = c.Operator.Parameters<SortParameters>().Axis;
        c.Set(
            0,
            c.Call("_backward_topk", new SortParameters { Axis = axis }, c.OutputGradient(0), c.Output(1), c.Input(0))
        );
    }

    private static void InferSort(ShapeInference shapes)
    {
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        Shape sorted = data;
        if (shapes.Operator.Parameters<SortParameters>().Axis is { } axis)
            shapes.Axis("axis", axis, data.Rank);
        else
            sorted = [ShapeRules.Product(data.Dims)];
        for (int i = 0; i < shapes.OutputCount; i++)
        {
            shapes.SetOutput(i, sorted);
        }
    }

    private static void InferTopK(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<TopKParameters>();
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        int axis = p.Axis is { } named ? shapes.Axis("axis", named, data.Rank) : -1;
        long extent = axis < 0 ? ShapeRules.Product(data.Dims) : data[axis];
        if (extent != 0 && p.Count > extent)
            throw shapes.Error($"k={p.Count} is more than the {extent} elements along the axis.");
        long count = p.Count < 1 ? extent : p.Count;
        Shape result =
            p.Result == TopKResult.Mask ? data
            : axis < 0 ? [count]
            : data.With(axis, count);
        for (int i = 0; i < shapes.OutputCount; i++)
        {
            shapes.SetOutput(i, result);
        }
    }

    private static void InferType(TypeInference types, int values, int indices, DType indexType)
    {
        if (types.Input(0) != DType.None)
            types.SetOutput(indices, indexType);
        if (values < 0)
            return;
        types.SetOutput(values, types.Input(0));
        types.SetInput(0, types.Output(values));
    }

    private static void InferTopKType(TypeInference types)
    {
        switch (types.Operator.Parameters<TopKParameters>().Result)
        {
            case TopKResult.Both:
                InferType(types, values: 0, indices: 1, DType.Float32);
                break;
            case TopKResult.Value:
                InferType(types, values: 0, indices: 1, DType.Int64);
                break;
            case TopKResult.Indices:
                InferType(types, values: -1, indices: 0, DType.Float32);
                break;
            default:
                TypeRules.First(types);
                break;
        }
    }

    private static void TopK(ref KernelContext context)
    {
        var p = context.Parameters<TopKParameters>();
        if (p.Result == TopKResult.Mask)
            Order(ref context, p, values: -1, indices: -1, mask: 0);
        else if (p.Result == TopKResult.Indices)
            Order(ref context, p, values: -1, indices: 0, mask: -1);
        else
            Order(ref context, p, values: 0, indices: 1, mask: -1);
    }

    /// <summary>Sorts, and writes whichever of these outputs are wanted; -1 stands for one that is not there.</summary>
    private static void Order(ref KernelContext context, SortParameters p, int values, int indices, int mask)
    {
        TensorView x = context.Input(0);
        p.Extents(x.Shape, out long outer, out long length, out long inner);
        if (length > int.MaxValue)
        {
            throw new OperatorException(
                context.Operator.Name,
                $"the axis has {length} elements; at most {int.MaxValue} can be brought into order."
            );
        }

        long count = p.Count < 1 ? length : p.Count;
        long size = outer * count * inner;
        long* order = (long*)context.Scratch(size * sizeof(long));
        void* scratch = context.Scratch(Sort.Scratch(length, outer * inner));
        Sort.Order(x.DType, x.Data, outer, length, inner, p.Ascending, count, order, scratch);
        if (indices >= 0 && context.Wants(indices))
        {
            var staged = new StagedOutput(ref context, indices);
            Cast.Convert(DType.Int64, order, context.Output(indices).DType, staged.Data, size);
            staged.Finish();
        }

        AxisIndex.ToFlat(order, order, outer, count, inner, length);
        if (values >= 0 && context.Wants(values))
        {
            var staged = new StagedOutput(ref context, values);
            Gather.Rows(x.DType, x.Data, 1, order, size, staged.Data);
            staged.Finish();
        }

        if (mask >= 0 && context.Wants(mask))
        {
            var staged = new StagedOutput(ref context, mask);
            void* ones = context.Scratch(size * x.DType.ItemSize());
            Kernels.Elementwise.Fill(x.DType, 1, ones, size);
            Kernels.Elementwise.Fill(x.DType, 0, staged.Data, x.Size);
            Scatter.Rows(x.DType, ones, 1, order, size, staged.Data);
            staged.Finish();
        }
    }

    private static long* Places(ref KernelContext context, Shape data)
    {
        TensorView indices = context.Input(1);
        context.Parameters<SortParameters>().Extents(data, out long outer, out long length, out long inner);
        long count = indices.Size / (outer * inner);
        long* places = (long*)context.Scratch(indices.Size * sizeof(long));
        long* along =
            indices.DType == DType.Int64 ? (long*)indices.Data : IndexConversion.ToInt64(ref context, indices);
        AxisIndex.ToFlat(along, places, outer, count, inner, length);
        return places;
    }

    private static void Spread(ref KernelContext context)
    {
        TensorView gradient = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        long* places = Places(ref context, y.Shape);
        void* scratch = context.Scratch(Scatter.AddRowsScratch(y.Size, 1, gradient.Size));
        Scatter.AddRows(
            y.DType,
            gradient.Data,
            1,
            places,
            gradient.Size,
            y.Data,
            y.Size,
            context.Accumulates(0),
            scratch
        );
    }

    private static void Read(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        if (!context.Wants(0))
            return;
        long* places = Places(ref context, x.Shape);
        var staged = new StagedOutput(ref context, 0);
        Gather.Rows(x.DType, x.Data, 1, places, context.Output(0).Size, staged.Data);
        staged.Finish();
    }
}

/// <summary>Parameters of <c>sort</c> and <c>argsort</c>.</summary>
public class SortParameters : IParameters
{
    /// <summary>The axis to sort along; null flattens the array first. Negative counts from the end.</summary>
    public int? Axis = -1;

    /// <summary>Smallest first.</summary>
    public bool Ascending = true;

    /// <inheritdoc/>
    public virtual void Read(AttributeReader reader)
    {
        reader.Optional("axis", ref Axis);
        reader.Optional("is_ascend", ref Ascending);
    }

    /// <summary>How many elements of the order to give; below 1 for all.</summary>
    internal virtual long Count => 0;

    internal void Extents(Shape data, out long outer, out long length, out long inner)
    {
        if (Axis is not { } named)
        {
            (outer, length, inner) = (1, data.Size, 1);
            return;
        }

        int axis = data.Axis(named);
        (outer, length, inner) = (data.Product(0, axis), data[axis], data.Product(axis + 1, data.Rank));
    }
}

/// <summary>What <c>topk</c> returns.</summary>
public enum TopKResult
{
    /// <summary>The values.</summary>
    Value,

    /// <summary>Their places along the axis, float32.</summary>
    Indices,

    /// <summary>An array like the input with 1 where the chosen elements are, and 0 elsewhere.</summary>
    Mask,

    /// <summary>Values and places.</summary>
    Both,
}

/// <summary>Parameters of <c>topk</c>.</summary>
public sealed class TopKParameters : SortParameters
{
    /// <summary>How many elements; below 1 for all.</summary>
    public int K = 1;

    /// <summary>What to return.</summary>
    public TopKResult Result = TopKResult.Indices;

    /// <summary>Largest first, unless the attribute says otherwise.</summary>
    public TopKParameters() => Ascending = false;

    internal override long Count => K;

    internal bool HasValues => Result is TopKResult.Value or TopKResult.Both;

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        reader.Optional("axis", ref Axis);
        reader.Optional("k", ref K);
        reader.Optional("ret_typ", ref Result, "value", "indices", "mask", "both");
        reader.Optional("is_ascend", ref Ascending);
    }
}
