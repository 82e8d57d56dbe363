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

    /// <summary>
    /// Indices along an axis, as places in an array: for an array (outer, length, inner), indices (outer, count, inner).
    /// </summary>
    /// <inheritdoc cref="AxisIndex.ToFlat"/>
    internal static long* ToPlaces(
        ref KernelContext context,
        TensorView indices,
        long outer,
        long count,
        long inner,
        long length,
        bool clamp
    )
    {
        if (indices.DType != DType.Int64)
        {
            long* converted = ToInt64(ref context, indices);
            AxisIndex.ToFlat(converted, converted, outer, count, inner, length, clamp);
            return converted;
        }

        long* places = (long*)context.Scratch(indices.Size * sizeof(long));
        AxisIndex.ToFlat((long*)indices.Data, places, outer, count, inner, length, clamp);
        return places;
    }
}
