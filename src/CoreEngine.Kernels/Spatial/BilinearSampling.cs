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
                    Batch * TilesOfGrid
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
                    Batch * TilesOfGrid
                );
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>Places that are looked at together, channel after channel.</summary>
    private const int Tile = 256;

    private long TilesOfGrid => ((OutHeight * OutWidth) + Tile - 1) / Tile;

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

        /// <summary>The place of the upper left corner when all four exist; otherwise what kind of place this is.</summary>
        internal long Inside =>
            IsNear && _x >= 0 && _y >= 0 && _x + 1 < _width && _y + 1 < _height ? (_y * _width) + _x
            : IsNear || IsNowhere ? Places<T>.Border
            : Places<T>.Beyond;

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

        /// <summary>Looks at the places of a tile, which all channels share.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Locate(long image, long first, long count, in Places<T> tile)
        {
            for (long i = 0; i < count; i++)
            {
                Corners<T> corners = At(image, first + i);
                tile.Pixel[i] = corners.Inside;
                tile.Left[i] = corners.Left;
                tile.Upper[i] = corners.Upper;
            }
        }

        /// <summary>One plane (image and channel) after the other; those of an image share the places.</summary>
        internal static void Forward(void* state, long start, long end) =>
            EachPlane((Call<T>*)state, start, end, &SamplePlane);

        /// <summary>One plane after the other: no two threads write to the same one.</summary>
        internal static void BackwardData(void* state, long start, long end) =>
            EachPlane((Call<T>*)state, start, end, &SpreadPlane);

        [SkipLocalsInit]
        private static void EachPlane(
            Call<T>* call,
            long start,
            long end,
            delegate* <Call<T>*, long, long, long, in Places<T>, void> body
        )
        {
            long* pixels = stackalloc long[Tile];
            T* near = stackalloc T[2 * Tile];
            var tile = new Places<T>(pixels, near);
            long places = call->Sizes.OutHeight * call->Sizes.OutWidth;
            long channels = call->Sizes.Channels;
            for (long plane = start; plane < end; )
            {
                long image = plane / channels;
                long past = Math.Min(end, (image + 1) * channels);
                for (long first = 0; first < places; first += Tile)
                {
                    long count = Math.Min(Tile, places - first);
                    call->Locate(image, first, count, tile);
                    for (long one = plane; one < past; one++)
                    {
                        body(call, one, first, count, tile);
                    }
                }

                plane = past;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void SamplePlane(Call<T>* call, long plane, long first, long count, in Places<T> tile)
        {
            BilinearSampling sizes = call->Sizes;
            long width = sizes.Width;
            T* data = call->Data + (plane * sizes.Height * width);
            T* y = call->Y + (plane * sizes.OutHeight * sizes.OutWidth) + first;
            bool accumulate = call->Accumulate;
            long* pixels = tile.Pixel;
            T* lefts = tile.Left;
            T* uppers = tile.Upper;
            for (long i = 0; i < count; i++)
            {
                T value;
                long pixel = pixels[i];
                if (pixel >= 0)
                {
                    T* corner = data + pixel;
                    (T left, T upper) = (lefts[i], uppers[i]);
                    (T right, T lower) = (T.One - left, T.One - upper);
                    value =
                        (corner[0] * (left * upper))
                        + (corner[1] * (right * upper))
                        + (corner[width] * (left * lower))
                        + (corner[width + 1] * (right * lower));
                }
                else
                {
                    value = pixel == Places<T>.Beyond ? T.Zero : call->Sample(plane, data, first + i);
                }

                y[i] = accumulate ? y[i] + value : value;
            }
        }

        /// <summary>A sample at the border, where some of the four pixels are missing, or nowhere.</summary>
        private readonly T Sample(long plane, T* data, long position)
        {
            Corners<T> corners = At(plane / Sizes.Channels, position);
            return corners.IsNowhere
                ? T.NaN
                : (corners.Read(data, 0, 0) * corners.Weight(0, 0))
                    + (corners.Read(data, 1, 0) * corners.Weight(1, 0))
                    + (corners.Read(data, 0, 1) * corners.Weight(0, 1))
                    + (corners.Read(data, 1, 1) * corners.Weight(1, 1));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void SpreadPlane(Call<T>* call, long plane, long first, long count, in Places<T> tile)
        {
            BilinearSampling sizes = call->Sizes;
            long width = sizes.Width;
            T* gradient = call->Gradient + (plane * sizes.Height * width);
            T* g = call->Y + (plane * sizes.OutHeight * sizes.OutWidth) + first;
            long* pixels = tile.Pixel;
            T* lefts = tile.Left;
            T* uppers = tile.Upper;
            for (long i = 0; i < count; i++)
            {
                long pixel = pixels[i];
                if (pixel >= 0)
                {
                    T* corner = gradient + pixel;
                    (T left, T upper) = (lefts[i], uppers[i]);
                    (T right, T lower) = (T.One - left, T.One - upper);
                    corner[0] += g[i] * (left * upper);
                    corner[1] += g[i] * (right * upper);
                    corner[width] += g[i] * (left * lower);
                    corner[width + 1] += g[i] * (right * lower);
                }
                else if (pixel != Places<T>.Beyond)
                {
                    call->Spread(plane, gradient, first + i, g[i]);
                }
            }
        }

        private readonly void Spread(long plane, T* gradient, long position, T g)
        {
            Corners<T> corners = At(plane / Sizes.Channels, position);
            for (int corner = 0; corner < 4 && corners.IsNear; corner++)
            {
                long place = corners.Place(corner & 1, corner >> 1);
                if (place >= 0)
                    gradient[place] += g * corners.Weight(corner & 1, corner >> 1);
            }
        }

        /// <summary>One tile of the grid after the other; the channels are summed in order.</summary>
        [SkipLocalsInit]
        internal static void BackwardGrid(void* state, long start, long end)
        {
            var call = (Call<T>*)state;
            BilinearSampling sizes = call->Sizes;
            long places = sizes.OutHeight * sizes.OutWidth;
            long* pixels = stackalloc long[Tile];
            T* near = stackalloc T[2 * Tile];
            T* sums = stackalloc T[2 * Tile];
            var tile = new Places<T>(pixels, near);
            T perX = T.CreateTruncating(sizes.Width - 1) / T.CreateTruncating(2);
            T perY = T.CreateTruncating(sizes.Height - 1) / T.CreateTruncating(2);
            for (long item = start; item < end; item++)
            {
                (long image, long number) = Math.DivRem(item, sizes.TilesOfGrid);
                long first = number * Tile;
                long count = Math.Min(Tile, places - first);
                call->Locate(image, first, count, tile);
                new Span<T>(sums, 2 * Tile).Clear();
                for (long channel = 0; channel < sizes.Channels; channel++)
                {
                    call->AddChannel(image, channel, first, count, tile, sums);
                }

                T* gradient = call->Gradient + (image * 2 * places) + first;
                for (long i = 0; i < count; i++)
                {
                    (T x, T y) = (sums[i] * perX, sums[Tile + i] * perY);
                    gradient[i] = call->Accumulate ? gradient[i] + x : x;
                    gradient[places + i] = call->Accumulate ? gradient[places + i] + y : y;
                }
            }
        }

        /// <summary>Adds what a channel says about the coordinates of a tile's places, in pixels.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddChannel(long image, long channel, long first, long count, in Places<T> tile, T* sums)
        {
            long plane = (image * Sizes.Channels) + channel;
            long width = Sizes.Width;
            T* data = Data + (plane * Sizes.Height * width);
            T* g = Y + (plane * Sizes.OutHeight * Sizes.OutWidth) + first;
            long* pixels = tile.Pixel;
            T* lefts = tile.Left;
            T* uppers = tile.Upper;
            for (long i = 0; i < count; i++)
            {
                long pixel = pixels[i];
                if (pixel == Places<T>.Beyond)
                    continue;
                (T upperLeft, T upperRight, T lowerLeft, T lowerRight) =
                    pixel >= 0
                        ? (data[pixel], data[pixel + 1], data[pixel + width], data[pixel + width + 1])
                        : ReadCorners(data, image, first + i);
                (T left, T upper) = (lefts[i], uppers[i]);
                T alongX = ((upperRight - upperLeft) * upper) + ((lowerRight - lowerLeft) * (T.One - upper));
                T alongY = ((lowerLeft - upperLeft) * left) + ((lowerRight - upperRight) * (T.One - left));
                sums[i] += g[i] * alongX;
                sums[Tile + i] += g[i] * alongY;
            }
        }

        private readonly (T UpperLeft, T UpperRight, T LowerLeft, T LowerRight) ReadCorners(
            T* data,
            long image,
            long position
        )
        {
            Corners<T> corners = At(image, position);
            return corners.IsNowhere
                ? (T.NaN, T.NaN, T.NaN, T.NaN)
                : (
                    corners.Read(data, 0, 0),
                    corners.Read(data, 1, 0),
                    corners.Read(data, 0, 1),
                    corners.Read(data, 1, 1)
                );
        }
    }

    /// <summary>What the places of a tile are to every channel.</summary>
    private readonly struct Places<T>
        where T : unmanaged
    {
        /// <summary>Stands for a place none of whose four pixels exists.</summary>
        internal const long Beyond = -2;

        /// <summary>Stands for a place that needs a closer look: at the border, or nowhere.</summary>
        internal const long Border = -1;

        /// <summary>The upper left one of the four pixels when all of them exist.</summary>
        internal readonly long* Pixel;

        internal readonly T* Left;

        internal readonly T* Upper;

        internal Places(long* pixels, T* near)
        {
            Pixel = pixels;
            Left = near;
            Upper = near + Tile;
        }
    }
}
