using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Operators that apply one step of an optimizer: weight and gradient in, states changed, new weight out. A row-sparse
/// gradient of a row-sparse weight touches only its rows (a lazy update: the other rows see no decay either).
/// </summary>
internal static unsafe class UpdateFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add<SgdParameters, SgdRule>(registry, "sgd_update", ["_sparse_sgd_update"], []);
        Add<MomentumParameters, MomentumRule>(registry, "sgd_mom_update", ["_sparse_sgd_mom_update"], ["mom"]);
        Add<AdamParameters, AdamRule>(registry, "adam_update", ["_sparse_adam_update"], ["mean", "var"]);
        Add<RmsPropParameters, RmsPropRule>(registry, "rmsprop_update", [], ["n"]);
        Add<CentredRmsPropParameters, CentredRmsPropRule>(registry, "rmspropalex_update", [], ["n", "g", "delta"]);
        Add<FtrlParameters, FtrlRule>(registry, "ftrl_update", ["_sparse_ftrl_update"], ["z", "n"]);

        // MXNet 1.0 composes these optimizers of several operators each.
        Add<NesterovParameters, NesterovRule>(registry, "nag_mom_update", [], ["mom"]);
        Add<DelayCompensatedParameters, DelayCompensatedRule>(registry, "dcasgd_update", [], ["mom", PreviousWeight]);
        Add<AdaGradParameters, AdaGradRule>(registry, "adagrad_update", [], ["history"]);
        Add<AdaDeltaParameters, AdaDeltaRule>(registry, "adadelta_update", [], ["acc_g", "acc_delta"]);
        Add<AdaMaxParameters, AdaMaxRule>(registry, "adamax_update", [], ["mean", "max"]);
        Add<NadamParameters, NadamRule>(registry, "nadam_update", [], ["mean", "var"]);
        Add<MovingLeaderParameters, MovingLeaderRule>(registry, "ftml_update", [], ["d", "v", "z"]);
        AddLangevin(registry);
    }

    /// <summary>The state that holds a copy of the weight from before the last step.</summary>
    private const string PreviousWeight = "previous_weight";

    /// <summary>The float32 master copy of a weight.</summary>
    private const string MasterWeight = "weight32";

    /// <summary>
    /// An operator on weights of any floating-point type, and one with the prefix mp_ on float16 weights with a float32
    /// master copy, which is the last input.
    /// </summary>
    private static void Add<TParameters, TRule>(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        string[] states
    )
        where TParameters : UpdateParameters<TRule>, new()
        where TRule : struct, IUpdateRule
    {
        int firstChanged = TRule.ChangesGradient ? 1 : 2;
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Aliases = aliases,
                NewParameters = () => new TParameters(),
                Inputs = ["weight", "grad", .. states],
                AuxiliaryCount = states.Length,
                MutableInputs = [.. Enumerable.Range(firstChanged, states.Length + 2 - firstChanged)],
                Inplace = [(0, 0)],
                InferType = FloatTypes.Same,
                InferStorage = InferStorage,
                Kernel = Run<TParameters, TRule>,
            }
        );
        registry.Add(
            new OperatorDef("mp_" + name)
            {
                QuickElements = OperatorDef.FewElements,
                NewParameters = () => new TParameters(),
                Inputs = ["weight", "grad", .. states, MasterWeight],
                AuxiliaryCount = states.Length + 1,
                MutableInputs = [.. Enumerable.Range(2, states.Length + 1)],
                Inplace = [(0, 0)],
                InferType = InferMixedTypes,
                Kernel = RunMixed<TParameters, TRule>,
            }
        );
    }

    /// <summary>Langevin dynamics draw noise for every step, and have no state.</summary>
    private static void AddLangevin(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("sgld_update")
            {
                NewParameters = () => new LangevinParameters(),
                Inputs = ["weight", "grad"],
                Inplace = [(0, 0)],
                IsRandom = true,
                InferType = FloatTypes.Same,
                Kernel = RunLangevin,
            }
        );
        registry.Add(
            new OperatorDef("mp_sgld_update")
            {
                NewParameters = () => new LangevinParameters(),
                Inputs = ["weight", "grad", MasterWeight],
                AuxiliaryCount = 1,
                MutableInputs = [2],
                Inplace = [(0, 0)],
                IsRandom = true,
                InferType = InferMixedTypes,
                Kernel = RunMixedLangevin,
            }
        );
    }

    /// <summary>A row-sparse gradient of a row-sparse weight updates its rows; other mixtures are updated densely.</summary>
    private static bool InferStorage(StorageInference storage) =>
        storage.Input(1) == StorageType.RowSparse
        && storage.Input(0) == StorageType.RowSparse
        && !storage.Inputs.Contains(StorageType.Csr)
        && storage.SetOutput(0, StorageType.RowSparse);

    private static void InferMixedTypes(TypeInference types)
    {
        types.SetInput(0, types.Output(0));
        types.SetInput(0, types.Input(1));
        types.SetInput(1, types.Input(0));
        types.SetOutput(0, types.Input(0));
        FloatTypes.Check(types, types.Input(0));
        for (int i = 2; i < types.InputCount; i++)
        {
            types.SetInput(i, DType.Float32);
        }
    }

    private static void Run<TParameters, TRule>(ref KernelContext context)
        where TParameters : UpdateParameters<TRule>
        where TRule : struct, IUpdateRule
    {
        if (!MustWrite(ref context))
            return;
        TRule rule = context.Parameters<TParameters>().Rule;
        TensorView weight = context.Input(0);
        TensorView gradient = context.Input(1);
        TensorView output = context.Output(0);
        if (gradient.Storage == StorageType.RowSparse)
            RunRows(ref context, rule);
        else
            Updates.Run(
                rule,
                weight.DType,
                weight.Data,
                gradient.Data,
                State<TRule>(ref context, 0),
                State<TRule>(ref context, 1),
                State<TRule>(ref context, 2),
                output.Data,
                output.Size
            );
    }

    private static void RunMixed<TParameters, TRule>(ref KernelContext context)
        where TParameters : UpdateParameters<TRule>
        where TRule : struct, IUpdateRule
    {
        if (!MustWrite(ref context))
            return;
        TensorView gradient = context.Input(1);
        Updates.RunMixed(
            context.Parameters<TParameters>().Rule,
            gradient.DType,
            (float*)context.Input(context.InputCount - 1).Data,
            gradient.Data,
            (float*)State<TRule>(ref context, 0),
            (float*)State<TRule>(ref context, 1),
            (float*)State<TRule>(ref context, 2),
            context.Output(0).Data,
            gradient.Size
        );
    }

    private static void RunLangevin(ref KernelContext context)
    {
        if (!MustWrite(ref context))
            return;
        TensorView weight = context.Input(0);
        var parameters = context.Parameters<LangevinParameters>();
        void* noise = Noise(ref context, parameters, weight.DType);
        Updates.Run(
            parameters.Rule,
            weight.DType,
            weight.Data,
            context.Input(1).Data,
            noise,
            null,
            null,
            context.Output(0).Data,
            weight.Size
        );
    }

    private static void RunMixedLangevin(ref KernelContext context)
    {
        if (!MustWrite(ref context))
            return;
        TensorView gradient = context.Input(1);
        var parameters = context.Parameters<LangevinParameters>();
        void* noise = Noise(ref context, parameters, DType.Float32);
        Updates.RunMixed(
            parameters.Rule,
            gradient.DType,
            (float*)context.Input(2).Data,
            gradient.Data,
            (float*)noise,
            null,
            null,
            context.Output(0).Data,
            gradient.Size
        );
    }

    /// <summary>Normal noise whose variance is the learning rate.</summary>
    private static void* Noise(ref KernelContext context, LangevinParameters parameters, DType dtype)
    {
        long n = context.Input(0).Size;
        void* noise = context.Scratch(n * dtype.ItemSize());
        double deviation = Math.Sqrt(parameters.LearningRate);
        Sampling.Normal(dtype, context.Random.Seed, context.Random.Stream, 0, deviation, noise, n);
        return noise;
    }

    private static bool MustWrite(ref KernelContext context) =>
        context.Accumulates(0)
            ? throw new OperatorException(
                context.Operator.Name,
                "adding to the output is meaningless here; request write."
            )
            : context.Wants(0);

    /// <summary>Updates the rows that the gradient stores. What weight and states lack of them begins as zeros.</summary>
    private static void RunRows<TRule>(ref KernelContext context, TRule rule)
        where TRule : struct, IUpdateRule
    {
        TensorView weight = context.Input(0);
        RowSparseMatrix gradient = context.Input(1).AsRows();
        if (TRule.ChangesGradient)
        {
            // Unlike a dense one, a row-sparse gradient stays as it is.
            long bytes = gradient.Stored * gradient.RowBytes;
            void* copy = context.Scratch(bytes);
            SparseViews.Copy(gradient.Values, copy, bytes);
            gradient = gradient with { Values = copy };
        }

        RowSparseMatrix target;
        TensorView output = context.Output(0);
        if (output.Storage == StorageType.RowSparse)
        {
            bool isInPlace = context.Request(0) == Request.WriteInplace;
            long count = RowSparseElementwise.CountUnion(weight.AsRows(), gradient);
            target =
                isInPlace && count == weight.StoredCount
                    ? weight.AsRows()
                    : Grown(weight, gradient, context.Allocate(0, count));
        }
        else
        {
            if (output.Data != weight.Data)
                SparseViews.Copy(weight.Data, output.Data, weight.Size * weight.DType.ItemSize());
            target = output.AsRows();
        }

        RowUpdates.Run(
            rule,
            gradient,
            target,
            StateRows<TRule>(ref context, 0, gradient),
            StateRows<TRule>(ref context, 1, gradient),
            StateRows<TRule>(ref context, 2, gradient)
        );
    }

    private static RowSparseMatrix StateRows<TRule>(ref KernelContext context, int index, in RowSparseMatrix gradient)
        where TRule : struct, IUpdateRule
    {
        if (index >= TRule.StateCount)
            return default;
        TensorView state = context.Input(2 + index);
        if (state.Storage == StorageType.Default)
            return state.AsRows();
        long count = RowSparseElementwise.CountUnion(state.AsRows(), gradient);
        return count == state.StoredCount
            ? state.AsRows()
            : Grown(state, gradient, context.AllocateInput(2 + index, count));
    }

    /// <summary>A copy of an array that also stores the gradient's rows.</summary>
    private static RowSparseMatrix Grown(in TensorView array, in RowSparseMatrix gradient, in TensorView room)
    {
        RowSparseElementwise.Binary<LeftOperand>(array.AsRows(), gradient, room.AsRows());
        return room.AsRows();
    }

    private static void* State<TRule>(ref KernelContext context, int index)
        where TRule : struct, IUpdateRule => index < TRule.StateCount ? context.Input(2 + index).Data : null;
}
