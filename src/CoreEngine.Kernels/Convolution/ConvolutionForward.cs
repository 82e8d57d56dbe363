using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>The forward convolution for one element type that is computed with: chooses the algorithm.</summary>
internal static unsafe class ConvolutionForward<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Elements of prepared weights; the same for all types, and for all sizes of the batch.</summary>
    internal static long PreparedSize(in ConvolutionShape shape) =>
        ForwardChoice.For(shape, true) switch
        {
            ForwardAlgorithm.Winograd2 => Winograd<WinogradTile2>.WeightSize(shape),
            ForwardAlgorithm.Winograd4 => Winograd<WinogradTile4>.WeightSize(shape),
            _ => ConvolutionProduct<T>.WeightSize(shape),
        };

    /// <summary>Elements of scratch that <see cref="Run"/> uses.</summary>
    internal static long Scratch(in ConvolutionShape shape, bool prepared) =>
        Choose(shape, prepared) switch
        {
            ForwardAlgorithm.Winograd2 => WinogradScratch<WinogradTile2>(shape, prepared),
            ForwardAlgorithm.Winograd4 => WinogradScratch<WinogradTile4>(shape, prepared),
            ForwardAlgorithm.Depthwise => 0,
            _ => ConvolutionProduct<T>.Scratch(shape, prepared),
        };

    /// <summary>Brings weights into the order in which <see cref="Run"/> reads prepared ones.</summary>
    internal static void Prepare(in ConvolutionShape shape, T* weight, T* prepared)
    {
        switch (Choose(shape, true))
        {
            case ForwardAlgorithm.Winograd2:
                Winograd<WinogradTile2>.TransformWeights(shape, (float*)weight, (float*)prepared);
                break;
            case ForwardAlgorithm.Winograd4:
                Winograd<WinogradTile4>.TransformWeights(shape, (float*)weight, (float*)prepared);
                break;
            case ForwardAlgorithm.Depthwise:
                Buffer.MemoryCopy(weight, prepared, shape.WeightSize * sizeof(T), shape.WeightSize * sizeof(T));
                break;
            default:
                ConvolutionProduct<T>.PackWeights(shape, weight, prepared);
                break;
        }
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
        switch (Choose(shape, prepared))
        {
            case ForwardAlgorithm.Winograd2:
                RunWinograd<WinogradTile2>(shape, x, weight, prepared, epilogue, y, scratch);
                break;
            case ForwardAlgorithm.Winograd4:
                RunWinograd<WinogradTile4>(shape, x, weight, prepared, epilogue, y, scratch);
                break;
            case ForwardAlgorithm.Depthwise:
                RunDepthwise(shape, x, weight, epilogue, y);
                break;
            default:
                ConvolutionProduct<T>.Run(shape, x, weight, prepared, epilogue, y, scratch);
                break;
        }
    }

    private static ForwardAlgorithm Choose(in ConvolutionShape shape, bool prepared) =>
        DepthwiseLoops<T>.Applies(shape) ? ForwardAlgorithm.Depthwise
        : typeof(T) == typeof(float) ? ForwardChoice.For(shape, prepared)
        : ForwardAlgorithm.Product;

    private static long WinogradScratch<TTile>(in ConvolutionShape shape, bool prepared)
        where TTile : struct, IWinogradTile =>
        Winograd<TTile>.Scratch(shape) + (prepared ? 0 : Winograd<TTile>.WeightSize(shape));

    private static void RunWinograd<TTile>(
        in ConvolutionShape shape,
        T* x,
        T* weight,
        bool prepared,
        in Epilogue<T> epilogue,
        T* y,
        T* scratch
    )
        where TTile : struct, IWinogradTile
    {
        float* transformed = (float*)weight;
        float* rest = (float*)scratch;
        if (!prepared)
        {
            transformed = rest;
            rest += Winograd<TTile>.WeightSize(shape);
            Winograd<TTile>.TransformWeights(shape, (float*)weight, transformed);
        }

        var single = new Epilogue<float>
        {
            Bias = (float*)epilogue.Bias,
            Residual = (float*)epilogue.Residual,
            Clamps = epilogue.Clamps,
            High = float.CreateTruncating(epilogue.High),
        };
        Winograd<TTile>.Run(shape, (float*)x, transformed, single, (float*)y, rest);
    }

    /// <summary>Plane by plane; a residual is what the planes are added to.</summary>
    private static void RunDepthwise(in ConvolutionShape shape, T* x, T* weight, in Epilogue<T> epilogue, T* y)
    {
        if (epilogue.Residual != null && epilogue.Residual != y)
        {
            Buffer.MemoryCopy(epilogue.Residual, y, shape.OutSize * sizeof(T), shape.OutSize * sizeof(T));
        }

        DepthwiseLoops<T>.Forward(shape, x, weight, epilogue, y);
    }
}
