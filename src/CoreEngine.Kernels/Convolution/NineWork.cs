using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// One pass over planes with windows of 3 x 3 taps, padding 1, and steps of 1 or 2: what <see cref="NinePlanes{T}"/> and
/// <see cref="NineWeights{T}"/> need to know, and how threads share the planes.
/// </summary>
internal unsafe struct NineWork<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Rows of a plane of the data.</summary>
    public long Height;

    /// <summary>Columns of a plane of the data.</summary>
    public long Width;

    /// <summary>Nine for each channel.</summary>
    public T* Weight;

    /// <summary>1, or -1 for the mirrored window.</summary>
    public long TapStep;

    /// <summary>One for each channel, or a zero with step 0.</summary>
    public T* Bias;

    /// <summary>See <see cref="Bias"/>.</summary>
    public long BiasStep;

    /// <summary>Results are bounded by 0 and <see cref="High"/>.</summary>
    public bool Clamps;

    /// <summary>See <see cref="Clamps"/>.</summary>
    public T High;

    /// <summary>A row of zeros.</summary>
    public T* Zeros;

    /// <summary>Masks of a register: every lane.</summary>
    public T* All;

    /// <summary>All lanes but the first.</summary>
    public T* First;

    /// <summary>All lanes but the last column of the last register in a row of windows, and none behind it.</summary>
    public T* Last;

    /// <summary>All lanes, but none behind a row of windows that is shorter than a register.</summary>
    public T* Inside;

    /// <summary>The lanes of the last register in a row of windows that the one before it does not have.</summary>
    public T* Fresh;

    private readonly DepthwiseWork<T>* _work;
    private readonly Pass _pass;
    private readonly long _step;

    private NineWork(DepthwiseWork<T>* work, Pass pass)
    {
        _work = work;
        _pass = pass;
        _step = work->Stride.W;
        Extents data = work->Backward && _step == 1 ? work->Windows : work->Source;
        (Height, Width) = (data.H, data.W);
        Weight = work->Weight;
        TapStep = work->Backward ? -1 : 1;
        Clamps = work->Clamps;
        High = work->High;
    }

    /// <summary>What this thread's range does.</summary>
    private enum Pass
    {
        Planes,
        Phases,
        Weights,
    }

    /// <summary>True for the geometry that this is for, when planes are larger than what is read beside them.</summary>
    internal static bool Applies(in DepthwiseWork<T> work) =>
        Vector256.IsHardwareAccelerated
        && !Vector512.IsHardwareAccelerated
        && Avx2.IsSupported
        && work is { Multiplier: 1, Accumulate: false }
        && work.Kernel == new Extents(1, 3, 3)
        && work.Dilate with { D = 1 } == Extents.One
        && work.Pad == new Extents(0, 1, 1)
        && work.Stride.H == work.Stride.W
        && work.Source.H >= 4
        && work.Source.W >= 4
        && (
            work.Stride.W == 1
            || (work.Stride.W == 2 && work.Source.H % 2 == 0 && work.Source.W % 2 == 0 && work.Source.H >= 4)
        )
        && work.Source.Product >= 2 * NinePlanes<T>.Slack
        && work.Windows.Product >= NinePlanes<T>.Slack;

    /// <summary>Forward, or backward to the data with step 1: planes [first, last) of batch x channels.</summary>
    internal static void Planes(DepthwiseWork<T>* work, long first, long last) =>
        new NineWork<T>(work, Pass.Planes).Run(first, last);

    /// <summary>Backward to the data with step 2.</summary>
    internal static void Phases(DepthwiseWork<T>* work, long first, long last) =>
        new NineWork<T>(work, Pass.Phases).Run(first, last);

    /// <summary>Backward to the weights: channels [first, last), each over all images.</summary>
    internal static void Weights(DepthwiseWork<T>* work, long first, long last) =>
        new NineWork<T>(work, Pass.Weights).Run(first, last);

    [SkipLocalsInit]
    private void Run(long first, long last)
    {
        int lanes = Vector256<T>.Count;
        T* masks = stackalloc T[5 * lanes];
        new Span<byte>(masks, 5 * lanes * sizeof(T)).Fill(0xFF);
        All = masks;
        First = masks + lanes;
        Last = masks + (2 * lanes);
        Inside = masks + (3 * lanes);
        Fresh = masks + (4 * lanes);
        long windows = Width / _step;
        First[0] = T.Zero;
        for (int lane = (int)Math.Min(windows, lanes); lane < lanes; lane++)
        {
            (Last[lane], Inside[lane], Fresh[lane]) = (T.Zero, T.Zero, T.Zero);
        }

        Last[Math.Min(windows, lanes) - 1] = T.Zero;
        for (int lane = 0; windows > lanes && windows % lanes != 0 && lane < lanes - (windows % lanes); lane++)
        {
            Fresh[lane] = T.Zero;
        }

        long zeros = Width + (2 * NinePlanes<T>.Slack);
        long size = Height * Width;
        long slack = NinePlanes<T>.Slack;
        T* buffer = (T*)PackArena.Get(PackArena.Slot.Right, (zeros + (2 * (size + (2 * slack)))) * sizeof(T));
        LongRuns.Clear(buffer, zeros);
        Zeros = buffer + slack;
        Bias = _work->Bias == null ? Zeros : _work->Bias;
        BiasStep = _work->Bias == null ? 0 : 1;
        T* from = buffer + zeros + slack;
        T* to = from + size + (2 * slack);
        if (_pass == Pass.Weights)
        {
            RunWeights(first, last, from, to);
        }
        else
        {
            RunPlanes(first, last, from, to);
        }
    }

    /// <summary>
    /// The first and the last plane of all are read from copies, as nothing may be read beside them; the last plane of a range
    /// is written by way of a copy, as what is behind it may be another thread's.
    /// </summary>
    private readonly void RunPlanes(long first, long last, T* fromCopy, T* toCopy)
    {
        long channels = _work->Groups;
        long total = _work->Batch * channels;
        long result = Height * Width;
        long source = result;
        if (_step == 2)
        {
            (source, result) = _pass == Pass.Phases ? (source / 4, result) : (source, result / 4);
        }

        bool spills = Width / _step < Vector256<T>.Count;
        for (long plane = first; plane < last; )
        {
            T* from = _work->From + (plane * source);
            T* to = _work->To + (plane * result);
            bool copies = plane == 0 || plane == total - 1;
            bool aside = spills && plane == last - 1;
            long channel = plane % channels;
            long count = 1;
            if (!copies && !aside)
            {
                long end = Math.Min(last, total - 1) - (spills ? 1 : 0);
                count = Math.Max(1, Math.Min(end - plane, channels - channel));
            }

            if (copies)
            {
                LongRuns.Copy(from, fromCopy, source);
                from = fromCopy;
            }

            T* target = aside ? toCopy : to;
            if (_pass == Pass.Phases)
                NinePlanes<T>.BackwardSteps2(this, from, target, channel, count);
            else if (_step == 1)
                NinePlanes<T>.Steps1(this, from, target, channel, count);
            else
                NinePlanes<T>.Steps2(this, from, target, channel, count);
            if (aside)
            {
                LongRuns.Copy(toCopy, to, result);
            }

            plane += count;
        }
    }

    private readonly void RunWeights(long first, long last, T* xCopy, T* dyCopy)
    {
        long channels = _work->Groups;
        long total = _work->Batch * channels;
        long data = Height * Width;
        long result = data / (_step * _step);
        for (long channel = first; channel < last; channel++)
        {
            T* dw = _work->To + (9 * channel);
            new Span<T>(dw, 9).Clear();
            for (long n = 0; n < _work->Batch; )
            {
                long plane = (n * channels) + channel;
                T* x = _work->From + (plane * data);
                T* dy = _work->Weight + (plane * result);
                long images = _work->Batch - n - (channel == channels - 1 ? 1 : 0);
                if (plane == 0 || plane == total - 1)
                {
                    LongRuns.Copy(x, xCopy, data);
                    LongRuns.Copy(dy, dyCopy, result);
                    x = xCopy;
                    dy = dyCopy;
                    images = 1;
                }

                if (_step == 1)
                    NineWeights<T>.Steps1(this, x, dy, images, channels * result, dw);
                else
                    NineWeights<T>.Steps2(this, x, dy, images, channels * result, dw);
                n += images;
            }
        }
    }
}
