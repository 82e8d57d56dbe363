using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>The weights' gradient of a depthwise convolution: products of dy with the data, summed for nine taps at a time.</summary>
internal static unsafe class DepthwiseWeights<V, R, T>
    where V : struct, IRegister<R, T>
    where R : struct
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Bytes of the data's lines kept at a time, up to twice as many.</summary>
    private const long StripBytes = 8 * 1024;

    /// <summary>Channels [first, last), each over all images.</summary>
    [SkipLocalsInit]
    internal static void Run(in DepthwiseWork<T> work, long first, long last)
    {
        Extents kernel = work.Kernel;
        Extents windows = work.Windows;
        long reach = (kernel.H - 1) * work.Dilate.H;
        var lines = new PaddedLines<T>(
            work.Source.H,
            work.Source.W,
            work.Pad.H,
            work.Pad.W,
            work.Stride.W,
            (kernel.W - 1) * work.Dilate.W,
            windows.W,
            V.Count
        );
        long pitch = lines.Pitch;
        long fitting = ((StripBytes / sizeof(T) / pitch) - reach) / work.Stride.H;
        long strips = Math.Max(1, windows.H / Math.Max(4, fitting));
        long mostRows = ((windows.H - 1) / strips) + 1;

        // Taps are summed three lines at a time; the last three may go beyond the window's, where nothing is used.
        long most = ((mostRows - 1) * work.Stride.H) + (PaddedLines<T>.Round(kernel.H, 3) * work.Dilate.H);
        T* buffer = (T*)PackArena.Get(PackArena.Slot.Right, most * pitch * sizeof(T));
        lines.Clear(buffer, most);

        // Rows of dy that end inside a register get zeros behind them.
        bool direct = windows.W % V.Count == 0;
        var gradient = new PaddedLines<T>(windows.H, windows.W, 0, 0, 1, 0, windows.W, V.Count);
        T* dyBuffer = (T*)PackArena.Get(PackArena.Slot.Left, mostRows * gradient.Pitch * sizeof(T));
        gradient.Clear(dyBuffer, mostRows);

        T* totals = stackalloc T[DepthwiseLoops<T>.MostTaps * DepthwiseLoops<T>.MostMultiplier];
        T* sums = stackalloc T[9];
        int taps = (int)kernel.Product;
        for (long channel = first; channel < last; channel++)
        {
            new Span<T>(totals, taps * (int)work.Multiplier).Clear();
            for (long n = 0; n < work.Batch; n++)
            {
                long item = (n * work.Groups) + channel;
                for (long strip = 0; strip < strips; strip++)
                {
                    long row = windows.H * strip / strips;
                    long rows = (windows.H * (strip + 1) / strips) - row;
                    lines.Fill(
                        work.From + (item * work.Source.Product),
                        row * work.Stride.H,
                        ((rows - 1) * work.Stride.H) + reach + 1,
                        buffer
                    );
                    for (long m = 0; m < work.Multiplier; m++)
                    {
                        T* dy = work.Weight + (((item * work.Multiplier) + m) * windows.Product);
                        T* dyRows = direct ? dy + (row * windows.W) : dyBuffer;
                        if (!direct)
                        {
                            gradient.Fill(dy, row, rows, dyBuffer);
                        }

                        T* total = totals + (m * taps);
                        for (long h = 0; h < kernel.H; h += 3)
                        {
                            for (long w = 0; w < kernel.W; w += 3)
                            {
                                T* x = buffer + (h * work.Dilate.H * pitch);
                                Nine(
                                    dyRows,
                                    gradient.Pitch,
                                    x + lines.Offset(w * work.Dilate.W),
                                    x + lines.Offset(Math.Min(w + 1, kernel.W - 1) * work.Dilate.W),
                                    x + lines.Offset(Math.Min(w + 2, kernel.W - 1) * work.Dilate.W),
                                    work.Dilate.H * pitch,
                                    work.Stride.H * pitch,
                                    rows,
                                    sums
                                );
                                Add(sums, total + (h * kernel.W) + w, kernel.H - h, kernel.W - w, kernel.W);
                            }
                        }
                    }
                }
            }

            T* dw = work.To + (channel * work.Multiplier * taps);
            for (long i = 0; i < work.Multiplier * taps; i++)
            {
                dw[i] = work.Accumulate ? dw[i] + totals[i] : totals[i];
            }
        }
    }

    private static void Add(T* sums, T* total, long rows, long columns, long stride)
    {
        for (int h = 0; h < Math.Min(rows, 3); h++)
        {
            for (int w = 0; w < Math.Min(columns, 3); w++)
            {
                total[(h * stride) + w] += sums[(3 * h) + w];
            }
        }
    }

    /// <summary>Rows of dy times the data under nine taps: three columns, on three lines one <paramref name="line"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Nine(T* dy, long width, T* x0, T* x1, T* x2, long line, long step, long rows, T* sums)
    {
        R s0 = V.Zero,
            s1 = V.Zero,
            s2 = V.Zero,
            s3 = V.Zero,
            s4 = V.Zero,
            s5 = V.Zero,
            s6 = V.Zero,
            s7 = V.Zero,
            s8 = V.Zero;
        for (; rows != 0; rows--)
        {
            for (long j = 0; j < width; j += V.Count)
            {
                R g = V.Load(dy + j);
                T* p = x0 + j;
                s0 = V.MultiplyAdd(g, V.Load(p), s0);
                s3 = V.MultiplyAdd(g, V.Load(p + line), s3);
                s6 = V.MultiplyAdd(g, V.Load(p + (2 * line)), s6);
                p = x1 + j;
                s1 = V.MultiplyAdd(g, V.Load(p), s1);
                s4 = V.MultiplyAdd(g, V.Load(p + line), s4);
                s7 = V.MultiplyAdd(g, V.Load(p + (2 * line)), s7);
                p = x2 + j;
                s2 = V.MultiplyAdd(g, V.Load(p), s2);
                s5 = V.MultiplyAdd(g, V.Load(p + line), s5);
                s8 = V.MultiplyAdd(g, V.Load(p + (2 * line)), s8);
            }

            dy += width;
            x0 += step;
            x1 += step;
            x2 += step;
        }

        sums[0] = V.Sum(s0);
        sums[1] = V.Sum(s1);
        sums[2] = V.Sum(s2);
        sums[3] = V.Sum(s3);
        sums[4] = V.Sum(s4);
        sums[5] = V.Sum(s5);
        sums[6] = V.Sum(s6);
        sums[7] = V.Sum(s7);
        sums[8] = V.Sum(s8);
    }
}
