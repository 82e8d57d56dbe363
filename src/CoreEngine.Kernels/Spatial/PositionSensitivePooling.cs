using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Means over the cells of rectangular regions, where every cell looks at a channel of its own (Dai et al., "R-FCN: Object
/// Detection via Region-based Fully Convolutional Networks", 2016): of each class there is a channel for each of Groups x
/// Groups positions in a region.
/// </summary>
/// <param name="Batch">Number of images.</param>
/// <param name="Channels">Channels of an image, at least Classes x Groups x Groups; the others are not looked at.</param>
/// <param name="Height">Height of an image.</param>
/// <param name="Width">Width of an image.</param>
/// <param name="Regions">Number of regions.</param>
/// <param name="Classes">Channels of the result.</param>
/// <param name="Groups">Positions in a region, along each axis.</param>
/// <param name="Cells">Cells of a region, along each axis.</param>
/// <param name="Scale">Pixels of the images per unit of the regions' coordinates.</param>
public readonly unsafe record struct PositionSensitivePooling(
    long Batch,
    long Channels,
    long Height,
    long Width,
    long Regions,
    long Classes,
    long Groups,
    long Cells,
    float Scale
)
{
    /// <summary>
    /// The means: y (regions, classes, cells, cells) of data (batch, channels, height, width). A cell without pixels, and a
    /// region of an image that does not exist, give 0.
    /// </summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="data">The images.</param>
    /// <param name="regions">Five numbers per region: image, left, top, right, bottom; borders are included.</param>
    /// <param name="y">The result.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Forward(DType dtype, void* data, void* regions, void* y, bool accumulate)
    {
        var call = new Call
        {
            Sizes = this,
            Data = data,
            Regions = regions,
            Y = y,
            Accumulate = accumulate,
        };
        Run(dtype, &Forward<float>, &Forward<double>, &call);
    }

    /// <summary>The gradient of the data: that of each mean, spread evenly over the pixels of its cell.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Backward(DType dtype, void* g, void* regions, void* gradient, bool accumulate)
    {
        if (!accumulate)
            Elementwise.Fill(dtype, 0, gradient, Batch * Channels * Height * Width);
        var call = new Call
        {
            Sizes = this,
            Data = gradient,
            Regions = regions,
            Y = g,
        };
        Run(dtype, &Backward<float>, &Backward<double>, &call);
    }

    private void Run(
        DType dtype,
        delegate* <void*, long, long, void> single,
        delegate* <void*, long, long, void> wide,
        Call* call
    )
    {
        if (dtype is not (DType.Float32 or DType.Float64))
            throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        KernelTeam.Default.For(Classes * Groups * Groups, 1, dtype == DType.Float32 ? single : wide, call);
    }

    /// <summary>The pixels of a cell along one axis.</summary>
    private (long Start, long End) Pixels<T>(long cell, T start, T size, long extent)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T step = size / T.CreateTruncating(Cells);
        T first = T.Floor((T.CreateTruncating(cell) * step) + start);
        T last = T.Ceiling((T.CreateTruncating(cell + 1) * step) + start);
        return (
            Math.Clamp(long.CreateSaturating(first), 0, extent),
            Math.Clamp(long.CreateSaturating(last), 0, extent)
        );
    }

    private struct Call
    {
        internal PositionSensitivePooling Sizes;
        internal void* Data;
        internal void* Regions;
        internal void* Y;
        internal bool Accumulate;

        internal readonly RegionFrame<T> Region<T>(long region)
            where T : unmanaged, IFloatingPointIeee754<T> =>
            new((T*)Regions + (5 * region), Sizes.Batch, T.CreateTruncating(Sizes.Scale), T.Zero);
    }

    /// <summary>One channel after the other, for all regions.</summary>
    private static void Forward<T>(void* state, long start, long end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long channel = start; channel < end; channel++)
        {
            Visit<T>((Call*)state, channel, isBackward: false);
        }
    }

    /// <summary>One channel after the other: no two threads write to the same planes.</summary>
    private static void Backward<T>(void* state, long start, long end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long channel = start; channel < end; channel++)
        {
            Visit<T>((Call*)state, channel, isBackward: true);
        }
    }

    /// <summary>The cells of all regions that look at a channel.</summary>
    private static void Visit<T>(Call* call, long channel, bool isBackward)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        PositionSensitivePooling sizes = call->Sizes;
        (long cells, long groups) = (sizes.Cells, sizes.Groups);
        (long kind, long position) = Math.DivRem(channel, groups * groups);
        (long firstRow, long endRow) = CellsAt(position / groups, groups, cells);
        (long firstColumn, long endColumn) = CellsAt(position % groups, groups, cells);
        for (long i = 0; i < sizes.Regions; i++)
        {
            RegionFrame<T> region = call->Region<T>(i);
            T* plane = sizes.Plane((T*)call->Data, region.Image, channel);
            T* means = (T*)call->Y + (((i * sizes.Classes) + kind) * cells * cells);
            for (long row = firstRow; row < endRow; row++)
            {
                (long top, long bottom) = sizes.Pixels(row, region.Top, region.Height, sizes.Height);
                for (long column = firstColumn; column < endColumn; column++)
                {
                    (long left, long right) = sizes.Pixels(column, region.Left, region.Width, sizes.Width);
                    T area = T.CreateTruncating((bottom - top) * (right - left));
                    bool isEmpty = region.Image < 0 || top >= bottom || left >= right;
                    T* mean = means + (row * cells) + column;
                    if (!isBackward)
                    {
                        T value = isEmpty ? T.Zero : Sum(plane, sizes.Width, top, bottom, left, right) / area;
                        *mean = call->Accumulate ? *mean + value : value;
                    }
                    else if (!isEmpty)
                    {
                        Add(plane, sizes.Width, top, bottom, left, right, *mean / area);
                    }
                }
            }
        }
    }

    /// <summary>The cells along an axis that look at a position: those whose number times groups / cells it is.</summary>
    internal static (long First, long End) CellsAt(long position, long groups, long cells) =>
        (((position * cells) + groups - 1) / groups, (((position + 1) * cells) + groups - 1) / groups);

    private T* Plane<T>(T* data, long image, long channel)
        where T : unmanaged => data + (((image * Channels) + channel) * Height * Width);

    private static T Sum<T>(T* plane, long width, long top, long bottom, long left, long right)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (long y = top; y < bottom; y++)
        {
            T* line = plane + (y * width);
            T of = line[left];
            for (long x = left + 1; x < right; x++)
            {
                of += line[x];
            }

            sum += of;
        }

        return sum;
    }

    private static void Add<T>(T* plane, long width, long top, long bottom, long left, long right, T value)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long y = top; y < bottom; y++)
        {
            T* line = plane + (y * width);
            for (long x = left; x < right; x++)
            {
                line[x] += value;
            }
        }
    }
}
