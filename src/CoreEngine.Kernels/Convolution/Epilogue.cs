using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>A <see cref="ConvolutionEpilogue"/> in the type that is computed with; the activation is a pair of bounds.</summary>
internal readonly unsafe struct Epilogue<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    internal Epilogue(in ConvolutionEpilogue epilogue)
    {
        Bias = (T*)epilogue.Bias;
        Residual = (T*)epilogue.Residual;
        Clamps = epilogue.Activation != ConvolutionActivation.None;

        // The largest value as a limit would clip infinity.
        High =
            epilogue.Activation == ConvolutionActivation.ClippedRelu
                ? T.CreateTruncating(epilogue.Limit)
                : T.CreateTruncating(double.PositiveInfinity);
    }

    internal T* Bias { get; init; }

    internal T* Residual { get; init; }

    /// <summary>Whether values are bounded by 0 and <see cref="High"/>.</summary>
    internal bool Clamps { get; init; }

    internal T High { get; init; }

    /// <summary>Whether there is nothing to do.</summary>
    internal bool IsEmpty => Bias == null && Residual == null && !Clamps;

    /// <summary>Finishes a part of the result in place: some adjacent positions of some channels of one image.</summary>
    /// <param name="y">The whole result; the residual has its shape.</param>
    /// <param name="offset">Where the part begins in it.</param>
    /// <param name="stride">Elements from one channel to the next.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="count">Positions of each.</param>
    /// <param name="channel">The first channel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void FinishTile(T* y, long offset, long stride, long channels, long count, long channel)
    {
        T* bias = Bias;
        T high = High;
        bool clamps = Clamps;
        int width = Vector256<T>.Count;
        Vector256<T> top = Vector256.Create(high);
        T* target = y + offset;
        T* residual = Residual == null ? null : Residual + offset;
        for (long c = 0; c < channels; c++)
        {
            T add = bias == null ? T.Zero : bias[channel + c];
            long i = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                Vector256<T> adds = Vector256.Create(add);
                for (; i + width <= count; i += width)
                {
                    Vector256<T> value = Vector256.Load(target + i) + adds;
                    if (residual != null)
                        value += Vector256.Load(residual + i);
                    (clamps ? Clamp(value, top) : value).Store(target + i);
                }
            }

            for (; i < count; i++)
            {
                T value = target[i] + add;
                if (residual != null)
                    value += residual[i];
                if (clamps && !T.IsNaN(value))
                    value = T.Min(T.Max(value, T.Zero), high);
                target[i] = value;
            }

            target += stride;
            if (residual != null)
                residual += stride;
        }
    }

    /// <summary>min(max(value, 0), top). The operands' order keeps NaN: the processor returns the second of an unordered pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<T> Clamp(Vector256<T> value, Vector256<T> top) =>
        Vector256.MinNative(top, Vector256.MaxNative(Vector256<T>.Zero, value));
}
