using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Operators that read or write one element per row, and one-hot rows.</summary>
internal static unsafe class PickFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("pick")
            {
                NewParameters = () => new PickParameters(),
                Inputs = ["data", "index"],
                InferShape = InferPick,
                InferType = TypeRules.FirstWithIndices,
                Gradient = c => SetGradient(c, c.Operator.Parameters<PickParameters>()),
                Kernel = static (ref KernelContext context) =>
                    Pick(ref context, context.Parameters<PickParameters>().Axis!.Value),
            }
        );
        registry.Add(
            new OperatorDef("_backward_pick")
            {
                NewParameters = () => new PickParameters(),
                Inputs = ["ograd", "index", "data"],
                ShapeOnlyInputs = [2],
                InferShape = ShapeRules.OutputsLikeInputs(2),
                InferType = TypeRules.First,
                Gradient = c => c.Set(0, c.CallWithSameParameters("pick", c.OutputGradient(0), c.Input(1))),
                Kernel = Spread,
            }
        );
        registry.Add(Row("batch_take", ["a", "indices"], InferBatchTake, DType.Int32));
        registry.Add(Row("choose_element_0index", ["lhs", "rhs"], InferChoose, DType.Float32));
        registry.Add(
            new OperatorDef("fill_element_0index")
            {
                Inputs = ["lhs", "mhs", "rhs"],
                Inplace = [(0, 0)],
                InferShape = shapes =>
                {
                    shapes.SetOutput(0, shapes.Input(0));
                    Matrix(shapes, 0);
                    if (shapes.Input(0).Rank == 0)
                        return;
                    shapes.SetInput(1, [shapes.Input(0)[0]]);
                    shapes.SetInput(2, [shapes.Input(0)[0]]);
                },
                InferType = TypeRules.SameExceptFrom(2),
                Kernel = FillElements,
            }
        );
        RegisterOneHot(registry);
    }

    /// <summary>One element of each row, which is the last axis.</summary>
    private static OperatorDef Row(string name, string[] inputs, ShapeRule infer, DType indexType) =>
        new(name)
        {
            Inputs = inputs,
            InferShape = infer,
            InferType = types =>
            {
                TypeRules.First(types);
                TypeRules.DefaultInput(types, 1, indexType);
            },
            Gradient = c => SetGradient(c, new PickParameters { Axis = -1 }),
            Kernel = static (ref KernelContext context) => Pick(ref context, axis: -1),
        };

    private static void InferChoose(ShapeInference shapes)
    {
        Matrix(shapes, 0);
        if (shapes.Input(0).Rank > 0)
            shapes.SetInput(1, [shapes.Input(0)[0]]);
        shapes.SetOutput(0, shapes.Input(1));
    }

    /// <summary>Indices may have any shape of as many elements as there are rows, and give it to the result.</summary>
    private static void InferBatchTake(ShapeInference shapes)
    {
        shapes.SetOutput(0, shapes.Input(1));
        shapes.SetInput(1, shapes.Output(0));
        Shape data = shapes.Input(0);
        if (data.Rank == 1)
            throw shapes.Error("'a' must have at least two axes; the last one is picked from.");
        Shape indices = shapes.Input(1);
        if (data.IsKnown && indices.IsKnown && data.Product(0, data.Rank - 1) != indices.Size)
            throw shapes.Error($"{data.Product(0, data.Rank - 1)} rows need as many indices, not {indices.Size}.");
    }

    private static void RegisterOneHot(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("one_hot")
            {
                NewParameters = () => new OneHotParameters(),
                Inputs = ["indices"],
                InferShape = shapes =>
                {
                    long depth = shapes.Operator.Parameters<OneHotParameters>().Depth;
                    if (depth < 0)
                        throw shapes.Error($"depth={depth} must not be negative.");
                    if (shapes.Input(0).Rank > 0)
                        shapes.SetOutput(0, new Shape([.. shapes.Input(0).Dims, depth]));
                    else if (shapes.Output(0).Rank > 1)
                        shapes.SetInput(0, new Shape(shapes.Output(0).Dims[..^1]));
                },
                InferType = types => types.SetOutput(0, types.Operator.Parameters<OneHotParameters>().DType),
                Gradient = Gradient.Zero,
                MayBeEmpty = true,
                Kernel = static (ref KernelContext context) =>
                {
                    var p = context.Parameters<OneHotParameters>();
                    Encode(ref context, p.On, p.Off);
                },
            }
        );
        registry.Add(
            new OperatorDef("_onehot_encode")
            {
                Inputs = ["lhs", "rhs"],
                Inplace = [(1, 0)],
                InferShape = shapes =>
                {
                    shapes.SetOutput(0, shapes.Input(1));
                    Matrix(shapes, 1);
                    if (shapes.Input(1).Rank > 0)
                        shapes.SetInput(0, [shapes.Input(1)[0]]);
                },
                InferType = types =>
                {
                    types.SetOutput(0, types.Input(1));
                    types.SetInput(1, types.Output(0));
                },
                Kernel = static (ref KernelContext context) => Encode(ref context, 1, 0),
            }
        );
    }

    private static void SetGradient(GradientContext c, PickParameters parameters)
    {
        c.Set(0, c.Call("_backward_pick", parameters, c.OutputGradient(0), c.Input(1), c.Input(0)));
        c.Set(1, c.Call("zeros_like", c.Input(1)));
    }

    private static void Matrix(ShapeInference shapes, int input)
    {
        if (shapes.Input(input).Rank is not (0 or 2))
            throw shapes.Error($"'{shapes.Operator.InputName(input)}' must be a matrix.");
    }

    private static void InferPick(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<PickParameters>();
        if (p.Axis is not { } named)
            throw shapes.Error("say along which axis to pick, for example axis=-1.");
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        int axis = shapes.Axis("axis", named, data.Rank);
        Shape kept = data.With(axis, 1);
        // A vector has no axis left but one; arrays have at least one.
        Shape reduced = data.Rank == 1 ? kept : new Shape([.. data.Dims[..axis], .. data.Dims[(axis + 1)..]]);
        // The index may have the axis or not, whatever the result has.
        bool hasAxis = shapes.Input(1).Rank == 0 ? p.KeepDims : shapes.Input(1).Rank == data.Rank;
        shapes.SetInput(1, hasAxis ? kept : reduced);
        shapes.SetOutput(0, p.KeepDims ? kept : reduced);
    }

    /// <summary>The lines of an array along an axis, and which place of each is picked.</summary>
    private readonly struct Lines
    {
        internal readonly long* Places;
        internal readonly long Outer;
        internal readonly long Length;
        internal readonly long Inner;

        internal Lines(ref KernelContext context, TensorView index, Shape data, int axis)
        {
            axis = data.Axis(axis);
            Outer = data.Product(0, axis);
            Length = data[axis];
            Inner = data.Product(axis + 1, data.Rank);
            Places = index.DType == DType.Int64 ? (long*)index.Data : IndexConversion.ToInt64(ref context, index);
        }

        internal void Read(DType dtype, void* x, void* y) =>
            Kernels.Pick.Read(dtype, x, Places, Outer, Length, Inner, y);

        internal void Write(DType dtype, void* y, void* x) =>
            Kernels.Pick.Write(dtype, y, Places, Outer, Length, Inner, x);
    }

    private static void Pick(ref KernelContext context, int axis)
    {
        TensorView x = context.Input(0);
        if (!context.Wants(0))
            return;
        var lines = new Lines(ref context, context.Input(1), x.Shape, axis);
        var staged = new StagedOutput(ref context, 0);
        lines.Read(x.DType, x.Data, staged.Data);
        staged.Finish();
    }

    private static void Spread(ref KernelContext context)
    {
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        int axis = context.Parameters<PickParameters>().Axis!.Value;
        var lines = new Lines(ref context, context.Input(1), y.Shape, axis);
        var staged = new StagedOutput(ref context, 0);
        Kernels.Elementwise.Fill(y.DType, 0, staged.Data, y.Size);
        lines.Write(y.DType, context.Input(0).Data, staged.Data);
        staged.Finish();
    }

    private static void FillElements(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        if (!context.Wants(0))
            return;
        var lines = new Lines(ref context, context.Input(2), x.Shape, axis: 1);
        var staged = new StagedOutput(ref context, 0);
        if (x.Data != staged.Data)
            Kernels.Elementwise.Unary<Identity>(x.DType, x.Data, staged.Data, x.Size);
        lines.Write(x.DType, context.Input(1).Data, staged.Data);
        staged.Finish();
    }

    private static void Encode(ref KernelContext context, double on, double off)
    {
        TensorView indices = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        long* places = IndexConversion.ToInt64(ref context, indices);
        var staged = new StagedOutput(ref context, 0);
        OneHot.Encode(y.DType, places, indices.Size, y.Shape[^1], on, off, staged.Data);
        staged.Finish();
    }
}

/// <summary>Parameters of <c>pick</c>.</summary>
public sealed class PickParameters : IParameters
{
    /// <summary>The axis along which to pick; must be given. Negative counts from the end.</summary>
    public int? Axis;

    /// <summary>Keep the axis, with extent 1.</summary>
    public bool KeepDims;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("axis", ref Axis);
        reader.Optional("keepdims", ref KeepDims);
    }
}

/// <summary>Parameters of <c>one_hot</c>.</summary>
public sealed class OneHotParameters : IParameters
{
    /// <summary>Length of a row.</summary>
    public long Depth;

    /// <summary>The value at the index.</summary>
    public double On = 1;

    /// <summary>The value elsewhere.</summary>
    public double Off;

    /// <summary>Type of the result.</summary>
    public DType DType = DType.Float32;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("depth", ref Depth);
        reader.Optional("on_value", ref On);
        reader.Optional("off_value", ref Off);
        reader.DType("dtype", ref DType, required: false);
    }
}
