using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Maxima over the cells of rectangular regions of images (Girshick, "Fast R-CNN", 2015): whatever a region's size, the
/// result has a fixed one.
/// </summary>
/// <param name="Batch">Number of images.</param>
/// <param name="Channels">Channels of an image.</param>
/// <param name="Height">Height of an image.</param>
/// <param name="Width">Width of an image.</param>
/// <param name="Regions">Number of regions.</param>
/// <param name="Rows">Cells of a region from top to bottom.</param>
/// <param name="Columns">Cells of a region from left to right.</param>
/// <param name="Scale">Pixels of the images per unit of the regions' coordinates.</param>
public readonly unsafe record struct RegionPooling(
    long Batch,
    long Channels,
    long Height,
    long Width,
    long Regions,
    long Rows,
    long Columns,
    double Scale
)
{
    /// <summary>
    /// The maxima: y (R, C, rows, columns) of data (N, C, H, W); a region is (image, left, top, right, bottom), borders
    /// included.
    /// </summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="data">The images.</param>
    /// <param name="regions">Five numbers per region; a region of an image that does not exist gives 0.</param>
    /// <param name="y">The result, or null when only the places are wanted.</param>
    /// <param name="places">
    /// Where in its plane each maximum was found, or -1 for an empty cell; null when nobody wants to know.
    /// </param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Forward(DType dtype, void* data, void* regions, void* y, long* places, bool accumulate)
    {
        switch (dtype)
        {
            case DType.Float32:
                Forward((float*)data, (float*)regions, (float*)y, places, accumulate);
                break;
            case DType.Float64:
                Forward((double*)data, (double*)regions, (double*)y, places, accumulate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>The gradient of the data: each maximum's gradient goes to where it was found.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Backward(DType dtype, void* g, void* regions, long* places, void* gradient, bool accumulate)
    {
        if (!accumulate)
            Elementwise.Fill(dtype, 0, gradient, Batch * Channels * Height * Width);
        switch (dtype)
        {
            case DType.Float32:
                Backward((float*)g, (float*)regions, places, (float*)gradient);
                break;
            case DType.Float64:
                Backward((double*)g, (double*)regions, places, (double*)gradient);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private void Forward<T>(T* data, T* regions, T* y, long* places, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var call = new Call<T>
        {
            Sizes = this,
            Data = data,
            Regions = regions,
            Y = y,
            Places = places,
            Accumulate = accumulate,
        };
        KernelTeam.Default.For(Regions * Channels, 1, &Call<T>.Forward, &call);
    }

    private void Backward<T>(T* g, T* regions, long* places, T* gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var call = new Call<T>
        {
            Sizes = this,
            Data = gradient,
            Regions = regions,
            Y = g,
            Places = places,
        };
        KernelTeam.Default.For(Channels, 1, &Call<T>.Backward, &call);
    }

    /// <summary>The image of a region, or -1 when there is no such image.</summary>
    private long Image<T>(T number)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double image = double.CreateTruncating(number);
        return image >= 0 && image < Batch ? (long)image : -1;
    }

    /// <summary>A border in pixels; halves are rounded away from zero.</summary>
    private long Pixel<T>(T coordinate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double pixel = Math.Round(double.CreateTruncating(coordinate) * Scale, MidpointRounding.AwayFromZero);
        // Far beyond any image all places are the same; this keeps what follows within 64 bits.
        return (long)Math.Clamp(double.IsNaN(pixel) ? 0 : pixel, -1e9, 1e9);
    }

    /// <summary>The pixels of a cell along one axis.</summary>
    private static (long Start, long End) Cell(long first, long last, long index, long cells, long extent)
    {
        float size = (float)Math.Max(last - first + 1, 1) / cells;
        long start = first + (long)MathF.Floor(index * size);
        long end = first + (long)MathF.Ceiling((index + 1) * size);
        return (Math.Clamp(start, 0, extent), Math.Clamp(end, 0, extent));
    }

    private struct Call<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal RegionPooling Sizes;
        internal T* Data;
        internal T* Regions;
        internal T* Y;
        internal long* Places;
        internal bool Accumulate;

        /// <summary>One channel of one region after the other.</summary>
        internal static void Forward(void* state, long start, long end)
        {
            var call = (Call<T>*)state;
            RegionPooling sizes = call->Sizes;
            for (long i = start; i < end; i++)
            {
                T* region = call->Regions + (i / sizes.Channels * 5);
                long image = sizes.Image(region[0]);
                long plane = (image * sizes.Channels) + (i % sizes.Channels);
                for (long cell = 0; cell < sizes.Rows * sizes.Columns; cell++)
                {
                    long place = image < 0 ? -1 : call->Maximum(plane, region, cell);
                    T value = place < 0 ? T.Zero : call->Data[(plane * sizes.Height * sizes.Width) + place];
                    long target = (i * sizes.Rows * sizes.Columns) + cell;
                    if (call->Y != null)
                        call->Y[target] = call->Accumulate ? call->Y[target] + value : value;
                    if (call->Places != null)
                        call->Places[target] = place;
                }
            }
        }

        private readonly long Maximum(long plane, T* region, long cell)
        {
            (long row, long column) = Math.DivRem(cell, Sizes.Columns);
            (long left, long right) = Cell(
                Sizes.Pixel(region[1]),
                Sizes.Pixel(region[3]),
                column,
                Sizes.Columns,
                Sizes.Width
            );
            (long top, long bottom) = Cell(
                Sizes.Pixel(region[2]),
                Sizes.Pixel(region[4]),
                row,
                Sizes.Rows,
                Sizes.Height
            );
            T* data = Data + (plane * Sizes.Height * Sizes.Width);
            long best = -1;
            for (long y = top; y < bottom; y++)
            {
                for (long x = left; x < right; x++)
                {
                    long place = (y * Sizes.Width) + x;
                    if (best < 0 || data[place] > data[best])
                        best = place;
                }
            }

            return best;
        }

        /// <summary>One channel of all images after the other: no two threads write to the same planes.</summary>
        internal static void Backward(void* state, long start, long end)
        {
            var call = (Call<T>*)state;
            RegionPooling sizes = call->Sizes;
            long cells = sizes.Rows * sizes.Columns;
            for (long channel = start; channel < end; channel++)
            {
                for (long region = 0; region < sizes.Regions; region++)
                {
                    long image = sizes.Image(call->Regions[region * 5]);
                    long first = ((region * sizes.Channels) + channel) * cells;
                    T* gradient = call->Data + (((image * sizes.Channels) + channel) * sizes.Height * sizes.Width);
                    for (long i = first; i < first + cells && image >= 0; i++)
                    {
                        if (call->Places[i] >= 0)
                            gradient[call->Places[i]] += call->Y[i];
                    }
                }
            }
        }
    }
}
