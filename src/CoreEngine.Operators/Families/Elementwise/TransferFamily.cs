using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Copies into a given array, which may have another element type or be on another device.</summary>
internal static unsafe class TransferFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add(registry, "_copyto", InferType, describedInputs: ["data"]);
        Add(registry, "_CrossDeviceCopy", TypeInference.Same, describedInputs: []);
    }

    private static void Add(OperatorRegistry registry, string name, TypeRule type, string[] describedInputs) =>
        registry.Add(
            new OperatorDef(name)
            {
                DescribedInputs = describedInputs,
                InferType = type,
                CrossesDevices = true,
                InferStorage = SparseCopy.InferStorage,
                Gradient = c => c.Set(0, c.Call("_backward_cast", c.OutputGradient(0), c.Input(0))),
                Kernel = Copy,
            }
        );

    private static void InferType(TypeInference types)
    {
        if (types.Output(0) == DType.None)
            types.SetOutput(0, types.Input(0));
    }

    private static void Copy(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        if (!context.Wants(0))
            return;
        if (x.Storage != StorageType.Default)
        {
            SparseCopy.Run(ref context);
            return;
        }

        var staged = new StagedOutput(ref context, 0);
        Cast.Convert(x.DType, x.Data, context.Output(0).DType, staged.Data, x.Size);
        staged.Finish();
    }
}
