using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>The rows that element-wise families are made of: one call registers an operator and its backward.</summary>
internal static unsafe class ElementwiseRegistration
{
    private static readonly (int, int)[] s_first = [(0, 0)];
    private static readonly (int, int)[] s_both = [(0, 0), (1, 0)];

    /// <summary>An operator of one array whose gradient is zero or that has none (<paramref name="gradient"/> null).</summary>
    internal static void Unary<TOp>(
        this OperatorRegistry registry,
        string name,
        string[] aliases,
        GradientRule? gradient,
        GradientRule? composed = null,
        StorageRule? storage = null
    )
        where TOp : struct, IUnaryOp =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Aliases = aliases,
                Inplace = s_first,
                InferStorage = storage,
                Gradient = gradient,
                ComposedGradient = composed,
                Kernel = RunUnary<TOp>,
            }
        );

    /// <summary>An operator whose gradient is <c>TGradient(output gradient, input)</c>.</summary>
    internal static void UnaryFromInput<TOp, TGradient>(
        this OperatorRegistry registry,
        string name,
        string[] aliases,
        GradientRule? composed = null,
        StorageRule? storage = null,
        StorageRule? gradientStorage = null
    )
        where TOp : struct, IUnaryOp
        where TGradient : struct, IBinaryOp
    {
        string backward = registry.UnaryBackward<TGradient>(name, gradientStorage);
        GradientRule rule = c => c.Set(0, c.Call(backward, c.OutputGradient(0), c.Input(0)));
        registry.Unary<TOp>(name, aliases, rule, composed, storage);
    }

    /// <summary>An operator whose gradient is <c>TGradient(output gradient, output)</c>.</summary>
    internal static void UnaryFromOutput<TOp, TGradient>(
        this OperatorRegistry registry,
        string name,
        string[] aliases,
        GradientRule? composed = null,
        StorageRule? storage = null,
        StorageRule? gradientStorage = null
    )
        where TOp : struct, IUnaryOp
        where TGradient : struct, IBinaryOp
    {
        string backward = registry.UnaryBackward<TGradient>(name, gradientStorage);
        GradientRule rule = c => c.Set(0, c.Call(backward, c.OutputGradient(0), c.Output(0)));
        registry.Unary<TOp>(name, aliases, rule, composed, storage);
    }

    private static string UnaryBackward<TGradient>(this OperatorRegistry registry, string name, StorageRule? storage)
        where TGradient : struct, IBinaryOp
    {
        string backward = "_backward_" + name;
        registry.Add(
            new OperatorDef(backward)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Inputs = ["ograd", "data"],
                Inplace = s_both,
                InferStorage = storage,
                Kernel = RunBinary<TGradient>,
            }
        );
        return backward;
    }

    /// <summary>An operator of two arrays of one shape.</summary>
    internal static void Binary<TOp>(
        this OperatorRegistry registry,
        string name,
        string[] aliases,
        GradientRule? gradient,
        GradientRule? composed = null,
        StorageRule? storage = null
    )
        where TOp : struct, IBinaryOp =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Aliases = aliases,
                Inputs = ["lhs", "rhs"],
                Inplace = s_both,
                InferStorage = storage,
                Gradient = gradient,
                ComposedGradient = composed,
                Kernel = RunBinary<TOp>,
            }
        );

    /// <summary>An operator of an array and a number: <c>TOp(array, number)</c>, or the other way round.</summary>
    internal static void Scalar<TOp>(
        this OperatorRegistry registry,
        string name,
        string[] aliases,
        GradientRule? gradient,
        bool reversed = false,
        GradientRule? composed = null,
        StorageRule? storage = null
    )
        where TOp : struct, IBinaryOp =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Aliases = aliases,
                NewParameters = () => new ScalarParameters(),
                Inplace = s_first,
                InferStorage = storage,
                Gradient = gradient,
                ComposedGradient = composed,
                Kernel = reversed ? RunScalarLeft<TOp> : RunScalarRight<TOp>,
            }
        );

    internal static void RunUnary<TOp>(ref KernelContext context)
        where TOp : struct, IUnaryOp
    {
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (x.Storage != StorageType.Default)
            SparseElementwise.Unary<TOp>(ref context);
        else if (context.Wants(0))
            Kernels.Elementwise.Unary<TOp>(y.DType, x.Data, y.Data, y.Size, context.Accumulates(0));
    }

    internal static void RunBinary<TOp>(ref KernelContext context)
        where TOp : struct, IBinaryOp
    {
        if (context.Input(0).Storage != StorageType.Default)
        {
            SparseElementwise.Binary<TOp>(ref context);
            return;
        }

        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        void* a = context.Input(0).Data;
        void* b = context.Input(1).Data;
        Kernels.Elementwise.Binary<TOp>(y.DType, a, b, y.Data, y.Size, context.Accumulates(0));
    }

    internal static void RunScalarRight<TOp>(ref KernelContext context)
        where TOp : struct, IBinaryOp
    {
        if (context.Input(0).Storage != StorageType.Default)
        {
            SparseElementwise.ScalarRight<TOp>(ref context);
            return;
        }

        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        double scalar = ScalarOf(ref context, y.DType);
        void* x = context.Input(0).Data;
        Kernels.Elementwise.BinaryScalar<TOp>(y.DType, x, scalar, y.Data, y.Size, context.Accumulates(0));
    }

    private static void RunScalarLeft<TOp>(ref KernelContext context)
        where TOp : struct, IBinaryOp
    {
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        double scalar = ScalarOf(ref context, y.DType);
        void* x = context.Input(0).Data;
        Kernels.Elementwise.ScalarBinary<TOp>(y.DType, scalar, x, y.Data, y.Size, context.Accumulates(0));
    }

    /// <summary>
    /// The number as an element, as if it had been stored: beside integers it loses its fraction, beside float16 it is
    /// rounded, so that it equals the element that was made from it.
    /// </summary>
    internal static double ScalarOf(ref KernelContext context, DType dtype)
    {
        double scalar = context.Parameters<ScalarParameters>().Scalar;
        return dtype == DType.Float16 ? (double)(Half)scalar
            : dtype.IsFloat() ? scalar
            : Math.Truncate(scalar);
    }
}
