using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>The three convolutions for one element type that is computed with.</summary>
internal static unsafe class ConvolutionLoops<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Elements of the window matrix that the data's gradient forms at a time: they stay in the second-level cache.</summary>
    private const long WindowElements = 64 * 1024;

    /// <summary>Weights up to this number are summed per part of the batch; more are divided between the threads.</summary>
    private const long SmallWeights = 64 * 1024;

    /// <summary>Parts into which the batch is cut for small weights: fixed, so that sums do not depend on the threads.</summary>
    private const long BatchParts = 16;

    /// <summary>Taps of a window that is mirrored on the stack.</summary>
    private const long MostTaps = 4096;

    internal static void BackwardData(in ConvolutionShape shape, T* dy, T* weight, T* dx, bool accumulate, T* scratch)
    {
        if (DepthwiseLoops<T>.Applies(shape))
        {
            DepthwiseLoops<T>.BackwardData(shape, dy, weight, dx, accumulate);
            return;
        }

        if (IsOneProduct(shape))
        {
            DataOfOneImage(shape, dy, weight, dx, accumulate);
            return;
        }

        if (DataForFewWindows<T>.Applies(shape))
        {
            new DataForFewWindows<T>(shape).Run(dy, weight, dx, accumulate, scratch);
            return;
        }

        if (ByForward(shape))
        {
            ConvolutionShape mirror = Mirror(shape);
            MirrorWeight(shape, weight, scratch);
            var epilogue = new Epilogue<T> { Residual = accumulate ? dx : null };
            ConvolutionForward<T>.Run(mirror, dy, scratch, false, epilogue, dx, scratch + AlignedWeights(shape));
            return;
        }

        if (DataPhases<T>.Applies(shape))
        {
            new DataPhases<T>(shape).Run(dy, weight, dx, accumulate, scratch);
            return;
        }

        DataByProduct(shape, dy, weight, dx, accumulate);
    }

    /// <summary>
    /// One image under windows of one element: the data's gradient is the transposed weights times dy, and nothing is
    /// mirrored, transposed or added up besides. Measured: with fewer filters, or positions that fill the tiles badly, the
    /// other ways are as fast or faster, and several images should meet packed weights together.
    /// </summary>
    private static bool IsOneProduct(in ConvolutionShape shape) =>
        shape.Kernel.Product == 1
        && shape.Stride == Extents.One
        && shape.Pad == default
        && shape.Batch == 1
        && shape.GroupOut >= 128
        && shape.In.Product >= 128;

    private static void DataOfOneImage(in ConvolutionShape shape, T* dy, T* weight, T* dx, bool accumulate)
    {
        long spatial = shape.In.Product;
        for (long group = 0; group < shape.Groups; group++)
        {
            Gemm.Multiply(
                GemmKernels<T>.Best,
                new Matrix<T>(weight + (group * shape.GroupOut * shape.GroupIn), shape.GroupIn, true),
                new Matrix<T>(dy + (group * shape.GroupOut * spatial), spatial, false),
                shape.GroupIn,
                spatial,
                shape.GroupOut,
                T.One,
                dx + (group * shape.GroupIn * spatial),
                spatial,
                accumulate
            );
        }
    }

    /// <summary>The data's gradient as the product of the transposed weights with dy, added back into the images window by window.</summary>
    internal static void DataByProduct(in ConvolutionShape shape, T* dy, T* weight, T* dx, bool accumulate)
    {
        long items = shape.Batch * shape.Groups;
        int team = KernelTeam.Default.Size;
        long blocks = items >= 2 * team || team == 1 ? 1 : Math.Min(shape.GroupIn, ((2 * team) / items) + 1);
        var work = new DataWork
        {
            Shape = shape,
            Dy = dy,
            Weight = weight,
            Dx = dx,
            Accumulate = accumulate,
            Blocks = blocks,
        };
        KernelTeam.Default.For(items * blocks, 1, &DataRange, &work);
    }

    /// <summary>Elements of scratch that <see cref="BackwardData"/> uses.</summary>
    internal static long DataScratch(in ConvolutionShape shape) =>
        DepthwiseLoops<T>.Applies(shape) || IsOneProduct(shape) ? 0
        : DataForFewWindows<T>.Applies(shape) ? new DataForFewWindows<T>(shape).Scratch
        : ByForward(shape) ? AlignedWeights(shape) + ConvolutionForward<T>.Scratch(Mirror(shape), false)
        : DataPhases<T>.Applies(shape) ? new DataPhases<T>(shape).Scratch
        : 0;

    private static long AlignedWeights(in ConvolutionShape shape) => (shape.WeightSize + 15) & ~15L;

    internal static void BackwardWeight(in ConvolutionShape shape, T* x, T* dy, T* dw, bool accumulate, T* scratch)
    {
        if (DepthwiseLoops<T>.Applies(shape))
        {
            DepthwiseLoops<T>.BackwardWeight(shape, x, dy, dw, accumulate);
            return;
        }

        if (DirectWeights<T>.Applies(shape))
        {
            new DirectWeights<T>(shape).Run(x, dy, dw, accumulate, scratch);
            return;
        }

        WeightByProduct(shape, x, dy, dw, accumulate, scratch);
    }

    /// <summary>The weights' gradient as the product of dy with the transposed window matrix.</summary>
    internal static void WeightByProduct(in ConvolutionShape shape, T* x, T* dy, T* dw, bool accumulate, T* scratch)
    {
        long parts = WeightParts(shape);
        var work = new WeightWork
        {
            Shape = shape,
            X = x,
            Dy = dy,
            Dw = parts > 1 ? scratch : dw,
            Parts = parts,
            Accumulate = accumulate && parts == 1,
        };
        if (parts > 1)
        {
            KernelTeam.Default.For(parts, 1, &WeightRange, &work);
            var sum = new SumWork
            {
                Parts = parts,
                Size = shape.WeightSize,
                From = scratch,
                To = dw,
                Accumulate = accumulate,
            };
            KernelTeam.Default.For(shape.WeightSize, 4096, &SumRange, &sum);
        }
        else
        {
            int width = GemmKernels<T>.Best.Columns;
            work.Panels = ((shape.Taps - 1) / width) + 1;
            work.Blocks = Math.Min(work.Panels, KernelTeam.Default.Size);
            KernelTeam.Default.For(shape.Groups * work.Blocks, 1, &LargeWeightRange, &work);
        }
    }

    /// <summary>Elements of scratch that <see cref="BackwardWeight"/> uses.</summary>
    internal static long WeightScratch(in ConvolutionShape shape)
    {
        if (DepthwiseLoops<T>.Applies(shape))
        {
            return 0;
        }

        if (DirectWeights<T>.Applies(shape))
        {
            return new DirectWeights<T>(shape).Scratch;
        }

        long parts = WeightParts(shape);
        return parts > 1 ? parts * shape.WeightSize : 0;
    }

    internal static void BackwardBias(in ConvolutionShape shape, T* dy, T* db, bool accumulate)
    {
        var work = new BiasWork
        {
            Batch = shape.Batch,
            Channels = shape.OutChannels,
            Spatial = shape.Out.Product,
            Dy = dy,
            Db = db,
            Accumulate = accumulate,
        };
        long grain = Math.Max(1, 16_384 / (work.Batch * work.Spatial));
        KernelTeam.Default.For(shape.OutChannels, grain, &BiasRange, &work);
    }

    /// <summary>Gradient parts depend on the shape alone, never on the team.</summary>
    private static long WeightParts(in ConvolutionShape shape) =>
        shape.WeightSize > SmallWeights ? 1 : Math.Min(shape.Batch, BatchParts);

    /// <summary>
    /// With stride 1 the data's gradient is itself a convolution, of the result's gradient with the mirrored window. It
    /// has more to multiply at the borders but nothing to add up afterwards.
    /// </summary>
    private static bool ByForward(in ConvolutionShape shape)
    {
        bool possible =
            shape.Stride == Extents.One
            && shape.Pad.D <= shape.Dilate.D * (shape.Kernel.D - 1)
            && shape.Pad.H <= shape.Dilate.H * (shape.Kernel.H - 1)
            && shape.Pad.W <= shape.Dilate.W * (shape.Kernel.W - 1);
        return possible && shape.Kernel.Product <= MostTaps && shape.In.Product <= 1.3 * shape.Out.Product;
    }

    private static ConvolutionShape Mirror(in ConvolutionShape shape) =>
        shape with
        {
            InChannels = shape.OutChannels,
            OutChannels = shape.InChannels,
            In = shape.Out,
            Pad = new Extents(
                (shape.Dilate.D * (shape.Kernel.D - 1)) - shape.Pad.D,
                (shape.Dilate.H * (shape.Kernel.H - 1)) - shape.Pad.H,
                (shape.Dilate.W * (shape.Kernel.W - 1)) - shape.Pad.W
            ),
        };

    private static void MirrorWeight(in ConvolutionShape shape, T* weight, T* mirrored)
    {
        int window = (int)shape.Kernel.Product;
        int* taps = stackalloc int[window];
        for (int k = 0; k < window; k++)
        {
            taps[k] = window - 1 - k;
        }

        WeightTaps<T>.Exchange(shape, weight, taps, window, mirrored);
    }

    /// <summary>Transposed weights times the result's gradient, a strip of positions at a time, added into the image.</summary>
    private static void DataRange(void* state, long first, long last)
    {
        var work = (DataWork*)state;
        ConvolutionShape shape = work->Shape;
        GemmKernels<T> kernels = GemmKernels<T>.Best;
        long spatial = shape.Out.Product;
        long taps = shape.Taps;
        long window = shape.Kernel.Product;
        long channelSize = shape.In.Product;
        var target = new ImageWindow<T>(shape);
        T* packed = null;
        if (shape.Groups == 1 && work->Blocks == 1 && last - first >= 4)
        {
            packed = (T*)PackArena.Get(PackArena.Slot.Aside, shape.WeightSize * sizeof(T));
            var weights = new Matrix<T>(work->Weight, taps, true);
            GemmLoops<T, Matrix<T>, Matrix<T>>.PackLeft(kernels, weights, taps, shape.GroupOut, packed);
        }

        for (long item = first; item < last; item++)
        {
            long block = item % work->Blocks;
            long index = item / work->Blocks;
            long group = index % shape.Groups;
            long channel0 = shape.GroupIn * block / work->Blocks;
            long channel1 = shape.GroupIn * (block + 1) / work->Blocks;
            T* dx = work->Dx + (((index * shape.GroupIn) + channel0) * channelSize);
            if (!work->Accumulate)
            {
                for (long c = channel0; c < channel1; c++)
                {
                    LongRuns.Clear(dx + ((c - channel0) * channelSize), channelSize);
                }
            }

            target.Image = dx;
            long rows = (channel1 - channel0) * window;
            // Strips follow from the shape alone: what they add up to depends on where they end.
            long strip = Math.Max(8, WindowElements / taps / kernels.Columns) * kernels.Columns;
            strip = Math.Min(strip, spatial);
            T* columns = (T*)PackArena.Get(PackArena.Slot.Result, rows * strip * sizeof(T));
            var left = new Matrix<T>(work->Weight + (group * shape.GroupOut * taps) + (channel0 * window), taps, true);
            T* dy = work->Dy + (index * shape.GroupOut * spatial);
            for (long position = 0; position < spatial; position += strip)
            {
                long some = Math.Min(strip, spatial - position);
                var right = new Matrix<T>(dy + position, spatial, false);
                GemmLoops<T, Matrix<T>, Matrix<T>>.Run(
                    kernels,
                    left,
                    right,
                    new Rectangle(0, rows, 0, some),
                    shape.GroupOut,
                    T.One,
                    columns,
                    some,
                    false,
                    packed
                );
                ImageSums<T>.Add(target, columns, rows, position, (int)some);
            }
        }
    }

    /// <summary>Small weights: each part of the batch has a sum of its own.</summary>
    private static void WeightRange(void* state, long first, long last)
    {
        var work = (WeightWork*)state;
        ConvolutionShape shape = work->Shape;
        for (long part = first; part < last; part++)
        {
            long image0 = shape.Batch * part / work->Parts;
            long image1 = shape.Batch * (part + 1) / work->Parts;
            for (long group = 0; group < shape.Groups; group++)
            {
                T* dw = work->Dw + (part * shape.WeightSize) + (group * shape.GroupOut * shape.Taps);
                AddImages(work, image0, image1, group, 0, shape.Taps, dw);
            }
        }
    }

    /// <summary>Large weights: each thread sums all images for some of the taps.</summary>
    private static void LargeWeightRange(void* state, long first, long last)
    {
        var work = (WeightWork*)state;
        ConvolutionShape shape = work->Shape;
        int width = GemmKernels<T>.Best.Columns;
        for (long item = first; item < last; item++)
        {
            long group = item / work->Blocks;
            long block = item % work->Blocks;
            long tap0 = work->Panels * block / work->Blocks * width;
            long tap1 = Math.Min(work->Panels * (block + 1) / work->Blocks * width, shape.Taps);
            T* dw = work->Dw + (group * shape.GroupOut * shape.Taps);
            AddImages(work, 0, shape.Batch, group, tap0, tap1, dw);
        }
    }

    private static void AddImages(WeightWork* work, long image0, long image1, long group, long tap0, long tap1, T* dw)
    {
        ConvolutionShape shape = work->Shape;
        long spatial = shape.Out.Product;
        GemmKernels<T> kernels = GemmKernels<T>.Best;
        var rectangle = new Rectangle(0, shape.GroupOut, tap0, tap1);
        var right = new ImageRows<T>
        {
            Window = new ImageWindow<T>(shape),
            ImageStride = shape.InChannels * shape.In.Product,
        };

        // Weights that make it worth to pack the result's gradient are met by all images at once: they are read and
        // written once for many of them. The shape alone decides, as the order of the sums depends on it.
        bool together = shape.Taps >= 8 * kernels.Columns && shape.GroupOut >= 4 * kernels.Rows;
        long step = together ? image1 - image0 : 1;
        for (long n = image0; n < image1; n += step)
        {
            long index = (n * shape.Groups) + group;
            right.Window.Image = work->X + (index * shape.GroupIn * shape.In.Product);
            T* dy = work->Dy + (index * shape.GroupOut * spatial);
            bool add = n > image0 || work->Accumulate;
            if (together)
            {
                var left = new ImageStack<T>(dy, spatial, shape.OutChannels * spatial);
                GemmLoops<T, ImageStack<T>, ImageRows<T>>.Run(
                    kernels,
                    left,
                    right,
                    rectangle,
                    step * spatial,
                    T.One,
                    dw,
                    shape.Taps,
                    add
                );
            }
            else
            {
                var left = new Matrix<T>(dy, spatial, false);
                GemmLoops<T, Matrix<T>, ImageRows<T>>.Run(
                    kernels,
                    left,
                    right,
                    rectangle,
                    spatial,
                    T.One,
                    dw,
                    shape.Taps,
                    add
                );
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumRange(void* state, long first, long last)
    {
        var work = (SumWork*)state;
        long size = work->Size;
        long i = first;
        for (; Vector256.IsHardwareAccelerated && i + Vector256<T>.Count <= last; i += Vector256<T>.Count)
        {
            Vector256<T> sum = Vector256.Load(work->From + i);
            for (long part = 1; part < work->Parts; part++)
            {
                sum += Vector256.Load(work->From + (part * size) + i);
            }

            (work->Accumulate ? Vector256.Load(work->To + i) + sum : sum).Store(work->To + i);
        }

        for (; i < last; i++)
        {
            T sum = work->From[i];
            for (long part = 1; part < work->Parts; part++)
            {
                sum += work->From[(part * size) + i];
            }

            work->To[i] = work->Accumulate ? work->To[i] + sum : sum;
        }
    }

    private static void BiasRange(void* state, long first, long last)
    {
        var work = (BiasWork*)state;
        for (long channel = first; channel < last; channel++)
        {
            double total = work->Accumulate ? double.CreateTruncating(work->Db[channel]) : 0;
            for (long n = 0; n < work->Batch; n++)
            {
                total += RowSums<T>.Sum(work->Dy + (((n * work->Channels) + channel) * work->Spatial), work->Spatial);
            }

            work->Db[channel] = T.CreateTruncating(total);
        }
    }

    private struct DataWork
    {
        public ConvolutionShape Shape;
        public T* Dy;
        public T* Weight;
        public T* Dx;
        public bool Accumulate;
        public long Blocks;
    }

    private struct WeightWork
    {
        public ConvolutionShape Shape;
        public T* X;
        public T* Dy;
        public T* Dw;
        public long Parts;
        public long Blocks;
        public long Panels;
        public bool Accumulate;
    }

    private struct SumWork
    {
        public long Parts;
        public long Size;
        public T* From;
        public T* To;
        public bool Accumulate;
    }

    private struct BiasWork
    {
        public long Batch;
        public long Channels;
        public long Spatial;
        public T* Dy;
        public T* Db;
        public bool Accumulate;
    }
}
