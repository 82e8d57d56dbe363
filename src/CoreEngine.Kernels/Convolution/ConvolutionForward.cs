using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>The forward convolution for one element type that is computed with: chooses the algorithm and applies the epilogue.</summary>
internal static unsafe class ConvolutionForward<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Elements of scratch that <see cref="Run"/> uses.</summary>
    internal static long Scratch(in ConvolutionShape shape, bool prepared) => 0;

    /// <summary>Elements of prepared weights; the same for all types, and for all sizes of the batch.</summary>
    internal static long PreparedSize(in ConvolutionShape shape) => shape.WeightSize;

    /// <summary>Brings weights into the order in which <see cref="Run"/> reads prepared ones.</summary>
    internal static void Prepare(in ConvolutionShape shape, T* weight, T* prepared)
    {
        new Span<T>(weight, checked((int)shape.WeightSize)).CopyTo(new Span<T>(prepared, (int)shape.WeightSize));
    }

    /// <summary>y = epilogue(convolution(x, weight)).</summary>
    internal static void Run(
        in ConvolutionShape shape,
        T* x,
        T* weight,
        bool prepared,
        in Epilogue<T> epilogue,
        T* y,
        T* scratch
    )
    {
        if (epilogue.Residual != null && epilogue.Residual != y)
        {
            Buffer.MemoryCopy(epilogue.Residual, y, shape.OutSize * sizeof(T), shape.OutSize * sizeof(T));
        }

        ConvolutionLoops<T>.Forward(shape, x, weight, epilogue.Bias, y, epilogue.Residual != null);
        if (epilogue.Clamps)
        {
            Epilogue<T> clamp = epilogue with { Bias = null, Residual = null };
            long spatial = shape.Out.Product;
            for (long row = 0; row < shape.Batch * shape.OutChannels; row++)
            {
                clamp.Finish(y + (row * spatial), 0, checked((int)spatial), 0);
            }
        }
    }
}
