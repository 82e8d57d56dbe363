using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Means over the cells of rectangular regions, each cell moved by an offset that the network has learned (Dai et al.,
/// "Deformable Convolutional Networks", 2017). A cell is sampled at Samples x Samples places between the pixels, in the
/// channel that belongs to its position (see <see cref="PositionSensitivePooling"/>).
/// </summary>
/// <param name="Batch">Number of images.</param>
/// <param name="Channels">Channels of an image, at least Classes x Groups x Groups; the others are not looked at.</param>
/// <param name="Height">Height of an image.</param>
/// <param name="Width">Width of an image.</param>
/// <param name="Regions">Number of regions.</param>
/// <param name="Classes">Channels of the result.</param>
/// <param name="Groups">Positions in a region, along each axis.</param>
/// <param name="Cells">Cells of a region, along each axis.</param>
/// <param name="Parts">Offsets for a region, along each axis; neighbouring cells share one where there are fewer.</param>
/// <param name="Movers">Sets of offsets, which divide the classes evenly among them; 1 when nothing is moved.</param>
/// <param name="Samples">Places where a cell is sampled, along each axis, at most <see cref="MostSamples"/>.</param>
/// <param name="Scale">Pixels of the images per unit of the regions' coordinates.</param>
/// <param name="Deviation">How far an offset of 1 moves a cell, in widths and heights of the region.</param>
public readonly unsafe record struct DeformablePooling(
    long Batch,
    long Channels,
    long Height,
    long Width,
    long Regions,
    long Classes,
    long Groups,
    long Cells,
    long Parts,
    long Movers,
    long Samples,
    float Scale,
    float Deviation
)
{
    /// <summary>The most <see cref="Samples"/> there can be.</summary>
    public const int MostSamples = 128;

    /// <summary>
    /// The means: y (regions, classes, cells, cells) of data (batch, channels, height, width), over the samples that lie
    /// within an image or at most half a pixel beyond. Cells without such, and regions of images that do not exist, give 0.
    /// </summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="data">The images.</param>
    /// <param name="regions">Five numbers per region: image, left, top, right, bottom; borders are included.</param>
    /// <param name="offsets">To the right, then downwards (regions, 2 movers, parts, parts); null moves nothing.</param>
    /// <param name="y">The result, or null when only the counts are wanted.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <param name="counts">How many samples each mean is of, in the shape of y; null when nobody wants to know.</param>
    /// <param name="accumulateCounts">Add to what the counts hold.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Forward(
        DType dtype,
        void* data,
        void* regions,
        void* offsets,
        void* y,
        bool accumulate,
        void* counts,
        bool accumulateCounts
    )
    {
        var call = new Call
        {
            Sizes = this,
            Data = data,
            Regions = regions,
            Offsets = offsets,
            Y = y,
            Accumulate = accumulate,
            Other = counts,
            AccumulateOther = accumulateCounts,
        };
        Run(dtype, Classes * Groups * Groups, &Forward<float>, &Forward<double>, &call);
    }

    /// <summary>The gradient of the data: that of each mean, spread over the pixels around its samples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void BackwardData(DType dtype, void* g, void* regions, void* offsets, void* gradient, bool accumulate)
    {
        if (!accumulate)
            Elementwise.Fill(dtype, 0, gradient, Batch * Channels * Height * Width);
        var call = new Call
        {
            Sizes = this,
            Data = gradient,
            Regions = regions,
            Offsets = offsets,
            Y = g,
        };
        Run(dtype, Classes * Groups * Groups, &BackwardData<float>, &BackwardData<double>, &call);
    }

    /// <summary>The gradient of the offsets: how the samples change when their cell moves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void BackwardOffsets(
        DType dtype,
        void* g,
        void* data,
        void* regions,
        void* offsets,
        void* gradient,
        bool accumulate
    )
    {
        if (!accumulate)
            Elementwise.Fill(dtype, 0, gradient, Regions * Movers * 2 * Parts * Parts);
        var call = new Call
        {
            Sizes = this,
            Data = data,
            Regions = regions,
            Offsets = offsets,
            Y = g,
            Other = gradient,
        };
        Run(dtype, Regions * Movers, &BackwardOffsets<float>, &BackwardOffsets<double>, &call);
    }

    private static void Run(
        DType dtype,
        long items,
        delegate* <void*, long, long, void> single,
        delegate* <void*, long, long, void> wide,
        Call* call
    )
    {
        if (dtype is not (DType.Float32 or DType.Float64))
            throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        KernelTeam.Default.For(items, 1, dtype == DType.Float32 ? single : wide, call);
    }

    private long ClassesPerMover => Classes / Movers;

    private struct Call
    {
        internal DeformablePooling Sizes;
        internal void* Data;
        internal void* Regions;
        internal void* Offsets;
        internal void* Y;
        internal bool Accumulate;
        internal void* Other;
        internal bool AccumulateOther;

        internal readonly RegionFrame<T> Region<T>(long region)
            where T : unmanaged, IFloatingPointIeee754<T> =>
            new((T*)Regions + (5 * region), Sizes.Batch, T.CreateTruncating(Sizes.Scale), T.CreateTruncating(0.5));

        /// <summary>Where the offset of a cell to the right stands; that downwards follows Parts x Parts behind.</summary>
        internal readonly long Part(long region, long mover, long row, long column)
        {
            long parts = Sizes.Parts;
            long set = ((region * Sizes.Movers) + mover) * 2 * parts;
            return ((set + (row * parts / Sizes.Cells)) * parts) + (column * parts / Sizes.Cells);
        }

        /// <summary>Finds the samples of a cell.</summary>
        internal readonly void Find<T>(
            in RegionFrame<T> frame,
            long region,
            long mover,
            long row,
            long column,
            ref CellSamples<T> samples
        )
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            (T x, T y) = (T.Zero, T.Zero);
            if (Offsets != null)
            {
                T* offset = (T*)Offsets + Part(region, mover, row, column);
                T deviation = T.CreateTruncating(Sizes.Deviation);
                x = *offset * deviation * frame.Width;
                y = offset[Sizes.Parts * Sizes.Parts] * deviation * frame.Height;
            }

            T cells = T.CreateTruncating(Sizes.Cells);
            (T width, T height) = (frame.Width / cells, frame.Height / cells);
            x += (T.CreateTruncating(column) * width) + frame.Left;
            y += (T.CreateTruncating(row) * height) + frame.Top;
            T steps = T.CreateTruncating(Sizes.Samples);
            samples.Set(x, y, width / steps, height / steps, Sizes.Samples, Sizes.Width, Sizes.Height);
        }

        /// <summary>Stores the mean of some samples, and how many they are.</summary>
        internal readonly void Put<T>(long place, long count, T sum)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            T number = T.CreateTruncating(count);
            if (Y != null)
            {
                T mean = count == 0 ? sum : sum / number;
                ((T*)Y)[place] = Accumulate ? ((T*)Y)[place] + mean : mean;
            }

            if (Other != null)
                ((T*)Other)[place] = AccumulateOther ? ((T*)Other)[place] + number : number;
        }
    }

    private T* Plane<T>(T* data, long image, long channel)
        where T : unmanaged => data + (((image * Channels) + channel) * Height * Width);

    /// <summary>One channel after the other, for all regions.</summary>
    private static void Forward<T>(void* state, long start, long end)
        where T : unmanaged, IFloatingPointIeee754<T> => Visit<T>((Call*)state, start, end, isBackward: false);

    /// <summary>One channel after the other: no two threads write to the same planes.</summary>
    private static void BackwardData<T>(void* state, long start, long end)
        where T : unmanaged, IFloatingPointIeee754<T> => Visit<T>((Call*)state, start, end, isBackward: true);

    /// <summary>The cells of all regions that look at these channels.</summary>
    [SkipLocalsInit]
    private static void Visit<T>(Call* call, long start, long end, bool isBackward)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        DeformablePooling sizes = call->Sizes;
        (long cells, long groups) = (sizes.Cells, sizes.Groups);
        CellSamples<T>.Between* memory = stackalloc CellSamples<T>.Between[2 * MostSamples];
        var samples = new CellSamples<T>(memory);
        for (long channel = start; channel < end; channel++)
        {
            (long kind, long position) = Math.DivRem(channel, groups * groups);
            (long firstRow, long endRow) = PositionSensitivePooling.CellsAt(position / groups, groups, cells);
            (long firstColumn, long endColumn) = PositionSensitivePooling.CellsAt(position % groups, groups, cells);
            for (long region = 0; region < sizes.Regions; region++)
            {
                RegionFrame<T> frame = call->Region<T>(region);
                for (long row = firstRow; row < endRow; row++)
                {
                    for (long column = firstColumn; column < endColumn; column++)
                    {
                        call->Find(frame, region, kind / sizes.ClassesPerMover, row, column, ref samples);
                        long count = frame.Image < 0 ? 0 : samples.Count;
                        long place = (((((region * sizes.Classes) + kind) * cells) + row) * cells) + column;
                        T* plane = sizes.Plane((T*)call->Data, frame.Image, channel);
                        if (!isBackward)
                            call->Put(place, count, count == 0 ? T.Zero : samples.Sum(plane));
                        else if (count > 0)
                            samples.Spread(plane, ((T*)call->Y)[place] / T.CreateTruncating(count));
                    }
                }
            }
        }
    }

    /// <summary>One mover of one region after the other.</summary>
    [SkipLocalsInit]
    private static void BackwardOffsets<T>(void* state, long start, long end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var call = (Call*)state;
        DeformablePooling sizes = call->Sizes;
        (long cells, long groups) = (sizes.Cells, sizes.Groups);
        T deviation = T.CreateTruncating(sizes.Deviation);
        CellSamples<T>.Between* memory = stackalloc CellSamples<T>.Between[2 * MostSamples];
        var samples = new CellSamples<T>(memory);
        for (long item = start; item < end; item++)
        {
            (long region, long mover) = Math.DivRem(item, sizes.Movers);
            RegionFrame<T> frame = call->Region<T>(region);
            long firstKind = mover * sizes.ClassesPerMover;
            for (long cell = 0; cell < cells * cells && frame.Image >= 0; cell++)
            {
                (long row, long column) = Math.DivRem(cell, cells);
                call->Find(frame, region, mover, row, column, ref samples);
                if (samples.Count == 0)
                    continue;
                long position = (row * groups / cells * groups) + (column * groups / cells);
                (T x, T y) = (T.Zero, T.Zero);
                for (long kind = firstKind; kind < firstKind + sizes.ClassesPerMover; kind++)
                {
                    T g = ((T*)call->Y)[(((region * sizes.Classes) + kind) * cells * cells) + cell];
                    T* plane = sizes.Plane((T*)call->Data, frame.Image, (kind * groups * groups) + position);
                    (T slopeX, T slopeY) = samples.Slopes(plane);
                    x += g * slopeX;
                    y += g * slopeY;
                }

                T share = deviation / T.CreateTruncating(samples.Count);
                T* gradient = (T*)call->Other + call->Part(region, mover, row, column);
                gradient[0] += x * share * frame.Width;
                gradient[sizes.Parts * sizes.Parts] += y * share * frame.Height;
            }
        }
    }
}
