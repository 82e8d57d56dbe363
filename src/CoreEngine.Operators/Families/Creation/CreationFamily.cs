using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Operators that make arrays of known values.</summary>
internal static unsafe class CreationFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Init(registry, "_zeros", value: null, Zeros, StorageRules.AsGiven);
        Init(registry, "_ones", value: null, static (ref KernelContext c) => Fill(ref c, 1));
        Init(
            registry,
            "_full",
            value: 0,
            static (ref KernelContext c) => Fill(ref c, c.Parameters<InitParameters>().Value!.Value)
        );
        registry.Add(
            new OperatorDef("_arange")
            {
                QuickElements = OperatorDef.FewElements,
                NewParameters = () => new ArangeParameters(),
                Inputs = [],
                InferShape = InferArange,
                InferType = types => types.SetOutput(0, types.Operator.Parameters<ArangeParameters>().DType),
                Kernel = Arange,
            }
        );
        registry.Add(
            new OperatorDef("_set_value")
            {
                QuickElements = OperatorDef.FewElements,
                NewParameters = () => new SetValueParameters(),
                Inputs = [],
                // The array that is set gives shape and type.
                InferShape = _ => { },
                InferType = _ => { },
                Kernel = static (ref KernelContext c) => Fill(ref c, c.Parameters<SetValueParameters>().Value),
            }
        );
        Like(registry, "zeros_like", ["_sparse_zeros_like"], Zeros, LikeInputUnlessGiven);
        Like(registry, "ones_like", [], static (ref KernelContext c) => Fill(ref c, 1), StorageRules.Dense);
    }

    private static void Init(
        OperatorRegistry registry,
        string name,
        double? value,
        KernelFunction kernel,
        StorageRule? storage = null
    ) =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                NewParameters = () => new InitParameters { Value = value },
                Inputs = [],
                InferStorage = storage,
                InferShape = InferInit,
                InferType = types => types.SetOutput(0, types.Operator.Parameters<InitParameters>().DType),
                Kernel = kernel,
            }
        );

    private static void InferInit(ShapeInference shapes) =>
        shapes.SetOutput(0, shapes.Given("shape", shapes.Operator.Parameters<InitParameters>().Shape));

    private static void Like(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        KernelFunction kernel,
        StorageRule storage
    ) =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Aliases = aliases,
                ShapeOnlyInputs = [0],
                Inplace = [(0, 0)],
                InferStorage = storage,
                Gradient = Gradient.Zero,
                Kernel = kernel,
            }
        );

    private static bool LikeInputUnlessGiven(StorageInference storage) =>
        storage.Output(0) != StorageType.Undefined || storage.SetOutput(0, storage.Input(0));

    /// <summary>Zeros; a sparse array stores none of them.</summary>
    private static void Zeros(ref KernelContext context)
    {
        if (context.Output(0).Storage == StorageType.Default)
            Fill(ref context, 0);
        else if (context.Wants(0))
            context.Allocate(0, 0);
    }

    private static void Fill(ref KernelContext context, double value)
    {
        TensorView y = context.Output(0);
        if (context.Request(0) is Request.Write or Request.WriteInplace)
            Kernels.Elementwise.Fill(y.DType, value, y.Data, y.Size);
        else if (context.Accumulates(0) && value != 0)
            Kernels.Elementwise.BinaryScalar<Add>(y.DType, y.Data, value, y.Data, y.Size);
    }

    private static void InferArange(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<ArangeParameters>();
        if (p.Step == 0 || p.Repeat < 1)
            throw shapes.Error($"step={p.Step} must not be 0, and repeat={p.Repeat} at least 1.");
        (double start, double stop) = p.Stop is { } end ? (p.Start, end) : (0, p.Start);
        double count = Math.Ceiling((stop - start) / p.Step) * p.Repeat;
        if (!(count >= 1 && count < long.MaxValue))
            throw shapes.Error($"from {start} to {stop} in steps of {p.Step} there are no numbers.");
        shapes.SetOutput(0, new Shape((long)count));
    }

    private static void Arange(ref KernelContext context)
    {
        var p = context.Parameters<ArangeParameters>();
        if (!context.Wants(0))
            return;
        double start = p.Stop is null ? 0 : p.Start;
        double step = p.Step;
        TensorView y = context.Output(0);
        // Integers count in integers: the step 1.3 is 1.
        if (!y.DType.IsFloat())
            (start, step) = (Math.Truncate(start), Math.Truncate(step));
        var staged = new StagedOutput(ref context, 0);
        Ramp.Fill(y.DType, start, step, p.Repeat, staged.Data, y.Size);
        staged.Finish();
    }
}
