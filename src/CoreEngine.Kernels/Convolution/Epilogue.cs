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

    /// <summary>
    /// Finishes <paramref name="count"/> adjacent values of one channel in place. <paramref name="offset"/> is where they
    /// are in the result, and so in the residual.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Finish(T* y, long offset, int count, long channel)
    {
        T bias = Bias == null ? T.Zero : Bias[channel];
        T* residual = Residual == null ? null : Residual + offset;
        T high = High;
        bool clamps = Clamps;
        int width = Vector256<T>.Count;
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<T> add = Vector256.Create(bias);
            Vector256<T> top = Vector256.Create(high);
            for (; i + width <= count; i += width)
            {
                Vector256<T> value = Vector256.Load(y + i) + add;
                if (residual != null)
                    value += Vector256.Load(residual + i);
                (clamps ? Clamp(value, top) : value).Store(y + i);
            }
        }

        for (; i < count; i++)
        {
            T value = y[i] + bias;
            if (residual != null)
                value += residual[i];
            if (clamps && !T.IsNaN(value))
                value = T.Min(T.Max(value, T.Zero), high);
            y[i] = value;
        }
    }

    /// <summary>min(max(value, 0), top). The operands' order keeps NaN: the processor returns the second of an unordered pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<T> Clamp(Vector256<T> value, Vector256<T> top) =>
        Vector256.MinNative(top, Vector256.MaxNative(Vector256<T>.Zero, value));
}
