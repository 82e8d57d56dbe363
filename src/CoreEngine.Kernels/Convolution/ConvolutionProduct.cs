using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Convolution as the product of the weights and the <see cref="WindowMatrix{T}"/>: any window, stride, dilation, padding
/// and groups, in one to three dimensions.
/// </summary>
/// <remarks>
/// The positions of several images are the columns of one matrix, so that small images fill the micro-kernel's tile. A
/// block of the window matrix is packed for as many columns as the second-level cache holds, and meets one panel of the
/// weights after the other: so results are written in long rows, and the epilogue follows while they are in the cache. Each result is one chain of
/// multiply-adds along the taps, in slices whose borders depend on the shape alone.
/// </remarks>
internal static unsafe class ConvolutionProduct<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Bytes of a packed block of the window matrix.</summary>
    private const long BlockBytes = 128 << 10;

    /// <summary>Bytes of copies of images with padding at a time: more than one image only where images are small.</summary>
    private const long CopyBytes = 1 << 20;

    /// <summary>Products below which a second thread costs more than it brings.</summary>
    private const double ProductsPerThread = 100_000;

    /// <summary>Elements of prepared weights.</summary>
    internal static long WeightSize(in ConvolutionShape shape) => shape.WeightSize;

    /// <summary>Elements of scratch that <see cref="Run"/> uses.</summary>
    internal static long Scratch(in ConvolutionShape shape, bool prepared)
    {
        var matrix = new WindowMatrix<T>(shape);
        long copies = matrix.IsDirect ? 0 : Align(Images(shape, matrix) * matrix.ImageSize) + WindowMatrix<T>.Piece;
        return copies + (!prepared && PacksWeights(shape) ? Align(shape.WeightSize) : 0);
    }

    /// <summary>
    /// Packs weights: group by group, slice by slice of the taps, panel by panel of the filters, tap by tap. All panels of a
    /// slice have about as many filters as the micro-kernel has rows, and none is nearly empty.
    /// </summary>
    internal static void PackWeights(in ConvolutionShape shape, T* weight, T* packed)
    {
        var work = new Work
        {
            Plan = new Plan(shape),
            Weight = weight,
            Packed = packed,
        };
        long panels = shape.Groups * work.Plan.Slices * work.Plan.Panels;
        KernelTeam.Default.For(panels, Math.Max(1, panels * 16_384 / shape.WeightSize), &PackRange, &work);
    }

    /// <summary>y = epilogue(convolution(x, weight)).</summary>
    internal static void Run(
        in ConvolutionShape shape,
        T* x,
        T* weight,
        bool prepared,
        in Epilogue<T> epilogue,
        T* y,
        T* scratch
    )
    {
        var matrix = new WindowMatrix<T>(shape);
        var work = new Work
        {
            Shape = shape,
            Plan = new Plan(shape),
            Matrix = matrix,
            Weight = weight,
            Packed = prepared ? weight : null,

            // A result that is added to itself takes part from the first slice on.
            Accumulate = epilogue.Residual == y && y != null,
            Epilogue = epilogue.Residual == y ? epilogue with { Residual = null } : epilogue,
        };
        long images = Images(shape, matrix);
        T* copies = scratch;
        if (!prepared && PacksWeights(shape))
        {
            work.Packed = scratch;
            copies += Align(shape.WeightSize);
            PackWeights(shape, weight, work.Packed);
        }

        KernelTeam team = KernelTeam.Default;
        long imageSize = shape.InChannels * shape.In.Product;
        long resultSize = shape.OutChannels * matrix.Spatial;
        for (long image = 0; image < shape.Batch; image += images)
        {
            work.Images = Math.Min(images, shape.Batch - image);
            work.X = x + (image * imageSize);
            work.Offset = image * resultSize;
            work.Y = y;
            if (matrix.IsDirect)
            {
                work.Matrix.Place(work.X, work.Images);
            }
            else
            {
                work.Copies = copies;
                work.Matrix.Place(copies, work.Images);
                long planes = work.Images * shape.InChannels;
                team.For(planes, Math.Max(1, 16_384 / shape.In.Product), &CopyRange, &work);
            }

            Divide(ref work, team.Size);
            team.For(shape.Groups * work.Down * work.Across, 1, &MultiplyRange, &work);
        }
    }

    private static long Align(long count) => (count + 15) & ~15L;

    /// <summary>Packing pays where an element of the weights meets several tiles.</summary>
    private static bool PacksWeights(in ConvolutionShape shape) =>
        shape.Batch * shape.Out.Product >= 8 * GemmKernels<T>.Best.Columns && shape.GroupOut >= 4;

    /// <summary>Images whose positions are the columns of one matrix.</summary>
    private static long Images(in ConvolutionShape shape, in WindowMatrix<T> matrix) =>
        matrix.IsDirect ? shape.Batch : Math.Clamp(CopyBytes / (matrix.ImageSize * sizeof(T)), 1, shape.Batch);

    /// <summary>The grid of rectangles that the threads compute: by filters or by positions, whichever divides better.</summary>
    private static void Divide(ref Work work, int threads)
    {
        long columns = work.Images * work.Matrix.Spatial;
        double products = (double)work.Plan.Rows * columns * work.Plan.Depth * work.Shape.Groups;
        threads = (int)Math.Clamp(products / ProductsPerThread, 1, threads);
        threads = (int)Math.Max(1, (threads + work.Shape.Groups - 1) / work.Shape.Groups);
        GemmKernels<T> kernels = GemmKernels<T>.Best;
        (work.Down, work.Across) = GemmGrid.Choose(threads, work.Plan.Rows, columns, kernels.Rows, kernels.Columns);
    }

    private static void PackRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        Plan plan = work->Plan;
        for (long item = first; item < last; item++)
        {
            long panel = item % plan.Panels;
            long slice = item / plan.Panels % plan.Slices;
            long group = item / plan.Panels / plan.Slices;
            long depth = plan.FirstDepth(slice);
            int count = (int)(plan.FirstDepth(slice + 1) - depth);
            long row = plan.FirstRow(panel);
            int rows = (int)(plan.FirstRow(panel + 1) - row);
            long start = group * plan.Rows * plan.Depth;
            T* source = work->Weight + start + (row * plan.Depth) + depth;
            T* target = work->Packed + start + (plan.Rows * depth) + (row * count);
            Packing.Transpose(source, plan.Depth, rows, count, target, rows);
        }
    }

    /// <summary>Items are channels of images.</summary>
    private static void CopyRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        long plane = work->Shape.In.Product;
        long copied = work->Matrix.ImageSize / work->Shape.InChannels;
        for (long item = first; item < last; item++)
        {
            work->Matrix.CopyChannel(work->X + (item * plane), work->Copies + (item * copied));
        }
    }

    /// <summary>Items are (group, rectangle of the group's result).</summary>
    private static void MultiplyRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        GemmKernels<T> kernels = GemmKernels<T>.Best;
        long panels = ((work->Images * work->Matrix.Spatial - 1) / kernels.Columns) + 1;
        for (long item = first; item < last; item++)
        {
            long across = item % work->Across;
            long down = item / work->Across % work->Down;
            long group = item / work->Across / work->Down;
            Multiply(
                work,
                kernels,
                group,
                work->Plan.Panels * down / work->Down,
                work->Plan.Panels * (down + 1) / work->Down,
                panels * across / work->Across,
                panels * (across + 1) / work->Across
            );
        }
    }

    /// <summary>The loops around the micro-kernel, for some panels of filters and some panels of positions.</summary>
    [SkipLocalsInit]
    private static void Multiply(
        Work* work,
        in GemmKernels<T> kernels,
        long group,
        long rowPanel0,
        long rowPanel1,
        long columnPanel0,
        long columnPanel1
    )
    {
        Plan plan = work->Plan;
        WindowMatrix<T> matrix = work->Matrix.ForGroup(group);
        int width = kernels.Columns;
        long allColumns = work->Images * matrix.Spatial;
        long most = plan.SliceDepth;
        long blockPanels = Math.Clamp(BlockBytes / (most * width * sizeof(T)), 1, columnPanel1 - columnPanel0);
        long blocks = ((columnPanel1 - columnPanel0 - 1) / blockPanels) + 1;
        T* right = (T*)
            PackArena.Get(PackArena.Slot.Right, ((blockPanels * width * most) + WindowMatrix<T>.Piece) * sizeof(T));
        long* offsets = stackalloc long[WindowMatrix<T>.MostTaps];
        for (long block = 0; block < blocks; block++)
        {
            long panel0 = columnPanel0 + ((columnPanel1 - columnPanel0) * block / blocks);
            long panel1 = columnPanel0 + ((columnPanel1 - columnPanel0) * (block + 1) / blocks);
            long column0 = panel0 * width;
            long column1 = Math.Min(panel1 * width, allColumns);
            for (long slice = 0; slice < plan.Slices; slice++)
            {
                long depth = plan.FirstDepth(slice);
                int count = (int)(plan.FirstDepth(slice + 1) - depth);
                matrix.TapOffsets(depth, count, offsets);
                Pack(matrix, offsets, count, column0, column1, width, right);
                var tiles = new Tiles
                {
                    Group = group,
                    Column0 = column0,
                    Column1 = column1,
                    Depth = depth,
                    Count = count,
                    Right = right,
                    Add = slice > 0 || work->Accumulate,
                };
                bool isLast = slice == plan.Slices - 1 && !work->Epilogue.IsEmpty;
                for (long panel = rowPanel0; panel < rowPanel1; panel++)
                {
                    MultiplyTiles(work, kernels, tiles, panel);
                    if (isLast)
                        Finish(work, tiles, panel);
                }
            }
        }
    }

    /// <summary>Packs a block of the window matrix, panel behind panel.</summary>
    private static void Pack(
        in WindowMatrix<T> matrix,
        long* offsets,
        int count,
        long column0,
        long column1,
        int width,
        T* target
    )
    {
        for (long column = column0; column < column1; )
        {
            if (column + (4 * width) <= column1 && matrix.IsOneRun(column, width))
            {
                matrix.PackFour(offsets, count, column, width, target);
                column += 4 * width;
                target += 4L * count * width;
            }
            else
            {
                matrix.Pack(offsets, count, column, (int)Math.Min(width, column1 - column), width, target);
                column += width;
                target += (long)count * width;
            }
        }
    }

    /// <summary>Tiles beside one another: they meet the same panel of weights.</summary>
    [SkipLocalsInit]
    private static void MultiplyTiles(Work* work, in GemmKernels<T> kernels, in Tiles tiles, long panel)
    {
        Plan plan = work->Plan;
        int width = kernels.Columns;
        long spatial = work->Matrix.Spatial;
        long row = plan.FirstRow(panel);
        int height = (int)(plan.FirstRow(panel + 1) - row);
        long channel = (tiles.Group * plan.Rows) + row;
        bool packed = work->Packed != null;
        long start = tiles.Group * plan.Rows * plan.Depth;
        T* left = packed
            ? work->Packed + start + (plan.Rows * tiles.Depth) + (row * tiles.Count)
            : work->Weight + start + (row * plan.Depth) + tiles.Depth;
        long rowStride = packed ? 1 : plan.Depth;
        long depthStride = packed ? height : 1;
        (long image, long position) = Math.DivRem(tiles.Column0, spatial);
        T* y = work->Y + work->Offset + (((image * work->Shape.OutChannels) + channel) * spatial);
        long imageStride = work->Shape.OutChannels * spatial;
        T* right = tiles.Right;
        byte* memory = stackalloc byte[GemmKernels<T>.MaxTileBytes];
        for (long column = tiles.Column0; column < tiles.Column1; column += width)
        {
            int columns = (int)Math.Min(width, tiles.Column1 - column);
            if (columns == width && position + width <= spatial)
            {
                // Else each store of the next tile waits for its line: with few taps as long as the products take.
                Packing.Prefetch(y + position + width, spatial, height);
                kernels.Kernel(height, false)(
                    tiles.Count,
                    left,
                    rowStride,
                    depthStride,
                    right,
                    width,
                    y + position,
                    spatial,
                    T.One,
                    tiles.Add
                );
            }
            else
            {
                bool narrow = columns <= width / 2;
                kernels.Kernel(height, narrow)(
                    tiles.Count,
                    left,
                    rowStride,
                    depthStride,
                    right,
                    width,
                    (T*)memory,
                    width,
                    T.One,
                    false
                );
                Scatter(work, (T*)memory, width, height, channel, image, position, columns, tiles.Add);
            }

            right += (long)tiles.Count * width;
            for (position += width; position >= spatial; position -= spatial)
            {
                image++;
                y += imageStride;
            }
        }
    }

    /// <summary>The epilogue for the filters of a panel at the tiles' positions.</summary>
    private static void Finish(Work* work, in Tiles tiles, long panel)
    {
        long spatial = work->Matrix.Spatial;
        long first = work->Plan.FirstRow(panel);
        long rows = work->Plan.FirstRow(panel + 1) - first;
        long channel = (tiles.Group * work->Plan.Rows) + first;
        (long image, long position) = Math.DivRem(tiles.Column0, spatial);
        for (long column = tiles.Column0; column < tiles.Column1; )
        {
            long some = Math.Min(tiles.Column1 - column, spatial - position);
            long offset = work->Offset + (((image * work->Shape.OutChannels) + channel) * spatial) + position;
            work->Epilogue.FinishTile(work->Y, offset, spatial, rows, some, channel);
            column += some;
            position = 0;
            image++;
        }
    }

    /// <summary>Writes a tile whose columns belong to several images, or are not all there.</summary>
    private static void Scatter(
        Work* work,
        T* tile,
        int width,
        int rows,
        long channel,
        long image,
        long position,
        int columns,
        bool add
    )
    {
        long spatial = work->Matrix.Spatial;
        for (int done = 0; done < columns; )
        {
            int some = (int)Math.Min(columns - done, spatial - position);
            T* y = work->Y + work->Offset + (((image * work->Shape.OutChannels) + channel) * spatial) + position;
            for (int r = 0; r < rows; r++)
            {
                T* from = tile + ((long)r * width) + done;
                for (int j = 0; j < some; j++)
                {
                    y[j] = add ? y[j] + from[j] : from[j];
                }

                y += spatial;
            }

            done += some;
            position = 0;
            image++;
        }
    }

    /// <summary>How the weights of a group are cut: the same for packing and for multiplying.</summary>
    private readonly struct Plan
    {
        internal Plan(in ConvolutionShape shape)
        {
            GemmKernels<T> kernels = GemmKernels<T>.Best;
            Rows = shape.GroupOut;
            Depth = shape.Taps;
            Panels = ((Rows - 1) / kernels.Rows) + 1;
            Slices = ((Depth - 1) / Math.Min(kernels.Depth, WindowMatrix<T>.MostTaps)) + 1;
            SliceDepth = ((Depth - 1) / Slices) + 1;
        }

        internal long Rows { get; }

        internal long Depth { get; }

        internal long Panels { get; }

        internal long Slices { get; }

        /// <summary>Taps of the largest slice.</summary>
        internal long SliceDepth { get; }

        internal long FirstRow(long panel) => Rows * panel / Panels;

        internal long FirstDepth(long slice) => Depth * slice / Slices;
    }

    /// <summary>Some columns, packed for some taps.</summary>
    private struct Tiles
    {
        public long Group;
        public long Column0;
        public long Column1;
        public long Depth;
        public int Count;
        public T* Right;
        public bool Add;
    }

    private struct Work
    {
        public ConvolutionShape Shape;
        public Plan Plan;
        public WindowMatrix<T> Matrix;
        public T* X;
        public T* Copies;
        public T* Weight;
        public T* Packed;
        public T* Y;
        public Epilogue<T> Epilogue;
        public bool Accumulate;
        public long Images;
        public long Offset;
        public long Down;
        public long Across;
    }
}
