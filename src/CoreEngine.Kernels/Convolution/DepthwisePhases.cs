using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The data's gradient of a strided depthwise convolution. Elements of the data whose places agree modulo the stride meet
/// the same taps of the window: each such phase is a convolution with stride 1, of the result's gradient with those taps.
/// </summary>
internal static unsafe class DepthwisePhases<V, R, T>
    where V : struct, IRegister<R, T>
    where R : struct
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Planes of the data, [first, last) of batch x channels.</summary>
    [SkipLocalsInit]
    internal static void Run(in DepthwiseWork<T> work, long first, long last)
    {
        // A place h of the data lies at h + pad = place * stride + phase.
        Extents kernel = work.Kernel;
        Extents stride = work.Stride;
        Extents pad = work.Pad;
        long place0 = pad.H / stride.H;
        long rows = ((work.Source.H - 1 + pad.H) / stride.H) - place0 + 1;
        long column0 = pad.W / stride.W;
        long columns = ((work.Source.W - 1 + pad.W) / stride.W) - column0 + 1;

        // Taps of a phase, at most; the last one meets the element of dy at the same place, the others those before it.
        long tall = ((kernel.H - 1) / stride.H) + 1;
        long wide = ((kernel.W - 1) / stride.W) + 1;
        var lines = new PaddedLines<T>(
            work.Windows.H,
            work.Windows.W,
            tall - 1 - place0,
            wide - 1 - column0,
            1,
            wide - 1,
            columns,
            V.Count
        );
        long pitch = lines.Pitch;
        long lineCount = rows + tall - 1;
        T* buffer = (T*)PackArena.Get(PackArena.Slot.Right, lineCount * pitch * sizeof(T));
        lines.Clear(buffer, lineCount);
        long size = rows * columns;
        T* phases = (T*)PackArena.Get(PackArena.Slot.Result, stride.H * stride.W * size * sizeof(T));
        long* offsets = stackalloc long[DepthwiseLoops<T>.MostTaps];
        T* weights = stackalloc T[DepthwiseLoops<T>.MostTaps];
        T** rowsOfPhases = stackalloc T*[DepthwiseLoops<T>.MostTaps];
        var plane = new WindowPlane<T>
        {
            Lines = buffer,
            Step = pitch,
            Offsets = offsets,
            Weights = weights,
            Rows = rows,
            Width = columns,
        };
        for (long item = first; item < last; item++)
        {
            for (long m = 0; m < work.Multiplier; m++)
            {
                long source = (item * work.Multiplier) + m;
                lines.Fill(work.From + (source * work.Windows.Product), 0, lineCount, buffer);
                T* window = work.Weight + (((item % work.Groups * work.Multiplier) + m) * kernel.Product);
                for (long phase = 0; phase < stride.H * stride.W; phase++)
                {
                    plane.Taps = 0;
                    for (long h = phase / stride.W; h < kernel.H; h += stride.H)
                    {
                        for (long w = phase % stride.W; w < kernel.W; w += stride.W)
                        {
                            offsets[plane.Taps] = ((tall - 1 - (h / stride.H)) * pitch) + (wide - 1 - (w / stride.W));
                            weights[plane.Taps++] = window[(h * kernel.W) + w];
                        }
                    }

                    plane.Y = phases + (phase * size);
                    plane.End = plane.Y + size;
                    WindowRows<V, R, T>.Run(plane);
                }

                bool add = work.Accumulate || m > 0;
                T* dx = work.To + (item * work.Source.Product);
                for (long h = 0; h < work.Source.H; h++)
                {
                    long phase = (h + pad.H) % stride.H;
                    long place = ((h + pad.H) / stride.H) - place0;
                    for (long w = 0; w < stride.W; w++)
                    {
                        rowsOfPhases[w] = phases + (((phase * stride.W) + w) * size) + (place * columns);
                    }

                    T* row = dx + (h * work.Source.W);
                    PhaseRows<T>.Interleave(rowsOfPhases, stride.W, pad.W % stride.W, row, work.Source.W, add);
                }
            }
        }
    }
}
