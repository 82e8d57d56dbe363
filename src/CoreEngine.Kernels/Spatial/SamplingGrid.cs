using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Grids of places to sample images at: (N, 2, H, W) with the x coordinates first; -1 and 1 are the centres of the first
/// and last pixel (Jaderberg et al., "Spatial Transformer Networks", 2015).
/// </summary>
/// <remarks>
/// As in MXNet, an axis of one element has no place between its first and its last pixel: its coordinates are NaN.
/// </remarks>
public static unsafe class SamplingGrid
{
    /// <summary>The regular grid, moved by one affine map (2 by 3) per sample.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static void Affine(DType dtype, void* maps, void* grid, long batch, long height, long width, bool accumulate)
    {
        switch (dtype)
        {
            case DType.Float32:
                Affine((float*)maps, (float*)grid, batch, height, width, accumulate);
                break;
            case DType.Float64:
                Affine((double*)maps, (double*)grid, batch, height, width, accumulate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>The gradient of the affine maps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static void AffineBackward(
        DType dtype,
        void* gradient,
        void* mapsGradient,
        long batch,
        long height,
        long width,
        bool accumulate
    )
    {
        switch (dtype)
        {
            case DType.Float32:
                AffineBackward((float*)gradient, (float*)mapsGradient, batch, height, width, accumulate);
                break;
            case DType.Float64:
                AffineBackward((double*)gradient, (double*)mapsGradient, batch, height, width, accumulate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>The regular grid, moved by a flow in pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static void Warp(DType dtype, void* flow, void* grid, long batch, long height, long width, bool accumulate)
    {
        switch (dtype)
        {
            case DType.Float32:
                Warp((float*)flow, (float*)grid, batch, height, width, accumulate);
                break;
            case DType.Float64:
                Warp((double*)flow, (double*)grid, batch, height, width, accumulate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>The gradient of the flow.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static void WarpBackward(
        DType dtype,
        void* gradient,
        void* flowGradient,
        long batch,
        long height,
        long width,
        bool accumulate
    )
    {
        switch (dtype)
        {
            case DType.Float32:
                WarpBackward((float*)gradient, (float*)flowGradient, batch, height, width, accumulate);
                break;
            case DType.Float64:
                WarpBackward((double*)gradient, (double*)flowGradient, batch, height, width, accumulate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>The distance of neighbouring pixels, whose coordinates go from -1 to 1.</summary>
    private static T Step<T>(long extent)
        where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(2) / T.CreateTruncating(extent - 1);

    private static T Regular<T>(long index, T step)
        where T : unmanaged, IFloatingPointIeee754<T> => (T.CreateTruncating(index) * step) - T.One;

    private static void Affine<T>(T* maps, T* grid, long batch, long height, long width, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (T stepX, T stepY) = (Step<T>(width), Step<T>(height));
        for (long row = 0; row < batch * 2; row++)
        {
            T* map = maps + (row * 3);
            T* target = grid + (row * height * width);
            (T perX, T perY, T shift) = (map[0], map[1], map[2]);
            for (long h = 0; h < height; h++, target += width)
            {
                T y = perY * Regular(h, stepY);
                for (long w = 0; w < width; w++)
                {
                    T value = (perX * Regular(w, stepX)) + y + shift;
                    target[w] = accumulate ? target[w] + value : value;
                }
            }
        }
    }

    private static void AffineBackward<T>(T* gradient, T* maps, long batch, long height, long width, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (double stepX, double stepY) = (Step<double>(width), Step<double>(height));
        for (long row = 0; row < batch * 2; row++)
        {
            T* g = gradient + (row * height * width);
            (double x, double y, double one) = (0, 0, 0);
            for (long h = 0; h < height; h++, g += width)
            {
                // Two sums of each kind: one alone would wait for its own last addition.
                (double x0, double x1, double sum0, double sum1) = (0, 0, 0, 0);
                long w = 0;
                for (; w + 2 <= width; w += 2)
                {
                    double value0 = double.CreateTruncating(g[w]);
                    double value1 = double.CreateTruncating(g[w + 1]);
                    x0 += value0 * Regular(w, stepX);
                    x1 += value1 * Regular(w + 1, stepX);
                    sum0 += value0;
                    sum1 += value1;
                }

                if (w < width)
                {
                    double value = double.CreateTruncating(g[w]);
                    x0 += value * Regular(w, stepX);
                    sum0 += value;
                }

                x += x0 + x1;
                y += (sum0 + sum1) * Regular(h, stepY);
                one += sum0 + sum1;
            }

            T* map = maps + (row * 3);
            Put(map, x, accumulate);
            Put(map + 1, y, accumulate);
            Put(map + 2, one, accumulate);
        }
    }

    private static void Put<T>(T* target, double value, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T rounded = T.CreateTruncating(value);
        *target = accumulate ? *target + rounded : rounded;
    }

    private static void Warp<T>(T* flow, T* grid, long batch, long height, long width, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long plane = 0; plane < batch * 2; plane++)
        {
            bool isX = plane % 2 == 0;
            T half = Half<T>(isX ? width : height);
            for (long h = 0; h < height; h++)
            {
                for (long w = 0; w < width; w++, flow++, grid++)
                {
                    T value = ((*flow + T.CreateTruncating(isX ? w : h)) / half) - T.One;
                    *grid = accumulate ? *grid + value : value;
                }
            }
        }
    }

    private static void WarpBackward<T>(T* gradient, T* flow, long batch, long height, long width, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long plane = 0; plane < batch * 2; plane++)
        {
            T half = Half<T>(plane % 2 == 0 ? width : height);
            for (long i = 0; i < height * width; i++, gradient++, flow++)
            {
                T value = *gradient / half;
                *flow = accumulate ? *flow + value : value;
            }
        }
    }

    /// <summary>Pixels per unit of a coordinate.</summary>
    private static T Half<T>(long extent)
        where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(extent - 1) / T.CreateTruncating(2);
}
