using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// 3 x 3 convolution of stride 1 by minimal filtering F(m x m, 3 x 3): images are cut into overlapping tiles of (m + 2)^2
/// elements, tiles and weights are transformed, and each of the (m + 2)^2 points is one matrix product over the channels,
/// (tiles x channels) times (channels x filters). 36 multiplications make 16 results with m = 4, 16 make 4 with m = 2,
/// where the definition takes 9 for each.
/// </summary>
/// <remarks>
/// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016). Eight channels, or eight filters, are the
/// lanes of a vector in all transforms, and tiles are the rows of the products: so no lane and no row is wasted at any
/// image size. Tiles are taken in blocks of whole tile rows, so that what is between the transforms stays in the cache.
/// Sums are in an order that depends on the shape alone.
/// </remarks>
internal static unsafe class Winograd<TTile>
    where TTile : struct, IWinogradTile
{
    private const int Lanes = LaneTransposition.Lanes;

    /// <summary>Elements between two planes beyond their size: planes at multiples of 4 KiB would meet in few cache sets.</summary>
    private const long PlaneGap = 16;

    /// <summary>Bytes of transformed data and products that are between the transforms at a time, unless weights are more.</summary>
    private const long BlockBytes = 1 << 20;

    private const long MostBlockBytes = 4 << 20;

    private static int Size => TTile.Results + 2;

    /// <summary>Elements of transformed weights.</summary>
    internal static long WeightSize(in ConvolutionShape shape) => Size * Size * new Layout(shape).WeightPlane;

    /// <summary>Elements of scratch of <see cref="Run"/>.</summary>
    internal static long Scratch(in ConvolutionShape shape)
    {
        var layout = new Layout(shape);
        return Size * Size * (layout.DataPlane + layout.ResultPlane);
    }

    /// <summary>Multiplications that are computed, for the choice between algorithms.</summary>
    internal static long Tiles(in ConvolutionShape shape)
    {
        var layout = new Layout(shape);
        return layout.Rows * layout.Across;
    }

    /// <summary>Transforms weights: point by point, each in panels of as many filters as the micro-kernel has columns.</summary>
    internal static void TransformWeights(in ConvolutionShape shape, float* weight, float* transformed)
    {
        var work = new Work
        {
            Layout = new Layout(shape),
            Weight = weight,
            U = transformed,
        };
        KernelTeam.Default.For(work.Layout.Filters / Lanes, 1, &WeightRange, &work);
    }

    /// <summary>y = epilogue(convolution(x, weights)).</summary>
    internal static void Run(
        in ConvolutionShape shape,
        float* x,
        float* transformed,
        in Epilogue<float> epilogue,
        float* y,
        float* scratch
    )
    {
        var layout = new Layout(shape);
        var work = new Work
        {
            Layout = layout,
            X = x,
            U = transformed,
            V = scratch,
            M = scratch + (Size * Size * layout.DataPlane),
            Y = y,
            Epilogue = epilogue,
        };
        KernelTeam team = KernelTeam.Default;
        for (long row = 0; row < layout.Rows; row += layout.BlockRows)
        {
            work.Row = row;
            work.BlockRows = Math.Min(layout.BlockRows, layout.Rows - row);
            team.For(work.BlockRows * layout.ChannelGroups, 1, &DataRange, &work);
            team.For(Size * Size * layout.Panels, 1, &ProductRange, &work);
            team.For(work.BlockRows * layout.FilterGroups, 1, &ResultRange, &work);
        }
    }

    /// <summary>Items are groups of eight filters.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WeightRange(void* state, long first, long last)
    {
        const int ChannelsAtOnce = 32;
        var work = (Work*)state;
        Layout layout = work->Layout;
        long stride = layout.Channels * 9;
        float* lines = stackalloc float[((ChannelsAtOnce * 9) + 8) * Lanes];
        float* half = stackalloc float[6 * 3 * Lanes];
        for (long group = first; group < last; group++)
        {
            long filter = group * Lanes;
            int filters = (int)Math.Clamp(layout.OutChannels - filter, 0, Lanes);
            float* target =
                work->U + (filter / layout.Width * layout.Width * layout.Channels) + (filter % layout.Width);
            for (long channel = 0; channel < layout.Channels; channel += ChannelsAtOnce)
            {
                int channels = (int)Math.Min(ChannelsAtOnce, layout.Channels - channel);
                float* source = work->Weight + (filter * stride) + (channel * 9);
                LaneTransposition.Gather(source, stride, filters, channels * 9, channels * 9, lines);
                for (int c = 0; c < channels; c++)
                {
                    float* window = lines + (c * 9 * Lanes);
                    for (int j = 0; j < 3; j++)
                    {
                        TTile.Weight(window + (j * Lanes), 3 * Lanes, half + (j * Lanes), 3 * Lanes);
                    }

                    float* to = target + ((channel + c) * layout.Width);
                    for (int i = 0; i < Size; i++)
                    {
                        TTile.Weight(half + (i * 3 * Lanes), Lanes, to, layout.WeightPlane);
                        to += Size * layout.WeightPlane;
                    }
                }
            }
        }
    }

    /// <summary>Items are (tile row, group of eight channels): a strip of the image, padded, and the transform of its tiles.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DataRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        Layout layout = work->Layout;
        int size = Size;
        long line = ((layout.Across * TTile.Results) + 2) * Lanes;
        float* strip = (float*)PackArena.Get(PackArena.Slot.Result, ((size * line) + (Lanes * Lanes)) * sizeof(float));
        for (long item = first; item < last; item++)
        {
            (long row, long group) = Math.DivRem(item, layout.ChannelGroups);
            (long image, long down) = Math.DivRem(work->Row + row, layout.Down);
            long channel = group * Lanes;
            int channels = (int)Math.Min(Lanes, layout.Channels - channel);
            float* source = work->X + (((image * layout.Channels) + channel) * layout.InPlane);

            // What follows a row in memory may be read as long as it belongs to the data.
            long behind = layout.InPlane * ((layout.Batch - image) * layout.Channels - channel - channels);
            FillStrip(layout, source, channels, behind, (down * TTile.Results) - layout.PadH, strip, line);
            for (long w = 0; w < line; w += Lanes)
            {
                TTile.Data(strip + w, line, strip + w, line);
            }

            float* target = work->V + (row * layout.Across * layout.DataStride) + channel;
            for (long tile = 0; tile < layout.Across; tile++)
            {
                float* from = strip + (tile * TTile.Results * Lanes);
                float* to = target + (tile * layout.DataStride);
                for (int i = 0; i < size; i++)
                {
                    TTile.Data(from, Lanes, to, layout.DataPlane);
                    from += line;
                    to += size * layout.DataPlane;
                }
            }
        }
    }

    /// <summary>The image rows under a row of tiles, eight channels in a vector, with zeros for the padding.</summary>
    private static void FillStrip(
        in Layout layout,
        float* source,
        int channels,
        long behind,
        long top,
        float* strip,
        long line
    )
    {
        long columns = line / Lanes;
        long left = Math.Min(layout.PadW, columns);
        long width = Math.Min(layout.InW, columns - left);
        for (int i = 0; i < Size; i++)
        {
            float* to = strip + (i * line);
            long h = top + i;
            if ((ulong)h >= (ulong)layout.InH)
            {
                LongRuns.Clear(to, line);
                continue;
            }

            new Span<float>(to, (int)left * Lanes).Clear();
            long readable = layout.InPlane - (h * layout.InW) + behind;
            LaneTransposition.Gather(
                source + (h * layout.InW),
                layout.InPlane,
                channels,
                width,
                readable,
                to + (left * Lanes)
            );
            new Span<float>(to + ((left + width) * Lanes), (int)(columns - left - width) * Lanes).Clear();
        }
    }

    /// <summary>Items are (point, panel of filters).</summary>
    private static void ProductRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        Layout layout = work->Layout;
        GemmKernels<float> kernels = GemmKernels<float>.Best;
        int width = layout.Width;
        long rows = work->BlockRows * layout.Across;
        long panels = ((rows - 1) / kernels.Rows) + 1;
        long slices = ((layout.Channels - 1) / kernels.Depth) + 1;
        for (long item = first; item < last; item++)
        {
            (long point, long column) = Math.DivRem(item, layout.Panels);
            float* left = work->V + (point * layout.DataPlane);
            float* right = work->U + (point * layout.WeightPlane) + (column * width * layout.Channels);
            float* result = work->M + (point * layout.ResultPlane) + (column * width);
            for (long slice = 0; slice < slices; slice++)
            {
                long depth = layout.Channels * slice / slices;
                long count = (layout.Channels * (slice + 1) / slices) - depth;
                for (long panel = 0; panel < panels; panel++)
                {
                    long row = rows * panel / panels;
                    int height = (int)((rows * (panel + 1) / panels) - row);
                    kernels.Kernel(height, false)(
                        count,
                        left + (row * layout.DataStride) + depth,
                        layout.DataStride,
                        1,
                        right + (depth * width),
                        width,
                        result + (row * layout.Filters),
                        layout.Filters,
                        1f,
                        slice > 0
                    );
                }
            }
        }
    }

    /// <summary>Items are (tile row, group of eight filters): rows of results from the products.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ResultRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        Layout layout = work->Layout;
        int size = Size;
        long line = layout.Across * TTile.Results * Lanes;
        float* lines = (float*)
            PackArena.Get(PackArena.Slot.Result, ((TTile.Results * line) + (Lanes * Lanes)) * sizeof(float));
        float* half = stackalloc float[6 * 4 * Lanes];
        for (long item = first; item < last; item++)
        {
            (long row, long group) = Math.DivRem(item, layout.FilterGroups);
            (long image, long down) = Math.DivRem(work->Row + row, layout.Down);
            long filter = group * Lanes;
            float* source = work->M + (row * layout.Across * layout.Filters) + filter;
            for (long tile = 0; tile < layout.Across; tile++)
            {
                float* from = source + (tile * layout.Filters);
                for (int j = 0; j < size; j++)
                {
                    TTile.Result(from, size * layout.ResultPlane, half + (j * Lanes), size * Lanes);
                    from += layout.ResultPlane;
                }

                float* to = lines + (tile * TTile.Results * Lanes);
                for (int i = 0; i < TTile.Results; i++)
                {
                    TTile.Result(half + (i * size * Lanes), Lanes, to, Lanes);
                    to += line;
                }
            }

            int filters = (int)Math.Min(Lanes, layout.OutChannels - filter);
            long top = down * TTile.Results;
            long rows = Math.Min(TTile.Results, layout.OutH - top);
            long offset = (((image * layout.OutChannels) + filter) * layout.OutPlane) + (top * layout.OutW);
            for (long i = 0; i < rows; i++)
            {
                WriteLine(layout, work->Epilogue, lines + (i * line), filters, filter, work->Y, offset);
                offset += layout.OutW;
            }
        }
    }

    /// <summary>One row of results of up to eight filters, from vectors of filters to rows in memory, with the epilogue.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteLine(
        in Layout layout,
        in Epilogue<float> epilogue,
        float* line,
        int filters,
        long filter,
        float* y,
        long offset
    )
    {
        float* block = stackalloc float[64];
        float* bias = epilogue.Bias;
        float* residual = epilogue.Residual;
        bool clamps = epilogue.Clamps;
        Vector256<float> top = Vector256.Create(epilogue.High);
        long plane = layout.OutPlane;
        long width = layout.OutW;
        for (long w = 0; w < width; w += Lanes)
        {
            LaneTransposition.Block(line + (w * Lanes), Lanes, block, Lanes);
            long place = offset + w;
            for (int l = 0; l < filters; l++)
            {
                Vector256<float> value = Vector256.Load(block + (l * Lanes));
                if (bias != null)
                    value += Vector256.Create(bias[filter + l]);
                if (w + Lanes <= width)
                {
                    if (residual != null)
                        value += Vector256.Load(residual + place);
                    (clamps ? Epilogue<float>.Clamp(value, top) : value).Store(y + place);
                }
                else
                {
                    WritePart(
                        value,
                        (int)(width - w),
                        residual == null ? null : residual + place,
                        clamps,
                        top,
                        y + place
                    );
                }

                place += plane;
            }
        }
    }

    /// <summary>Fewer than eight results at the end of a row.</summary>
    [SkipLocalsInit]
    private static void WritePart(
        Vector256<float> value,
        int count,
        float* residual,
        bool clamps,
        Vector256<float> top,
        float* y
    )
    {
        float* part = stackalloc float[Lanes];
        for (int i = 0; i < count && residual != null; i++)
        {
            part[i] = residual[i];
        }

        if (residual != null)
            value += Vector256.Load(part);
        (clamps ? Epilogue<float>.Clamp(value, top) : value).Store(part);
        for (int i = 0; i < count; i++)
        {
            y[i] = part[i];
        }
    }

    /// <summary>Sizes and strides that follow from the shape.</summary>
    private readonly struct Layout
    {
        internal Layout(in ConvolutionShape shape)
        {
            (Batch, Channels, OutChannels) = (shape.Batch, shape.InChannels, shape.OutChannels);
            (InH, InW, PadH, PadW) = (shape.In.H, shape.In.W, shape.Pad.H, shape.Pad.W);
            (OutH, OutW) = (shape.Out.H, shape.Out.W);
            Down = ((OutH - 1) / TTile.Results) + 1;
            Across = ((OutW - 1) / TTile.Results) + 1;
            Rows = Batch * Down;
            Width = GemmKernels<float>.Best.Columns;
            Panels = ((OutChannels - 1) / Width) + 1;
            Filters = Panels * Width;
            ChannelGroups = ((Channels - 1) / Lanes) + 1;
            FilterGroups = ((OutChannels - 1) / Lanes) + 1;
            DataStride = ChannelGroups * Lanes;
            WeightPlane = (Filters * Channels) + PlaneGap;

            long points = Size * Size;
            long budget = Math.Clamp(points * WeightPlane * sizeof(float), BlockBytes, MostBlockBytes);
            long rowBytes = points * Across * (DataStride + Filters) * sizeof(float);
            BlockRows = Math.Clamp(budget / rowBytes, 1, Rows);
            long blocks = ((Rows - 1) / BlockRows) + 1;
            BlockRows = ((Rows - 1) / blocks) + 1;
            DataPlane = (BlockRows * Across * DataStride) + PlaneGap;
            ResultPlane = (BlockRows * Across * Filters) + PlaneGap;
        }

        internal long Batch { get; }

        internal long Channels { get; }

        internal long OutChannels { get; }

        internal long InH { get; }

        internal long InW { get; }

        internal long InPlane => InH * InW;

        internal long PadH { get; }

        internal long PadW { get; }

        internal long OutH { get; }

        internal long OutW { get; }

        internal long OutPlane => OutH * OutW;

        /// <summary>Tiles below one another in an image.</summary>
        internal long Down { get; }

        /// <summary>Tiles beside one another.</summary>
        internal long Across { get; }

        /// <summary>Tile rows of all images.</summary>
        internal long Rows { get; }

        /// <summary>Tile rows between the transforms at a time.</summary>
        internal long BlockRows { get; }

        /// <summary>Columns of the micro-kernel.</summary>
        internal int Width { get; }

        /// <summary>Panels of so many filters.</summary>
        internal long Panels { get; }

        /// <summary>Filters with those that fill the last panel.</summary>
        internal long Filters { get; }

        internal long ChannelGroups { get; }

        internal long FilterGroups { get; }

        /// <summary>Elements from one transformed tile to the next.</summary>
        internal long DataStride { get; }

        /// <summary>Elements from one point of the transformed data to the next.</summary>
        internal long DataPlane { get; }

        internal long WeightPlane { get; }

        internal long ResultPlane { get; }
    }

    private struct Work
    {
        public Layout Layout;
        public float* X;
        public float* Weight;
        public float* U;
        public float* V;
        public float* M;
        public float* Y;
        public Epilogue<float> Epilogue;
        public long Row;
        public long BlockRows;
    }
}
