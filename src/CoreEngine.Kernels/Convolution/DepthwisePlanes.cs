using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Depthwise convolution, forward and (with stride 1) backward to the data.</summary>
internal static unsafe class DepthwisePlanes<V, R, T>
    where V : struct, IRegister<R, T>
    where R : struct
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Bytes of lines kept at a time, up to twice as many: they stay in the first-level cache.</summary>
    private const long StripBytes = 12 * 1024;

    /// <summary>Planes of the data, [first, last) of batch x channels.</summary>
    [SkipLocalsInit]
    internal static void Run(in DepthwiseWork<T> work, long first, long last)
    {
        Extents kernel = work.Kernel;
        long reach = (kernel.H - 1) * work.Dilate.H;
        var lines = new PaddedLines<T>(
            work.Source.H,
            work.Source.W,
            work.Pad.H,
            work.Pad.W,
            work.Stride.W,
            (kernel.W - 1) * work.Dilate.W,
            work.Windows.W,
            V.Count
        );
        long pitch = lines.Pitch;
        long fitting = ((StripBytes / sizeof(T) / pitch) - reach) / work.Stride.H;
        long strips = Math.Max(1, work.Windows.H / Math.Max(4, fitting));
        long most = ((((work.Windows.H - 1) / strips) + 1 - 1) * work.Stride.H) + reach + 1;
        T* buffer = (T*)PackArena.Get(PackArena.Slot.Right, most * pitch * sizeof(T));
        lines.Clear(buffer, most);

        int taps = (int)kernel.Product;
        long* offsets = stackalloc long[DepthwiseLoops<T>.MostTaps];
        T* mirrored = stackalloc T[DepthwiseLoops<T>.MostTaps];
        for (int tap = 0; tap < taps; tap++)
        {
            long row = tap / kernel.W * work.Dilate.H;
            offsets[tap] = (row * pitch) + lines.Offset(tap % kernel.W * work.Dilate.W);
        }

        long step = work.Stride.H * pitch;
        bool nine = kernel.H == 3 && kernel.W == 3 && work.Dilate.H == 1 && work.Dilate.W == 1;
        bool adjacent = work.Stride.H == 1 && work.Stride.W == 1;
        var plane = new WindowPlane<T>
        {
            Lines = buffer,
            Step = step,
            Offsets = offsets,
            Taps = taps,
            Width = work.Windows.W,
            Clamps = work.Clamps,
            High = work.High,
            NinePitch = nine && (adjacent || work.Stride.H == 2) ? pitch : 0,
        };
        long size = work.Windows.Product;
        for (long item = first; item < last; item++)
        {
            for (long strip = 0; strip < strips; strip++)
            {
                long row = work.Windows.H * strip / strips;
                plane.Rows = (work.Windows.H * (strip + 1) / strips) - row;
                for (long m = 0; m < work.Multiplier; m++)
                {
                    long wide = (item * work.Multiplier) + m;
                    long channel = (item % work.Groups * work.Multiplier) + m;
                    if (work.Backward || m == 0)
                    {
                        lines.Fill(
                            work.From + ((work.Backward ? wide : item) * work.Source.Product),
                            row * work.Stride.H,
                            ((plane.Rows - 1) * work.Stride.H) + reach + 1,
                            buffer
                        );
                    }

                    plane.Weights = work.Weight + (channel * taps);
                    if (work.Backward)
                    {
                        for (int tap = 0; tap < taps; tap++)
                        {
                            mirrored[tap] = plane.Weights[taps - 1 - tap];
                        }

                        plane.Weights = mirrored;
                    }

                    T* y = work.To + ((work.Backward ? item : wide) * size);
                    plane.Bias = work.Bias == null ? T.Zero : work.Bias[channel];
                    plane.Y = y + (row * plane.Width);
                    plane.End = y + size;
                    plane.Accumulate = work.Accumulate || (work.Backward && m > 0);
                    WindowRows<V, R, T>.Run(plane);
                }
            }
        }
    }
}
