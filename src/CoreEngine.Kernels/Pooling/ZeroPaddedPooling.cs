using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Pooling as frameworks first had it: the padding holds zeros, which take part in a maximum; an average divides by the
/// size of the window, however much of it lies within; and whatever equals the maximum has the whole gradient.
/// </summary>
/// <remarks>A NaN never is a maximum. Sums are those of <see cref="Pooling"/>.</remarks>
public static unsafe class ZeroPaddedPooling
{
    /// <summary>Whether the result differs from that of <see cref="Pooling.Forward"/>.</summary>
    public static bool Differs(PoolingKind kind, in PoolingShape shape) =>
        kind switch
        {
            PoolingKind.Max => shape.Pad != default,
            PoolingKind.Average => shape.Full,
            _ => false,
        };

    /// <summary>Whether the gradient differs from that of <see cref="Pooling.Backward"/>.</summary>
    public static bool GradientDiffers(PoolingKind kind, in PoolingShape shape) =>
        kind == PoolingKind.Max || Differs(kind, shape);

    /// <summary>y = pooling(x), or y += that.</summary>
    /// <param name="dtype">Type of both arrays: float32, float64 or float16.</param>
    /// <param name="kind">What a window makes of its values.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="x">Data, Planes x In.</param>
    /// <param name="y">Result, Planes x Out.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type is not a floating-point type.</exception>
    public static void Forward(
        DType dtype,
        PoolingKind kind,
        in PoolingShape shape,
        void* x,
        void* y,
        bool accumulate
    ) => Run(dtype, new Work(kind, shape, x, null, y, accumulate), backward: false);

    /// <summary>dx = gradient of the data, or dx += that.</summary>
    /// <param name="dtype">Type of all arrays: float32, float64 or float16.</param>
    /// <param name="kind">What a window made of its values.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="x">The data.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="dx">Gradient of the data.</param>
    /// <param name="accumulate">Add to what dx holds.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type is not a floating-point type.</exception>
    public static void Backward(
        DType dtype,
        PoolingKind kind,
        in PoolingShape shape,
        void* x,
        void* dy,
        void* dx,
        bool accumulate
    ) => Run(dtype, new Work(kind, shape, x, dy, dx, accumulate), backward: true);

    private static void Run(DType dtype, Work work, bool backward)
    {
        work.Shape.Validate();
        switch (dtype)
        {
            case DType.Float32:
                Run<float, float>(work, backward);
                break;
            case DType.Float64:
                Run<double, double>(work, backward);
                break;
            case DType.Float16:
                Run<Half, float>(work, backward);
                break;
            default:
                throw new ArgumentException($"It pools fractions, not {dtype.Name()}.", nameof(dtype));
        }
    }

    private static void Run<T, TWide>(Work work, bool backward)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TWide : unmanaged, INumber<TWide> =>
        KernelTeam.Default.For(
            work.Shape.Planes,
            grain: 1,
            backward ? &BackwardRange<T, TWide> : &ForwardRange<T, TWide>,
            &work
        );

    private static void ForwardRange<T, TWide>(void* state, long first, long last)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TWide : unmanaged, INumber<TWide>
    {
        var work = (Work*)state;
        ref readonly PoolingShape shape = ref work->Shape;
        for (long plane = first; plane < last; plane++)
        {
            T* x = (T*)work->X + (plane * shape.In.Product);
            T* y = (T*)work->Result + (plane * shape.Out.Product);
            for (long i = 0; i < shape.Out.Product; i++)
            {
                TWide value = Pool<T, TWide>(work->Kind, shape, x, i);
                y[i] = T.CreateTruncating(work->Accumulate ? TWide.CreateTruncating(y[i]) + value : value);
            }
        }
    }

    private static void BackwardRange<T, TWide>(void* state, long first, long last)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TWide : unmanaged, INumber<TWide>
    {
        var work = (Work*)state;
        ref readonly PoolingShape shape = ref work->Shape;
        long results = shape.Out.Product;
        bool max = work->Kind == PoolingKind.Max;
        TWide* largest = max ? (TWide*)PackArena.Get(PackArena.Slot.Left, results * sizeof(TWide)) : null;
        TWide scale = work->Kind == PoolingKind.Average ? Scale<TWide>(shape) : TWide.One;
        for (long plane = first; plane < last; plane++)
        {
            T* x = (T*)work->X + (plane * shape.In.Product);
            T* dy = (T*)work->Gradient + (plane * results);
            T* dx = (T*)work->Result + (plane * shape.In.Product);
            for (long i = 0; max && i < results; i++)
            {
                largest[i] = Pool<T, TWide>(PoolingKind.Max, shape, x, i);
            }

            for (long i = 0; i < shape.In.Product; i++)
            {
                TWide value = scale * Gather(shape, x, dy, largest, i);
                dx[i] = T.CreateTruncating(work->Accumulate ? TWide.CreateTruncating(dx[i]) + value : value);
            }
        }
    }

