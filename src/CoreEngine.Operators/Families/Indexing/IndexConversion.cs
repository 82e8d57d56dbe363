using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Turns arrays of indices, which may have any type, into 64-bit integers.</summary>
internal static unsafe class IndexConversion
{
    /// <summary>The indices, fractions cut off, in scratch memory that the caller may change.</summary>
    internal static long* ToInt64(ref KernelContext context, TensorView indices)
    {
        long* converted = (long*)context.Scratch(indices.Size * sizeof(long));
        Cast.Convert(indices.DType, indices.Data, DType.Int64, converted, indices.Size);
        return converted;
    }
}
