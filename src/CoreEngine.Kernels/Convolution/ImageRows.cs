using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>What packing needs to know of a convolution, and of one group of one image.</summary>
internal unsafe struct ImageWindow<T>
    where T : unmanaged
{
    public T* Image;
    public Extents In;
    public Extents Kernel;
    public Extents Stride;
    public Extents Dilate;
    public Extents Pad;
    public Extents Out;

    internal ImageWindow(in ConvolutionShape shape)
    {
        Image = null;
        In = shape.In;
        Kernel = shape.Kernel;
        Stride = shape.Stride;
        Dilate = shape.Dilate;
        Pad = shape.Pad;
        Out = shape.Out;
    }

    /// <summary>Cuts a range of output positions into runs that lie in one output row. Returns their number.</summary>
    internal readonly int Runs(long first, int count, Run* runs)
    {
        int found = 0;
        int done = 0;
        long w = first % Out.W;
        long h = first / Out.W % Out.H;
        long d = first / Out.W / Out.H;
        while (done < count)
        {
            int length = (int)Math.Min(count - done, Out.W - w);
            runs[found++] = new Run
            {
                Start = done,
                Length = length,
                D = (d * Stride.D) - Pad.D,
                H = (h * Stride.H) - Pad.H,
                W = (w * Stride.W) - Pad.W,
            };
            done += length;
            w = 0;
            if (++h == Out.H)
            {
                h = 0;
                d++;
            }
        }

        return found;
    }

    /// <summary>
    /// True when no tap ever meets padding and rows are read without gaps: then an element's place is the sum of its run's
    /// and its tap's offset.
    /// </summary>
    internal readonly bool IsPlain => Pad == default && Stride.W == 1;

    /// <summary>Elements from the image's start to the one under the first tap at a run's start; for plain windows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly long OffsetOf(in Run run) => (((run.D * In.H) + run.H) * In.W) + run.W;

    /// <summary>Elements from what is under the first tap to what is under another; for plain windows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly long OffsetOf(in Tap tap) =>
        ((((tap.Channel * In.D) + (tap.D * Dilate.D)) * In.H) + (tap.H * Dilate.H)) * In.W + (tap.W * Dilate.W);

    /// <summary>The image row under a tap, or null when it lies in the padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly T* Row(in Run run, in Tap tap)
    {
        long d = run.D + (tap.D * Dilate.D);
        long h = run.H + (tap.H * Dilate.H);
        return (ulong)d < (ulong)In.D && (ulong)h < (ulong)In.H
            ? Image + ((((tap.Channel * In.D) + d) * In.H) + h) * In.W
            : null;
    }

    /// <summary>Consecutive output positions in one row, with the image position of the window's first tap.</summary>
    internal struct Run
    {
        public int Start;
        public int Length;
        public long D;
        public long H;
        public long W;
    }

    /// <summary>One of the weights of an output channel: a channel of the image and a place in the window.</summary>
    internal struct Tap
    {
        public long Channel;
        public long D;
        public long H;
        public long W;

        internal Tap(long index, in Extents kernel)
        {
            W = index % kernel.W;
            H = index / kernel.W % kernel.H;
            D = index / kernel.W / kernel.H % kernel.D;
            Channel = index / kernel.W / kernel.H / kernel.D;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Advance(in Extents kernel)
        {
            if (++W < kernel.W)
            {
                return;
            }

            W = 0;
            if (++H < kernel.H)
            {
                return;
            }

            H = 0;
            if (++D < kernel.D)
            {
                return;
            }

            D = 0;
            Channel++;
        }
    }
}

/// <summary>
/// The transpose of <see cref="WindowMatrix{T}"/> for several images above one another: (images, output positions) x taps,
/// for the gradient of the weights. It is never stored: panels of it are packed straight from the images.
/// </summary>
internal unsafe struct ImageRows<T> : IRightOperand<T>
    where T : unmanaged
{
    internal ImageWindow<T> Window;

    /// <summary>Elements from one image to the next.</summary>
    internal long ImageStride;

    /// <inheritdoc/>
    public readonly bool IsDirect => false;

    /// <inheritdoc/>
    public readonly long DepthStride => 0;

    /// <inheritdoc/>
    public readonly T* At(long depth, long column) => null;

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Pack(long depth, int count, long column, int columns, int width, T* target)
    {
        ImageWindow<T> window = Window;
        ImageWindow<T>.Tap* taps = stackalloc ImageWindow<T>.Tap[width];
        for (int done = 0; done < columns; done += width)
        {
            int some = Math.Min(width, columns - done);
            var next = new ImageWindow<T>.Tap(column + done, window.Kernel);
            for (int j = 0; j < some; j++)
            {
                taps[j] = next;
                next.Advance(window.Kernel);
            }

            long spatial = window.Out.Product;
            for (int position = 0; position < count; )
            {
                (long image, long inImage) = Math.DivRem(depth + position, spatial);
                int positions = (int)Math.Min(count - position, spatial - inImage);
                T* to = target + ((long)position * width);
                window.Image = Window.Image + (image * ImageStride);
                if (window.IsPlain && some % 4 == 0)
                {
                    PackPlain(window, taps, some, inImage, positions, width, to);
                }
                else
                {
                    PackAny(window, taps, some, inImage, positions, width, to);
                }

                position += positions;
            }

            target += (long)count * width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackAny(
        in ImageWindow<T> window,
        ImageWindow<T>.Tap* taps,
        int some,
        long depth,
        int count,
        int width,
        T* target
    )
    {
        ImageWindow<T>.Run run;
        // Positions come in output rows; a long range would need many runs, so they are cut one at a time.
        for (int position = 0; position < count; position += run.Length)
        {
            long inRow = (depth + position) % window.Out.W;
            int length = (int)Math.Min(count - position, window.Out.W - inRow);
            window.Runs(depth + position, length, &run);
            T* to = target + ((long)position * width);
            int j = 0;
            for (; j + 4 <= some; j += 4)
            {
                T* a = Whole(window, run, taps[j]);
                T* b = Whole(window, run, taps[j + 1]);
                T* c = Whole(window, run, taps[j + 2]);
                T* d = Whole(window, run, taps[j + 3]);
                if (a != null && b != null && c != null && d != null)
                {
                    Packing.Transpose4(a, b, c, d, length, to + j, width);
                }
                else
                {
                    for (int i = j; i < j + 4; i++)
                    {
                        Scatter(window, run, taps[i], to + i, width);
                    }
                }
            }

            for (; j < some; j++)
            {
                Scatter(window, run, taps[j], to + j, width);
            }

            for (; j < width; j++)
            {
                for (int i = 0; i < length; i++)
                {
                    to[((long)i * width) + j] = default;
                }
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackPlain(
        in ImageWindow<T> window,
        ImageWindow<T>.Tap* taps,
        int some,
        long depth,
        int count,
        int width,
        T* target
    )
    {
        ImageWindow<T>.Run run;
        T** starts = stackalloc T*[some];
        for (int j = 0; j < some; j++)
        {
            starts[j] = window.Image + window.OffsetOf(taps[j]);
        }

        long inRow = depth % window.Out.W;
        for (int position = 0; position < count; position += run.Length)
        {
            int length = (int)Math.Min(count - position, window.Out.W - inRow);
            inRow = 0;
            window.Runs(depth + position, length, &run);
            long offset = window.OffsetOf(run);
            T* to = target + ((long)position * width);
            for (int j = 0; j < some; j += 4)
            {
                Packing.Transpose4Inline(
                    starts[j] + offset,
                    starts[j + 1] + offset,
                    starts[j + 2] + offset,
                    starts[j + 3] + offset,
                    length,
                    to + j,
                    width
                );
            }

            for (int i = 0; i < length && some < width; i++)
            {
                new Span<T>(to + ((long)i * width) + some, width - some).Clear();
            }
        }
    }

    /// <summary>The first element of a run of adjacent image elements, or null when it is not one or leaves the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* Whole(in ImageWindow<T> window, in ImageWindow<T>.Run run, in ImageWindow<T>.Tap tap)
    {
        T* row = window.Row(run, tap);
        long w = run.W + (tap.W * window.Dilate.W);
        return row != null && window.Stride.W == 1 && w >= 0 && w + run.Length <= window.In.W ? row + w : null;
    }

    private static void Scatter(
        in ImageWindow<T> window,
        in ImageWindow<T>.Run run,
        in ImageWindow<T>.Tap tap,
        T* target,
        int targetStride
    )
    {
        T* row = window.Row(run, tap);
        long w = run.W + (tap.W * window.Dilate.W);
        for (int i = 0; i < run.Length; i++)
        {
            *target = row != null && (ulong)w < (ulong)window.In.W ? row[w] : default;
            target += targetStride;
            w += window.Stride.W;
        }
    }
}
