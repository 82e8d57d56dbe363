using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Enlarges images by a whole factor with one square filter per channel, as a transposed convolution: input element
/// (i, j) is spread over the output around (factor * i, factor * j). With bilinear filters this is bilinear enlargement.
/// </summary>
/// <param name="Batch">Number of images.</param>
/// <param name="Channels">Channels of each image, and number of filters.</param>
/// <param name="Height">Rows of the input.</param>
/// <param name="Width">Columns of the input.</param>
/// <param name="Factor">Enlargement of both axes; the output has <c>Factor * Height</c> x <c>Factor * Width</c> elements.</param>
public readonly unsafe record struct ChannelUpsampling(long Batch, long Channels, long Height, long Width, long Factor)
{
    /// <summary>Side length of a filter.</summary>
    public long Side => (2 * Factor) - (Factor % 2);

    private long Pad => Factor / 2;

    /// <summary>Writes the enlarged images.</summary>
    /// <param name="dtype">A floating-point type.</param>
    /// <param name="x">Images (batch, channels, height, width).</param>
    /// <param name="filters">Filters (channels, side, side).</param>
    /// <param name="y">The output.</param>
    /// <exception cref="ArgumentOutOfRangeException">This is not a floating-point type.</exception>
    public void Forward(DType dtype, void* x, void* filters, void* y)
    {
        Elementwise.Fill(dtype, 0, y, Batch * Channels * Height * Width * Factor * Factor);
        var call = new Call(this, dtype, x, filters, y);
        KernelTeam.Default.For(Batch * Channels, PlaneGrain, &SpreadPlanes, &call);
    }

    /// <summary>Writes the gradient of the images.</summary>
    /// <param name="dtype">A floating-point type.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="filters">Filters (channels, side, side).</param>
    /// <param name="dx">Gradient of the images.</param>
    /// <exception cref="ArgumentOutOfRangeException">This is not a floating-point type.</exception>
    public void BackwardData(DType dtype, void* dy, void* filters, void* dx)
    {
        var call = new Call(this, dtype, dx, filters, dy);
        KernelTeam.Default.For(Batch * Channels, PlaneGrain, &CollectPlanes, &call);
    }

    /// <summary>Writes the gradient of the filters.</summary>
    /// <param name="dtype">A floating-point type.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="x">The images.</param>
    /// <param name="filters">Gradient of the filters.</param>
    /// <exception cref="ArgumentOutOfRangeException">This is not a floating-point type.</exception>
    public void BackwardFilters(DType dtype, void* dy, void* x, void* filters)
    {
        Elementwise.Fill(dtype, 0, filters, Channels * Side * Side);
        var call = new Call(this, dtype, x, filters, dy);
        KernelTeam.Default.For(Channels, Math.Max(1, PlaneGrain / Batch), &SumFilters, &call);
    }

    private long PlaneGrain => Math.Max(1, Elementwise.Grain / (Height * Width * Side * Side));

    private static void SpreadPlanes(void* state, long start, long end) => ((Call*)state)->Run<Spread>(start, end);

    private static void CollectPlanes(void* state, long start, long end) => ((Call*)state)->Run<Collect>(start, end);

    // One thread sums a channel over all images, in their order.
    private static void SumFilters(void* state, long start, long end)
    {
        var call = (Call*)state;
        for (long image = 0; image < call->Shape.Batch; image++)
        {
            call->Run<Sum>((image * call->Shape.Channels) + start, (image * call->Shape.Channels) + end);
        }
    }

    /// <summary>What happens to one element of the input, one of the filter and one of the output.</summary>
    private interface IStep
    {
        public static abstract void Apply<T>(ref T x, ref T filter, ref T y)
            where T : INumber<T>;
    }

    private readonly struct Spread : IStep
    {
        public static void Apply<T>(ref T x, ref T filter, ref T y)
            where T : INumber<T> => y += x * filter;
    }

    private readonly struct Collect : IStep
    {
        public static void Apply<T>(ref T x, ref T filter, ref T y)
            where T : INumber<T> => x += filter * y;
    }

    private readonly struct Sum : IStep
    {
        public static void Apply<T>(ref T x, ref T filter, ref T y)
            where T : INumber<T> => filter += x * y;
    }

    private readonly struct Call(ChannelUpsampling shape, DType dtype, void* x, void* filters, void* y)
    {
        internal readonly ChannelUpsampling Shape = shape;

        internal void Run<TStep>(long start, long end)
            where TStep : struct, IStep
        {
            for (long plane = start; plane < end; plane++)
            {
                long channel = plane % Shape.Channels;
                switch (dtype)
                {
                    case DType.Float32:
                        Plane<TStep, float>(plane, channel);
                        break;
                    case DType.Float64:
                        Plane<TStep, double>(plane, channel);
                        break;
                    case DType.Float16:
                        Plane<TStep, Half>(plane, channel);
                        break;
                    default:
                        throw new ArgumentOutOfRangeException(null, dtype, "This is not a floating-point type.");
                }
            }
        }

        private void Plane<TStep, T>(long plane, long channel)
            where TStep : struct, IStep
            where T : unmanaged, INumber<T>
        {
            long side = Shape.Side;
            long height = Shape.Height * Shape.Factor;
            long width = Shape.Width * Shape.Factor;
            T* source = (T*)x + (plane * Shape.Height * Shape.Width);
            T* filter = (T*)filters + (channel * side * side);
            T* target = (T*)y + (plane * height * width);
            for (long i = 0; i < Shape.Height; i++)
            {
                for (long j = 0; j < Shape.Width; j++)
                {
                    long top = (i * Shape.Factor) - Shape.Pad;
                    long left = (j * Shape.Factor) - Shape.Pad;
                    if (typeof(TStep) == typeof(Collect))
                        source[(i * Shape.Width) + j] = T.Zero;
                    for (long u = Math.Max(0, -top); u < Math.Min(side, height - top); u++)
                    {
                        for (long v = Math.Max(0, -left); v < Math.Min(side, width - left); v++)
                        {
                            TStep.Apply(
                                ref source[(i * Shape.Width) + j],
                                ref filter[(u * side) + v],
                                ref target[((top + u) * width) + left + v]
                            );
                        }
                    }
                }
            }
        }
    }
}
