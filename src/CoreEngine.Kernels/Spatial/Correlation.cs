using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Compares patches of two images at all displacements within a neighbourhood: the correlation layer of FlowNet (Fischer
/// et al. 2015).
/// </summary>
/// <param name="Batch">Number of pairs of images.</param>
/// <param name="Channels">Channels that are compared.</param>
/// <param name="OtherChannels">Channels that the second images have; the first <paramref name="Channels"/> count.</param>
/// <param name="Height">Height of an image.</param>
/// <param name="Width">Width of an image.</param>
/// <param name="KernelSize">Size of a patch.</param>
/// <param name="MaxDisplacement">The largest displacement.</param>
/// <param name="Stride1">Steps of the patches in the first image.</param>
/// <param name="Stride2">Steps of the displacements.</param>
/// <param name="Pad">Zeros on each side.</param>
/// <param name="IsMultiply">Multiply patches; else sum up absolute differences.</param>
public readonly unsafe record struct Correlation(
    long Batch,
    long Channels,
    long OtherChannels,
    long Height,
    long Width,
    long KernelSize,
    long MaxDisplacement,
    long Stride1,
    long Stride2,
    long Pad,
    bool IsMultiply
)
{
    /// <summary>Steps of displacement in each direction.</summary>
    private long Radius => MaxDisplacement / Stride2;

    /// <summary>Displacements along one axis.</summary>
    private long GridWidth => (2 * Radius) + 1;

    /// <summary>Channels of the result: one per displacement.</summary>
    public long OutChannels => GridWidth * GridWidth;

    /// <summary>Height of the result; 0 or less when the image is too small.</summary>
    public long OutHeight => OutExtent(Height);

    /// <summary>Width of the result; 0 or less when the image is too small.</summary>
    public long OutWidth => OutExtent(Width);

    private double Elements => (double)KernelSize * KernelSize * Channels;

    private long OutExtent(long extent)
    {
        long room = extent + (2 * Pad) - (2 * (MaxDisplacement + ((KernelSize - 1) / 2)));
        return room <= 0 ? 0 : (room + Stride1 - 1) / Stride1;
    }

    /// <summary>The result (N, displacements, OH, OW).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Forward(DType dtype, void* first, void* second, void* y, bool accumulate)
    {
        switch (dtype)
        {
            case DType.Float32:
                Forward((float*)first, (float*)second, (float*)y, accumulate);
                break;
            case DType.Float64:
                Forward((double*)first, (double*)second, (double*)y, accumulate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>The gradient of the first or of the second images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Backward(
        DType dtype,
        void* g,
        void* first,
        void* second,
        void* gradient,
        bool ofSecond,
        bool accumulate
    )
    {
        if (!accumulate)
            Elementwise.Fill(dtype, 0, gradient, Batch * (ofSecond ? OtherChannels : Channels) * Height * Width);
        switch (dtype)
        {
            case DType.Float32:
                Backward((float*)g, (float*)first, (float*)second, (float*)gradient, ofSecond);
                break;
            case DType.Float64:
                Backward((double*)g, (double*)first, (double*)second, (double*)gradient, ofSecond);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private void Forward<T>(T* first, T* second, T* y, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var call = new Call<T>
        {
            Sizes = this,
            First = first,
            Second = second,
            Y = y,
            Accumulate = accumulate,
        };
        KernelTeam.Default.For(Batch * OutChannels * OutHeight, 1, &Call<T>.Forward, &call);
    }

    private void Backward<T>(T* g, T* first, T* second, T* gradient, bool ofSecond)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var call = new Call<T>
        {
            Sizes = this,
            First = first,
            Second = second,
            Y = g,
            Gradient = gradient,
            OfSecond = ofSecond,
        };
        KernelTeam.Default.For(Batch * Channels, 1, &Call<T>.Backward, &call);
    }

    /// <summary>The displacement that a channel of the result stands for.</summary>
    private (long Down, long Right) Displacement(long channel) =>
        (((channel / GridWidth) - Radius) * Stride2, ((channel % GridWidth) - Radius) * Stride2);

    private struct Call<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal Correlation Sizes;
        internal T* First;
        internal T* Second;
        internal T* Y;
        internal T* Gradient;
        internal bool Accumulate;
        internal bool OfSecond;

        private readonly T* FirstPlane(long image, long channel) =>
            First + (((image * Sizes.Channels) + channel) * Sizes.Height * Sizes.Width);

        private readonly T* SecondPlane(long image, long channel) =>
            Second + (((image * Sizes.OtherChannels) + channel) * Sizes.Height * Sizes.Width);

        /// <summary>The place of a pixel in its plane, or -1 in the padding.</summary>
        private readonly long Place(long y, long x) =>
            (ulong)y < (ulong)Sizes.Height && (ulong)x < (ulong)Sizes.Width ? (y * Sizes.Width) + x : -1;

        /// <summary>One row of the result after the other.</summary>
        internal static void Forward(void* state, long start, long end)
        {
            var call = (Call<T>*)state;
            Correlation sizes = call->Sizes;
            for (long row = start; row < end; row++)
            {
                long image = row / sizes.OutHeight / sizes.OutChannels;
                long displacement = row / sizes.OutHeight % sizes.OutChannels;
                T* y = call->Y + (row * sizes.OutWidth);
                for (long x = 0; x < sizes.OutWidth; x++)
                {
                    T value = call->Compare(image, displacement, row % sizes.OutHeight, x);
                    y[x] = call->Accumulate ? y[x] + value : value;
                }
            }
        }

        private readonly T Compare(long image, long displacement, long row, long column)
        {
            (long down, long right) = Sizes.Displacement(displacement);
            long top = (row * Sizes.Stride1) + Sizes.MaxDisplacement - Sizes.Pad;
            long left = (column * Sizes.Stride1) + Sizes.MaxDisplacement - Sizes.Pad;
            double sum = 0;
            for (long h = top; h < top + Sizes.KernelSize; h++)
            {
                for (long w = left; w < left + Sizes.KernelSize; w++)
                {
                    long a = Place(h, w);
                    long b = Place(h + down, w + right);
                    for (long channel = 0; channel < Sizes.Channels; channel++)
                    {
                        double first = a < 0 ? 0 : double.CreateTruncating(FirstPlane(image, channel)[a]);
                        double second = b < 0 ? 0 : double.CreateTruncating(SecondPlane(image, channel)[b]);
                        sum += Sizes.IsMultiply ? first * second : Math.Abs(first - second);
                    }
                }
            }

            return T.CreateTruncating(sum / Sizes.Elements);
        }

        /// <summary>One plane of the images after the other: no two threads write to the same one.</summary>
        internal static void Backward(void* state, long start, long end)
        {
            var call = (Call<T>*)state;
            Correlation sizes = call->Sizes;
            for (long plane = start; plane < end; plane++)
            {
                (long image, long channel) = Math.DivRem(plane, sizes.Channels);
                T* g = call->Y + (image * sizes.OutChannels * sizes.OutHeight * sizes.OutWidth);
                for (long displacement = 0; displacement < sizes.OutChannels; displacement++)
                {
                    for (long row = 0; row < sizes.OutHeight; row++)
                    {
                        for (long column = 0; column < sizes.OutWidth; column++, g++)
                        {
                            T weight = *g / T.CreateTruncating(sizes.Elements);
                            call->Spread(image, channel, displacement, row, column, weight);
                        }
                    }
                }
            }
        }

        private readonly void Spread(long image, long channel, long displacement, long row, long column, T g)
        {
            (long down, long right) = Sizes.Displacement(displacement);
            long top = (row * Sizes.Stride1) + Sizes.MaxDisplacement - Sizes.Pad;
            long left = (column * Sizes.Stride1) + Sizes.MaxDisplacement - Sizes.Pad;
            T* first = FirstPlane(image, channel);
            T* second = SecondPlane(image, channel);
            long channels = OfSecond ? Sizes.OtherChannels : Sizes.Channels;
            T* gradient = Gradient + (((image * channels) + channel) * Sizes.Height * Sizes.Width);
            for (long h = top; h < top + Sizes.KernelSize; h++)
            {
                for (long w = left; w < left + Sizes.KernelSize; w++)
                {
                    long a = Place(h, w);
                    long b = Place(h + down, w + right);
                    long target = OfSecond ? b : a;
                    if (target < 0)
                        continue;
                    T one = a < 0 ? T.Zero : first[a];
                    T other = b < 0 ? T.Zero : second[b];
                    if (Sizes.IsMultiply)
                        gradient[target] += g * (OfSecond ? one : other);
                    else
                        gradient[target] += (one >= other) == OfSecond ? -g : g;
                }
            }
        }
    }
}
