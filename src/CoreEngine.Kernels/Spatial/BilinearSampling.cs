using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Samples images between their pixels (see <see cref="SamplingGrid"/> for the places). Beyond the border an image is 0.
/// </summary>
/// <param name="Batch">Number of images.</param>
/// <param name="Channels">Channels of an image.</param>
/// <param name="Height">Height of an image.</param>
/// <param name="Width">Width of an image.</param>
/// <param name="OutHeight">Height of the grid and of the result.</param>
/// <param name="OutWidth">Width of the grid and of the result.</param>
public readonly unsafe record struct BilinearSampling(
    long Batch,
    long Channels,
    long Height,
    long Width,
    long OutHeight,
    long OutWidth
)
{
    /// <summary>The samples: y (N, C, OH, OW) of data (N, C, H, W) at grid (N, 2, OH, OW).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Forward(DType dtype, void* data, void* grid, void* y, bool accumulate)
    {
        switch (dtype)
        {
            case DType.Float32:
                Run(&Call<float>.Forward, (float*)data, (float*)grid, (float*)y, null, accumulate, Batch * Channels);
                break;
            case DType.Float64:
                Run(
                    &Call<double>.Forward,
                    (double*)data,
                    (double*)grid,
                    (double*)y,
                    null,
                    accumulate,
                    Batch * Channels
                );
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>The gradient of the data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void BackwardData(DType dtype, void* g, void* grid, void* dataGradient, bool accumulate)
    {
        if (!accumulate)
            Elementwise.Fill(dtype, 0, dataGradient, Batch * Channels * Height * Width);
        long planes = Batch * Channels;
        switch (dtype)
        {
            case DType.Float32:
                Run(&Call<float>.BackwardData, null, (float*)grid, (float*)g, (float*)dataGradient, true, planes);
                break;
            case DType.Float64:
                Run(&Call<double>.BackwardData, null, (double*)grid, (double*)g, (double*)dataGradient, true, planes);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>The gradient of the grid.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void BackwardGrid(DType dtype, void* g, void* data, void* grid, void* gridGradient, bool accumulate)
    {
        switch (dtype)
        {
            case DType.Float32:
                Run(
                    &Call<float>.BackwardGrid,
                    (float*)data,
                    (float*)grid,
                    (float*)g,
                    (float*)gridGradient,
                    accumulate,
                    Batch * OutHeight
                );
                break;
            case DType.Float64:
                Run(
                    &Call<double>.BackwardGrid,
                    (double*)data,
                    (double*)grid,
                    (double*)g,
                    (double*)gridGradient,
                    accumulate,
                    Batch * OutHeight
                );
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private void Run<T>(
        delegate* <void*, long, long, void> body,
        T* data,
        T* grid,
        T* y,
        T* gradient,
        bool accumulate,
        long items
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var call = new Call<T>
        {
            Sizes = this,
            Data = data,
            Grid = grid,
            Y = y,
            Gradient = gradient,
            Accumulate = accumulate,
        };
        KernelTeam.Default.For(items, 1, body, &call);
    }

    /// <summary>The four pixels around a place, and how near it is to each.</summary>
    private readonly struct Corners<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly long _x;
        private readonly long _y;
        private readonly long _width;
        private readonly long _height;

        /// <summary>Nearness to the left column and to the upper row.</summary>
        internal readonly T Left;

        internal readonly T Upper;

        /// <summary>False when the place is nowhere near the image.</summary>
        internal readonly bool IsNear;

        /// <summary>True when the place is no number.</summary>
        internal readonly bool IsNowhere;

        internal Corners(in BilinearSampling sizes, T x, T y)
        {
            (_width, _height) = (sizes.Width, sizes.Height);
            T two = T.CreateTruncating(2);
            x = (x + T.One) * T.CreateTruncating(_width - 1) / two;
            y = (y + T.One) * T.CreateTruncating(_height - 1) / two;
            T left = T.Floor(x);
            T upper = T.Floor(y);
            Left = T.One - (x - left);
            Upper = T.One - (y - upper);
            IsNowhere = T.IsNaN(x) || T.IsNaN(y);
            IsNear =
                left >= -T.One
                && upper >= -T.One
                && left < T.CreateTruncating(_width)
                && upper < T.CreateTruncating(_height);
            _x = IsNear ? long.CreateTruncating(left) : 0;
            _y = IsNear ? long.CreateTruncating(upper) : 0;
        }

        /// <summary>The place of a corner in a plane, or -1 when it lies beyond the border.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal long Place(int right, int lower)
        {
            long x = _x + right;
            long y = _y + lower;
            return (ulong)x < (ulong)_width && (ulong)y < (ulong)_height ? (y * _width) + x : -1;
        }

        internal T Weight(int right, int lower) =>
            (right == 0 ? Left : T.One - Left) * (lower == 0 ? Upper : T.One - Upper);

        internal T Read(T* plane, int right, int lower)
        {
            long place = Place(right, lower);
            return place < 0 ? T.Zero : plane[place];
        }
    }

    private struct Call<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal BilinearSampling Sizes;
        internal T* Data;
        internal T* Grid;
        internal T* Y;
        internal T* Gradient;
        internal bool Accumulate;

        private readonly Corners<T> At(long image, long position)
        {
            long places = Sizes.OutHeight * Sizes.OutWidth;
            T* grid = Grid + (image * 2 * places) + position;
            return new Corners<T>(Sizes, grid[0], grid[places]);
        }

        /// <summary>One plane (image and channel) after the other.</summary>
        internal static void Forward(void* state, long start, long end)
        {
            var call = (Call<T>*)state;
            BilinearSampling sizes = call->Sizes;
            long places = sizes.OutHeight * sizes.OutWidth;
            for (long plane = start; plane < end; plane++)
            {
                T* data = call->Data + (plane * sizes.Height * sizes.Width);
                T* y = call->Y + (plane * places);
                for (long i = 0; i < places; i++)
                {
                    Corners<T> corners = call->At(plane / sizes.Channels, i);
                    T value = corners.IsNowhere ? T.NaN : T.Zero;
                    if (corners.IsNear)
                    {
                        value =
                            (corners.Read(data, 0, 0) * corners.Weight(0, 0))
                            + (corners.Read(data, 1, 0) * corners.Weight(1, 0))
                            + (corners.Read(data, 0, 1) * corners.Weight(0, 1))
                            + (corners.Read(data, 1, 1) * corners.Weight(1, 1));
                    }

                    y[i] = call->Accumulate ? y[i] + value : value;
                }
            }
        }

        /// <summary>One plane after the other: no two threads write to the same one.</summary>
        internal static void BackwardData(void* state, long start, long end)
        {
            var call = (Call<T>*)state;
            BilinearSampling sizes = call->Sizes;
            long places = sizes.OutHeight * sizes.OutWidth;
            for (long plane = start; plane < end; plane++)
            {
                T* gradient = call->Gradient + (plane * sizes.Height * sizes.Width);
                T* g = call->Y + (plane * places);
                for (long i = 0; i < places; i++)
                {
                    Corners<T> corners = call->At(plane / sizes.Channels, i);
                    for (int corner = 0; corner < 4 && corners.IsNear; corner++)
                    {
                        long place = corners.Place(corner & 1, corner >> 1);
                        if (place >= 0)
                            gradient[place] += g[i] * corners.Weight(corner & 1, corner >> 1);
                    }
                }
            }
        }

        /// <summary>One row of the grid after the other; the channels are summed in order.</summary>
        internal static void BackwardGrid(void* state, long start, long end)
        {
            var call = (Call<T>*)state;
            BilinearSampling sizes = call->Sizes;
            long places = sizes.OutHeight * sizes.OutWidth;
            for (long row = start; row < end; row++)
            {
                long image = row / sizes.OutHeight;
                long first = row % sizes.OutHeight * sizes.OutWidth;
                for (long i = first; i < first + sizes.OutWidth; i++)
                {
                    (T x, T y) = call->GridGradient(image, i);
                    T* gradient = call->Gradient + (image * 2 * places) + i;
                    gradient[0] = call->Accumulate ? gradient[0] + x : x;
                    gradient[places] = call->Accumulate ? gradient[places] + y : y;
                }
            }
        }

        private readonly (T X, T Y) GridGradient(long image, long position)
        {
            Corners<T> corners = At(image, position);
            if (corners.IsNowhere)
                return (T.NaN, T.NaN);
            (T x, T y) = (T.Zero, T.Zero);
            if (!corners.IsNear)
                return (x, y);
            long places = Sizes.OutHeight * Sizes.OutWidth;
            for (long channel = 0; channel < Sizes.Channels; channel++)
            {
                long plane = (image * Sizes.Channels) + channel;
                T* data = Data + (plane * Sizes.Height * Sizes.Width);
                T g = Y[(plane * places) + position];
                T upperLeft = corners.Read(data, 0, 0);
                T upperRight = corners.Read(data, 1, 0);
                T lowerLeft = corners.Read(data, 0, 1);
                T lowerRight = corners.Read(data, 1, 1);
                x +=
                    g
                    * (
                        ((upperRight - upperLeft) * corners.Upper)
                        + ((lowerRight - lowerLeft) * (T.One - corners.Upper))
                    );
                y +=
                    g
                    * (((lowerLeft - upperLeft) * corners.Left) + ((lowerRight - upperRight) * (T.One - corners.Left)));
            }

            T two = T.CreateTruncating(2);
            return (x * T.CreateTruncating(Sizes.Width - 1) / two, y * T.CreateTruncating(Sizes.Height - 1) / two);
        }
    }
}
