using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// Convolutions in which each channel of the data is convolved on its own, in one and two dimensions: computed directly,
/// plane by plane, as there are no matrices to multiply.
/// </summary>
internal static unsafe class DepthwiseLoops<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Taps whose weights are kept on the stack.</summary>
    internal const int MostTaps = 256;

    /// <summary>Results of one channel, likewise.</summary>
    internal const int MostMultiplier = 8;

    /// <summary>Products that make it worth to wake a thread.</summary>
    private const long ProductsPerThread = 64 * 1024;

    /// <summary>True for shapes that the three passes here can do.</summary>
    internal static bool Applies(in ConvolutionShape shape) =>
        shape.Groups > 1
        && shape.GroupIn == 1
        && shape.GroupOut <= MostMultiplier
        && shape.In.D == 1
        && shape.Kernel.D == 1
        && shape.Pad.D == 0
        && shape.Kernel.Product <= MostTaps
        && shape.Stride.W <= MostTaps
        && (shape.Stride with { D = 1 } == Extents.One || shape.Dilate with { D = 1 } == Extents.One);

    /// <summary>y = epilogue(convolution(x, weight)); a residual must be y itself.</summary>
    internal static void Forward(in ConvolutionShape shape, T* x, T* weight, in Epilogue<T> epilogue, T* y)
    {
        var work = new DepthwiseWork<T>(shape)
        {
            From = x,
            Weight = weight,
            Bias = epilogue.Bias,
            To = y,
            Accumulate = epilogue.Residual != null,
            Clamps = epilogue.Clamps,
            High = epilogue.High,
        };
        KernelTeam.Default.For(shape.Batch * shape.Groups, Grain(shape), &Planes, &work);
    }

    /// <summary>dx = adjoint of the convolution applied to dy, or dx += that.</summary>
    internal static void BackwardData(in ConvolutionShape shape, T* dy, T* weight, T* dx, bool accumulate)
    {
        var work = new DepthwiseWork<T>(shape)
        {
            From = dy,
            Weight = weight,
            To = dx,
            Accumulate = accumulate,
            Backward = true,
        };
        if (shape.Stride with { D = 1 } == Extents.One)
        {
            // Itself a convolution, of dy with the mirrored window.
            (work.Source, work.Windows) = (shape.Out, shape.In);
            work.Pad = new Extents(
                0,
                (shape.Dilate.H * (shape.Kernel.H - 1)) - shape.Pad.H,
                (shape.Dilate.W * (shape.Kernel.W - 1)) - shape.Pad.W
            );
            KernelTeam.Default.For(shape.Batch * shape.Groups, Grain(shape), &Planes, &work);
        }
        else
        {
            KernelTeam.Default.For(shape.Batch * shape.Groups, Grain(shape), &Phases, &work);
        }
    }

    /// <summary>dw = sum over images and positions of dy times the data under the window, or dw += that.</summary>
    internal static void BackwardWeight(in ConvolutionShape shape, T* x, T* dy, T* dw, bool accumulate)
    {
        var work = new DepthwiseWork<T>(shape)
        {
            From = x,
            Weight = dy,
            To = dw,
            Accumulate = accumulate,
        };
        KernelTeam.Default.For(shape.Groups, ((Grain(shape) - 1) / shape.Batch) + 1, &Weights, &work);
    }

    private static long Grain(in ConvolutionShape shape) =>
        Math.Max(1, ProductsPerThread / (shape.GroupOut * shape.Out.Product * shape.Kernel.Product));

    private static void Planes(void* state, long first, long last)
    {
        var work = (DepthwiseWork<T>*)state;
        if (NineWork<T>.Applies(*work))
            NineWork<T>.Planes(work, first, last);
        else if (Vector512.IsHardwareAccelerated)
            DepthwisePlanes<Register512<T>, Vector512<T>, T>.Run(*work, first, last);
        else if (Vector256.IsHardwareAccelerated)
            DepthwisePlanes<Register256<T>, Vector256<T>, T>.Run(*work, first, last);
        else if (Vector128.IsHardwareAccelerated)
            DepthwisePlanes<Register128<T>, Vector128<T>, T>.Run(*work, first, last);
        else
            DepthwisePlanes<RegisterScalar<T>, T, T>.Run(*work, first, last);
    }

    private static void Phases(void* state, long first, long last)
    {
        var work = (DepthwiseWork<T>*)state;
        if (NineWork<T>.Applies(*work))
            NineWork<T>.Phases(work, first, last);
        else if (Vector512.IsHardwareAccelerated)
            DepthwisePhases<Register512<T>, Vector512<T>, T>.Run(*work, first, last);
        else if (Vector256.IsHardwareAccelerated)
            DepthwisePhases<Register256<T>, Vector256<T>, T>.Run(*work, first, last);
        else if (Vector128.IsHardwareAccelerated)
            DepthwisePhases<Register128<T>, Vector128<T>, T>.Run(*work, first, last);
        else
            DepthwisePhases<RegisterScalar<T>, T, T>.Run(*work, first, last);
    }

    private static void Weights(void* state, long first, long last)
    {
        var work = (DepthwiseWork<T>*)state;
        if (NineWork<T>.Applies(*work))
            NineWork<T>.Weights(work, first, last);
        else if (Vector512.IsHardwareAccelerated)
            DepthwiseWeights<Register512<T>, Vector512<T>, T>.Run(*work, first, last);
        else if (Vector256.IsHardwareAccelerated)
            DepthwiseWeights<Register256<T>, Vector256<T>, T>.Run(*work, first, last);
        else if (Vector128.IsHardwareAccelerated)
            DepthwiseWeights<Register128<T>, Vector128<T>, T>.Run(*work, first, last);
        else
            DepthwiseWeights<RegisterScalar<T>, T, T>.Run(*work, first, last);
    }
}
