using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Operators that apply one step of an optimizer: weight and gradient in, states changed, new weight out. A row-sparse
/// gradient touches only its rows (a lazy update: the other rows see no decay either).
/// </summary>
internal static unsafe class UpdateFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add<SgdParameters, SgdRule>(registry, "sgd_update", ["_sparse_sgd_update"], [], Sgd);
        Add<MomentumParameters, MomentumRule>(
            registry,
            "sgd_mom_update",
            ["_sparse_sgd_mom_update"],
            ["mom"],
            Momentum
        );
        Add<AdamParameters, AdamRule>(registry, "adam_update", ["_sparse_adam_update"], ["mean", "var"], Adam);
        Add<RmsPropParameters, RmsPropRule>(registry, "rmsprop_update", [], ["n"], RmsProp);
        Add<CentredRmsPropParameters, CentredRmsPropRule>(
            registry,
            "rmspropalex_update",
            [],
            ["n", "g", "delta"],
            CentredRmsProp
        );
        Add<FtrlParameters, FtrlRule>(registry, "ftrl_update", ["_sparse_ftrl_update"], ["z", "n"], Ftrl);
        AddMixed<SgdParameters>(registry, "mp_sgd_update", ["weight32"], Sgd);
        AddMixed<MomentumParameters>(registry, "mp_sgd_mom_update", ["mom", "weight32"], Momentum);
    }

    private static void Add<TParameters, TRule>(
        OperatorRegistry registry,
        string name,
        string[] aliases,
        string[] states,
        KernelFunction kernel
    )
        where TParameters : UpdateParameters, new()
        where TRule : struct, IUpdateRule =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Aliases = aliases,
                NewParameters = () => new TParameters(),
                Inputs = ["weight", "grad", .. states],
                AuxiliaryCount = states.Length,
                MutableInputs =
                [
                    .. Enumerable.Range(
                        TRule.ChangesGradient ? 1 : 2,
                        TRule.ChangesGradient ? states.Length + 1 : states.Length
                    ),
                ],
                Inplace = [(0, 0)],
                TakesSparse = TakesSparse,
                Kernel = kernel,
            }
        );

    /// <summary>
    /// A row-sparse gradient of a row-sparse weight; without states, also of a dense weight. Every row of weight and
    /// states must be stored. Other mixtures are updated densely.
    /// </summary>
    private static bool TakesSparse(ReadOnlySpan<StorageType> storages) =>
        storages[1] == StorageType.RowSparse
        && (storages[0] == StorageType.RowSparse || storages.Length == 2)
        && !storages.Contains(StorageType.Csr);

    /// <summary>Operators on float16 weights with a float32 master copy, which is the last input.</summary>
    private static void AddMixed<TParameters>(
        OperatorRegistry registry,
        string name,
        string[] states,
        KernelFunction kernel
    )
        where TParameters : UpdateParameters, new() =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                NewParameters = () => new TParameters(),
                Inputs = ["weight", "grad", .. states],
                AuxiliaryCount = states.Length,
                MutableInputs = [.. Enumerable.Range(2, states.Length)],
                Inplace = [(0, 0)],
                InferType = InferMixedTypes,
                Kernel = kernel,
            }
        );

    private static void InferMixedTypes(TypeInference types)
    {
        types.SetInput(0, types.Output(0));
        types.SetInput(0, types.Input(1));
        types.SetInput(1, types.Input(0));
        types.SetOutput(0, types.Input(0));
        for (int i = 2; i < types.InputCount; i++)
        {
            types.SetInput(i, DType.Float32);
        }
    }

    private static void Sgd(ref KernelContext context)
    {
        var p = context.Parameters<SgdParameters>();
        Run(
            ref context,
            new SgdRule
            {
                LearningRate = p.LearningRate,
                WeightDecay = p.WeightDecay,
                Gradient = p.Scaling,
            }
        );
    }

    private static void Momentum(ref KernelContext context)
    {
        var p = context.Parameters<MomentumParameters>();
        Run(
            ref context,
            new MomentumRule
            {
                LearningRate = p.LearningRate,
                Momentum = p.Momentum,
                WeightDecay = p.WeightDecay,
                Gradient = p.Scaling,
            }
        );
    }

    private static void Adam(ref KernelContext context)
    {
        var p = context.Parameters<AdamParameters>();
        Run(
            ref context,
            new AdamRule
            {
                LearningRate = p.LearningRate,
                Beta1 = p.Beta1,
                Beta2 = p.Beta2,
                Epsilon = p.Epsilon,
                WeightDecay = p.WeightDecay,
                Gradient = p.Scaling,
            }
        );
    }

    private static void RmsProp(ref KernelContext context)
    {
        var p = context.Parameters<RmsPropParameters>();
        Run(
            ref context,
            new RmsPropRule
            {
                LearningRate = p.LearningRate,
                Gamma1 = p.Gamma1,
                Epsilon = p.Epsilon,
                WeightDecay = p.WeightDecay,
                ClipWeights = p.ClipWeights,
                Gradient = p.Scaling,
            }
        );
    }

    private static void CentredRmsProp(ref KernelContext context)
    {
        var p = context.Parameters<CentredRmsPropParameters>();
        Run(
            ref context,
            new CentredRmsPropRule
            {
                LearningRate = p.LearningRate,
                Gamma1 = p.Gamma1,
                Gamma2 = p.Gamma2,
                Epsilon = p.Epsilon,
                WeightDecay = p.WeightDecay,
                ClipWeights = p.ClipWeights,
                Gradient = p.Scaling,
            }
        );
    }

    private static void Ftrl(ref KernelContext context)
    {
        var p = context.Parameters<FtrlParameters>();
        Run(
            ref context,
            new FtrlRule
            {
                LearningRate = p.LearningRate,
                Lambda1 = p.Lambda1,
                Beta = p.Beta,
                WeightDecay = p.WeightDecay,
                Gradient = p.Scaling,
            }
        );
    }

    private static void Run<TRule>(ref KernelContext context, TRule rule)
        where TRule : struct, IUpdateRule
    {
        TensorView weight = context.Input(0);
        TensorView gradient = context.Input(1);
        TensorView output = context.Output(0);
        if (!context.Wants(0))
            return;
        if (context.Accumulates(0))
            throw new OperatorException(
                context.Operator.Name,
                "adding to the output is meaningless here; request write."
            );
        bool isMixed = context.InputCount == 3 + TRule.StateCount;
        if (isMixed)
            RunMixed(ref context, rule);
        else if (gradient.Storage == StorageType.RowSparse)
            RunRows(ref context, rule);
        else
            Updates.Run(
                rule,
                weight.DType,
                weight.Data,
                gradient.Data,
                State(ref context, 0),
                State(ref context, 1),
                State(ref context, 2),
                output.Data,
                output.Size
            );
    }

    private static void RunMixed<TRule>(ref KernelContext context, TRule rule)
        where TRule : struct, IUpdateRule
    {
        TensorView gradient = context.Input(1);
        TensorView master = context.Input(context.InputCount - 1);
        TensorView output = context.Output(0);
        void* wide = context.Scratch(gradient.Size * sizeof(float));
        Cast.Convert(gradient.DType, gradient.Data, DType.Float32, wide, gradient.Size);
        void* state = TRule.StateCount > 0 ? context.Input(2).Data : null;
        Updates.Run(rule, DType.Float32, master.Data, wide, state, null, null, master.Data, master.Size);
        Cast.Convert(DType.Float32, master.Data, output.DType, output.Data, output.Size);
    }

    private static void RunRows<TRule>(ref KernelContext context, TRule rule)
        where TRule : struct, IUpdateRule
    {
        TensorView weight = context.Input(0);
        TensorView gradient = context.Input(1);
        TensorView output = context.Output(0);
        long rows = weight.Shape[0];
        for (int i = 0; i < context.InputCount; i++)
        {
            TensorView input = context.Input(i);
            if (i != 1 && input.Storage == StorageType.RowSparse && input.StoredCount != rows)
            {
                throw new StorageTypeException(
                    context.Operator.Name,
                    $"'{context.Operator.InputName(i)}' stores {input.StoredCount} of {rows} rows; a lazy update needs "
                        + "every row of weight and states stored."
                );
            }
        }

        int itemSize = weight.DType.ItemSize();
        long width = weight.Size / rows;
        if (output.Data != weight.Data)
            System.Buffer.MemoryCopy(weight.Data, output.Data, output.Size * itemSize, weight.Size * itemSize);
        void* g = context.Scratch(width * itemSize);
        for (long i = 0; i < gradient.StoredCount; i++)
        {
            long row = gradient.Indices[i];
            if ((ulong)row >= (ulong)rows)
                throw new OperatorException(
                    context.Operator.Name,
                    $"the gradient has row {row}; the weight has {rows} rows."
                );
            long offset = row * width * itemSize;
            byte* target = (byte*)output.Data + offset;
            // Unlike a dense one, a row-sparse gradient stays as it is.
            System.Buffer.MemoryCopy(
                (byte*)gradient.Data + (i * width * itemSize),
                g,
                width * itemSize,
                width * itemSize
            );
            Updates.Run(
                rule,
                weight.DType,
                target,
                g,
                Row(ref context, 0, offset),
                Row(ref context, 1, offset),
                Row(ref context, 2, offset),
                target,
                width
            );
        }
    }

    private static void* State(ref KernelContext context, int index) => Row(ref context, index, offset: 0);

    private static void* Row(ref KernelContext context, int index, long offset) =>
        2 + index < context.InputCount ? (byte*)context.Input(2 + index).Data + offset : null;
}