    private static TWide Scale<TWide>(in PoolingShape shape)
        where TWide : unmanaged, INumber<TWide> => TWide.One / TWide.CreateTruncating(shape.Kernel.Product);

    /// <summary>What the window at a place of the result makes of the plane.</summary>
    private static TWide Pool<T, TWide>(PoolingKind kind, in PoolingShape shape, T* x, long place)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TWide : unmanaged, INumber<TWide>
    {
        Extents size = shape.In;
        (long d, long h, long w) = Split(shape.Out, place);
        PoolingWindow sd = PoolingWindow.Of(d, shape.Kernel.D, shape.Stride.D, shape.Pad.D, size.D);
        PoolingWindow sh = PoolingWindow.Of(h, shape.Kernel.H, shape.Stride.H, shape.Pad.H, size.H);
        PoolingWindow sw = PoolingWindow.Of(w, shape.Kernel.W, shape.Stride.W, shape.Pad.W, size.W);
        long within =
            Math.Max(sd.Last - sd.First, 0) * Math.Max(sh.Last - sh.First, 0) * Math.Max(sw.Last - sw.First, 0);
        bool seesPadding = shape.Pad != default && within < sd.Count * sh.Count * sw.Count;
        TWide largest = seesPadding ? TWide.Zero : TWide.CreateTruncating(T.MinValue);
        TWide sum = TWide.Zero;
        for (long i = sd.First; i < sd.Last; i++)
        {
            for (long j = sh.First; j < sh.Last; j++)
            {
                T* row = x + (((i * size.H) + j) * size.W);
                for (long k = sw.First; k < sw.Last; k++)
                {
                    TWide value = TWide.CreateTruncating(row[k]);
                    largest = value > largest ? value : largest;
                    sum += value;
                }
            }
        }

        return kind switch
        {
            PoolingKind.Max => largest,
            PoolingKind.Average => sum * Scale<TWide>(shape),
            _ => sum,
        };
    }

    /// <summary>The sum of the gradients of all windows over an element, or of those whose largest value it equals.</summary>
    private static TWide Gather<T, TWide>(in PoolingShape shape, T* x, T* dy, TWide* largest, long place)
        where T : unmanaged, INumber<T>
        where TWide : unmanaged, INumber<TWide>
    {
        Extents o = shape.Out;
        (long d, long h, long w) = Split(shape.In, place);
        (long firstD, long lastD) = Over(d, shape.Kernel.D, shape.Stride.D, shape.Pad.D, o.D);
        (long firstH, long lastH) = Over(h, shape.Kernel.H, shape.Stride.H, shape.Pad.H, o.H);
        (long firstW, long lastW) = Over(w, shape.Kernel.W, shape.Stride.W, shape.Pad.W, o.W);
        TWide own = TWide.CreateTruncating(x[place]);
        TWide sum = TWide.Zero;
        for (long i = firstD; i < lastD; i++)
        {
            for (long j = firstH; j < lastH; j++)
            {
                for (long k = firstW; k < lastW; k++)
                {
                    long at = (((i * o.H) + j) * o.W) + k;
                    if (largest == null || largest[at] == own)
                        sum += TWide.CreateTruncating(dy[at]);
                }
            }
        }

        return sum;
    }

    private static (long D, long H, long W) Split(in Extents size, long place) =>
        (place / (size.H * size.W), place / size.W % size.H, place % size.W);

    /// <summary>The windows over a position: from the first to before the last.</summary>
    private static (long First, long Last) Over(long position, long kernel, long stride, long pad, long windows)
    {
        long end = position + pad;
        long first = end < kernel ? 0 : ((end - kernel) / stride) + 1;
        return (first, Math.Min((end / stride) + 1, windows));
    }

    private readonly struct Work(
        PoolingKind kind,
        in PoolingShape shape,
        void* x,
        void* gradient,
        void* result,
        bool accumulate
    )
    {
        public readonly PoolingShape Shape = shape;
        public readonly PoolingKind Kind = kind;
        public readonly void* X = x;
        public readonly void* Gradient = gradient;
        public readonly void* Result = result;
        public readonly bool Accumulate = accumulate;
    }
}
