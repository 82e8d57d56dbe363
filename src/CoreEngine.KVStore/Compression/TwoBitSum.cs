using CoreEngine.Kernels;
using CoreEngine.Operators;

namespace CoreEngine.KVStore;

/// <summary>
/// The operator that adds a rounded gradient to a sum and keeps what rounding leaves over. It is the store's own: not in the
/// registry, but scheduled and checked as any other.
/// </summary>
internal static unsafe class TwoBitSum
{
    private static readonly OperatorDef s_definition = new("kvstore_two_bit_sum")
    {
        Description = "Adds a gradient, rounded to three levels, to a sum.",
        NewParameters = () => new ThresholdParameters(),
        Inputs = ["sum", "gradient", "residual"],
        AuxiliaryCount = 1,
        MutableInputs = [2],
        Inplace = [(0, 0)],
        Kernel = Run,
    };

    /// <summary>The operator with a threshold.</summary>
    internal static BoundOperator With(GradientCompression compression) =>
        s_definition.Bind(new ThresholdParameters { Threshold = compression.Threshold });

    private static void Run(ref KernelContext context)
    {
        TensorView sum = context.Input(0);
        Updates.Run(
            new TwoBitRule { Threshold = context.Parameters<ThresholdParameters>().Threshold },
            sum.DType,
            sum.Data,
            context.Input(1).Data,
            context.Input(2).Data,
            state1: null,
            state2: null,
            context.Output(0).Data,
            sum.Size
        );
    }

    private sealed class ThresholdParameters : IParameters
    {
        internal float Threshold = 0.5f;

        public void Read(AttributeReader reader) => reader.Optional("threshold", ref Threshold);
    }
}
