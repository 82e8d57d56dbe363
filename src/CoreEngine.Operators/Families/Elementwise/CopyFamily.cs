using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Operators that pass values on: copies, casts, gradient blocks and sums of any number of arrays.</summary>
internal static unsafe class CopyFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("_copy")
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Aliases = ["identity"],
                Inplace = [(0, 0)],
                InferStorage = SparseCopy.InferStorage,
                Gradient = Gradient.Identity,
                Kernel = SparseCopy.Run,
            }
        );
        registry.Unary<Identity>(
            "BlockGrad",
            ["_sparse_stop_gradient", "stop_gradient"],
            Gradient.Zero,
            storage: StorageRules.Keep
        );
        registry.Add(
            new OperatorDef("make_loss")
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Aliases = ["_sparse_make_loss"],
                Outputs = ["loss"],
                Inplace = [(0, 0)],
                InferStorage = StorageRules.Keep,
                // A loss is where gradients start: what flows into it does not matter.
                Gradient = c => c.Set(0, c.Call("ones_like", c.Output(0))),
                Kernel = ElementwiseRegistration.RunUnary<Identity>,
            }
        );
        Like(registry, "_identity_with_attr_like_rhs", ShapeInference.Same, SparseCopy.InferStorage);
        Like(registry, "reshape_like", InferReshapeLike, storage: null);
        registry.Add(
            new OperatorDef("add_n")
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Aliases = ["ElementWiseSum", "_sparse_ElementWiseSum", "_sparse_add_n"],
                NewParameters = () => new VariadicParameters(),
                Inputs = ["args"],
                VariadicCount = "num_args",
                CountVariadicInputs = op => op.Parameters<VariadicParameters>().Count,
                Inplace = [(0, 0)],
                InferStorage = StorageRules.KeepRows,
                Gradient = c =>
                {
                    for (int i = 0; i < c.InputCount; i++)
                    {
                        c.Set(i, c.OutputGradient(0));
                    }
                },
                Kernel = Sum,
            }
        );
        registry.Add(
            new OperatorDef("Cast")
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Aliases = ["cast"],
                NewParameters = () => new CastParameters(),
                InferType = types => types.SetOutput(0, types.Operator.Parameters<CastParameters>().DType),
                Gradient = c => c.Set(0, c.Call("_backward_cast", c.OutputGradient(0), c.Input(0))),
                Kernel = Convert,
            }
        );
        registry.Add(
            new OperatorDef("_backward_cast")
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Inputs = ["ograd", "data"],
                ShapeOnlyInputs = [1],
                InferType = types => types.SetOutput(0, types.Input(1)),
                Gradient = c => c.Set(0, c.Call("_backward_cast", c.OutputGradient(0), c.Input(0))),
                Kernel = Convert,
            }
        );
    }

    /// <summary>The first input; the second only says what the result looks like, and gets no gradient.</summary>
    private static void Like(OperatorRegistry registry, string name, ShapeRule shape, StorageRule? storage) =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.WhenShapesAgree,
                Inputs = ["lhs", "rhs"],
                ShapeOnlyInputs = [1],
                Inplace = [(0, 0)],
                InferStorage = storage,
                InferShape = shape,
                InferType = types =>
                {
                    types.SetInput(0, types.Output(0));
                    types.SetOutput(0, types.Input(0));
                    types.SetInput(1, types.Input(0));
                },
                Gradient = c =>
                {
                    c.Set(0, c.Call("reshape_like", c.OutputGradient(0), c.Input(0)));
                    c.Set(1, c.Call("zeros_like", c.Input(1)));
                },
                Kernel = ElementwiseRegistration.RunUnary<Identity>,
            }
        );

    private static void InferReshapeLike(ShapeInference shapes)
    {
        Shape from = shapes.Input(0);
        Shape to = shapes.Input(1);
        if (from.IsKnown && to.IsKnown && from.Size != to.Size)
            throw shapes.Error("both must have the same number of elements.");
        shapes.SetOutput(0, to);
    }

    private static void Convert(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        if (!context.Accumulates(0))
        {
            Cast.Convert(x.DType, x.Data, y.DType, y.Data, y.Size);
            return;
        }

        void* converted = context.Scratch(y.Size * y.DType.ItemSize());
        Cast.Convert(x.DType, x.Data, y.DType, converted, y.Size);
        Kernels.Elementwise.Binary<Add>(y.DType, y.Data, converted, y.Data, y.Size);
    }

    private static void Sum(ref KernelContext context)
    {
        if (context.Input(0).Storage != StorageType.Default)
        {
            SparseElementwise.Sum(ref context);
            return;
        }

        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        bool accumulate = context.Accumulates(0);
        // In place only input 0 may be the output, so it is read before anything is written.
        if (context.InputCount == 1)
        {
            Kernels.Elementwise.Unary<Identity>(y.DType, context.Input(0).Data, y.Data, y.Size, accumulate);
            return;
        }

        Kernels.Elementwise.Binary<Add>(
            y.DType,
            context.Input(0).Data,
            context.Input(1).Data,
            y.Data,
            y.Size,
            accumulate
        );
        for (int i = 2; i < context.InputCount; i++)
        {
            Kernels.Elementwise.Unary<Identity>(y.DType, context.Input(i).Data, y.Data, y.Size, accumulate: true);
        }
    }
}

/// <summary>Parameters of <c>Cast</c>.</summary>
public sealed class CastParameters : IParameters
{
    /// <summary>The type to convert to.</summary>
    public DType DType = DType.Float32;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.DType("dtype", ref DType, required: true);
}
