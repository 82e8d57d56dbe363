using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// The data's gradient where there are many weights and few windows, as late in a network with small batches: the weights
/// are then most of the memory that is touched, and this way reads them once, in order, and neither mirrors nor transposes
/// them. What is multiplied is dy, transposed, with the weights as they are; each window's products are added to the data.
/// </summary>
internal readonly unsafe struct DataForFewWindows<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Weights of a group, at least.</summary>
    private const long LeastWeights = 128 * 1024;

    /// <summary>Products from what is added to what is fetched: two lines of the cache in float32.</summary>
    private const long AheadElements = 32;

    private readonly ConvolutionShape _shape;
    private readonly long _windows;
    private readonly long _pitch;

    internal DataForFewWindows(in ConvolutionShape shape)
    {
        _shape = shape;
        _windows = shape.Batch * shape.Out.Product;

        // Rows of products a multiple of the page apart would share few places of the cache.
        _pitch = ((shape.Taps + 15) & ~15L) + 16;
    }

    /// <summary>Elements of scratch that <see cref="Run"/> uses.</summary>
    internal long Scratch => DySize + (_windows * _pitch);

    private long DySize => ((_windows * _shape.GroupOut) + 15) & ~15L;

    /// <summary>Measured: how many windows are few depends on how good the other ways are.</summary>
    internal static bool Applies(in ConvolutionShape shape)
    {
        long most =
            ForwardChoice.FitsWinograd(shape) ? 64
            : shape.Kernel.Product > 1 && shape.Stride != Extents.One ? 400
            : 256;
        return shape.Batch * shape.Out.Product <= most && shape.GroupOut * shape.Taps > LeastWeights;
    }

    /// <summary>dx = the gradient, or dx += the gradient.</summary>
    internal void Run(T* dy, T* weight, T* dx, bool accumulate, T* scratch)
    {
        DataForFewWindows<T> plan = this;
        var work = new Work
        {
            Plan = &plan,
            Rows = scratch,
            Products = scratch + DySize,
            Dx = dx,
            Add = accumulate,
        };
        long spatial = _shape.Out.Product;
        int groupOut = checked((int)_shape.GroupOut);
        for (long group = 0; group < _shape.Groups; group++)
        {
            for (long n = 0; n < _shape.Batch; n++)
            {
                T* source = dy + (((n * _shape.OutChannels) + (group * groupOut)) * spatial);
                T* target = work.Rows + (n * spatial * groupOut);
                Packing.Transpose(source, spatial, groupOut, (int)spatial, target, groupOut);
            }

            work.Group = group;
            work.Weight = weight + (group * groupOut * _shape.Taps);
            int width = GemmKernels<T>.Best.Columns;
            KernelTeam.Default.For(((_shape.Taps - 1) / width) + 1, 4, &MultiplyRange, &work);
            long perChannel = _windows * _shape.Kernel.Product;
            KernelTeam.Default.For(_shape.GroupIn, Math.Max(1, 16_384 / perChannel), &AddRange, &work);
        }
    }

    /// <summary>Items are panels of taps.</summary>
    private static void MultiplyRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        DataForFewWindows<T> plan = *work->Plan;
        long taps = plan._shape.Taps;
        long depth = plan._shape.GroupOut;
        GemmKernels<T> kernels = GemmKernels<T>.Best;
        GemmLoops<T, Matrix<T>, Matrix<T>>.Run(
            kernels,
            new Matrix<T>(work->Rows, depth, false),
            new Matrix<T>(work->Weight, taps, false),
            new Rectangle(0, plan._windows, first * kernels.Columns, Math.Min(last * kernels.Columns, taps)),
            depth,
            T.One,
            work->Products,
            plan._pitch,
            false
        );
    }

    /// <summary>Items are channels of the data.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        DataForFewWindows<T> plan = *work->Plan;
        ConvolutionShape shape = plan._shape;
        Extents windows = shape.Out;
        Extents size = shape.In;
        long window = shape.Kernel.Product;
        bool exact = window == 1 && windows == size && shape.Pad == default;

        // Of each column of windows, the taps that lie inside the rows of the data.
        long* taps0 = stackalloc long[checked((int)windows.W)];
        long* taps1 = stackalloc long[checked((int)windows.W)];
        for (long w = 0; w < windows.W; w++)
        {
            long before = shape.Pad.W - (w * shape.Stride.W);
            taps0[w] = Math.Clamp((before + shape.Dilate.W - 1) / shape.Dilate.W, 0, shape.Kernel.W);
            taps1[w] = Math.Clamp((before + size.W + shape.Dilate.W - 1) / shape.Dilate.W, taps0[w], shape.Kernel.W);
        }

        for (long n = 0; n < shape.Batch; n++)
        {
            for (long channel = first; channel < last; channel++)
            {
                T* to = work->Dx + (((n * shape.InChannels) + (work->Group * shape.GroupIn) + channel) * size.Product);
                T* from = work->Products + (n * windows.Product * plan._pitch) + (channel * window);
                if (exact)
                {
                    for (long i = 0; i < size.Product; i++)
                    {
                        to[i] = work->Add ? to[i] + *from : *from;
                        from += plan._pitch;
                    }

                    continue;
                }

                if (!work->Add)
                {
                    LongRuns.Clear(to, size.Product);
                }

                for (long d = 0; d < windows.D; d++)
                {
                    for (long h = 0; h < windows.H; h++)
                    {
                        for (long w = 0; w < windows.W; w++)
                        {
                            // The rows of products lie pages apart: the next channels' part of each is asked for.
                            if (Sse.IsSupported)
                                Sse.Prefetch0(from + AheadElements);
                            AddWindow(shape, from, to, d, h, w, taps0[w], taps1[w]);
                            from += plan._pitch;
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddWindow(
        in ConvolutionShape shape,
        T* from,
        T* to,
        long d,
        long h,
        long w,
        long tap0,
        long tap1
    )
    {
        long firstD = (d * shape.Stride.D) - shape.Pad.D;
        long firstH = (h * shape.Stride.H) - shape.Pad.H;
        long firstW = (w * shape.Stride.W) - shape.Pad.W;
        long width = shape.Kernel.W;
        long dilate = shape.Dilate.W;
        for (long kd = 0; kd < shape.Kernel.D; kd++)
        {
            long atD = firstD + (kd * shape.Dilate.D);
            for (long kh = 0; kh < shape.Kernel.H; kh++)
            {
                long atH = firstH + (kh * shape.Dilate.H);
                if ((ulong)atD < (ulong)shape.In.D && (ulong)atH < (ulong)shape.In.H)
                {
                    T* row = to + (((atD * shape.In.H) + atH) * shape.In.W) + firstW;
                    for (long kw = tap0; kw < tap1; kw++)
                    {
                        row[kw * dilate] += from[kw];
                    }
                }

                from += width;
            }
        }
    }

    private struct Work
    {
        public DataForFewWindows<T>* Plan;
        public T* Rows;
        public T* Products;
        public T* Weight;
        public T* Dx;
        public long Group;
        public bool Add;
    }
}
