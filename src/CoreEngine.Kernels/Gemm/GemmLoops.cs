using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>The five loops around the micro-kernel, for one thread and one rectangle of the result.</summary>
internal static unsafe class GemmLoops<T, TLeft, TRight>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
    where TLeft : struct, ILeftOperand<T>
    where TRight : struct, IRightOperand<T>
{
    /// <summary>Panels in a short block of the right operand: 256 KiB at full depth.</summary>
    private const int ShortPanels = 8;

    /// <summary>A right operand of more bytes comes from memory, not from a cache.</summary>
    private const int InMemoryBytes = 8 << 20;

    /// <summary>
    /// Computes rows [row0, row1) and columns [column0, column1) of alpha * left * right, over all of the depth. The
    /// columns must start at a multiple of the tile's width, so that every element meets the same kernel whatever the
    /// rectangle. <paramref name="packedLeft"/>, when not null, is what <see cref="PackLeft"/> made of the rectangle's rows.
    /// </summary>
    internal static void Run(
        GemmKernels<T> kernels,
        in TLeft left,
        in TRight right,
        in Rectangle rectangle,
        long depth,
        T alpha,
        T* c,
        long ldc,
        bool accumulate,
        T* packedLeft = null
    )
    {
        long rows = rectangle.Row1 - rectangle.Row0;
        long columns = rectangle.Column1 - rectangle.Column0;
        int width = kernels.Columns;

        // Equal slices of the depth and equal panels of rows: no slice or panel is left nearly empty.
        long slices = ((depth - 1) / kernels.Depth) + 1;
        long panels = ((rows - 1) / kernels.Rows) + 1;
        long blocks = panels <= 2 * kernels.BlockPanels ? 1 : ((panels - 1) / kernels.BlockPanels) + 1;
        long columnPanels = ((columns - 1) / width) + 1;

        // A left operand that fits the second-level cache is packed once for each slice and meets short blocks of the
        // right one, which then need not go further than that cache either.
        bool leftStays = blocks == 1;
        long blockColumns = leftStays ? ShortPanels * width : kernels.BlockColumns;
        long columnBlocks = ((columns - 1) / blockColumns) + 1;

        // Packing pays when an element is used by several tiles: never while the first-level cache holds all lines of a panel,
        // soon where they lie so far apart that the caches' sets do not keep them until the next tile, and for a single use
        // where memory is left to fetch them one by one.
        // With 64-bit elements a panel of columns brings half as many uses, and an element that is read costs twice the memory.
        bool packLeft =
            packedLeft == null && (!left.IsDirect || (columnPanels >= 2 * sizeof(T) && rows >= 4 * kernels.Rows));
        int sliceDepth = (int)(((depth - 1) / slices) + 1);
        long span = right.DepthStride * sliceDepth * sizeof(T);
        int uses =
            span <= CpuInfo.L2Bytes / 2 ? 4
            : depth * right.DepthStride * sizeof(T) <= InMemoryBytes ? 2
            : 1;
        bool reused = span > CpuInfo.L1Bytes && panels >= uses;
        bool packRight = !right.IsDirect || reused;
        T* leftBuffer = packLeft
            ? (T*)
                PackArena.Get(
                    PackArena.Slot.Left,
                    (((panels - 1) / blocks) + 1) * kernels.Rows * sliceDepth * sizeof(T)
                )
            : null;
        long packedColumns = packRight ? (((columnPanels - 1) / columnBlocks) + 1) * width : width;
        T* rightBuffer = (T*)PackArena.Get(PackArena.Slot.Right, packedColumns * sliceDepth * sizeof(T));

        for (long round = 0; round < columnBlocks * slices; round++)
        {
            long columnBlock = leftStays ? round % columnBlocks : round / slices;
            long slice = leftStays ? round / columnBlocks : round % slices;
            long firstColumn = rectangle.Column0 + (columnPanels * columnBlock / columnBlocks * width);
            long lastColumn = Math.Min(
                rectangle.Column0 + (columnPanels * (columnBlock + 1) / columnBlocks * width),
                rectangle.Column1
            );
            long firstDepth = depth * slice / slices;
            int count = (int)((depth * (slice + 1) / slices) - firstDepth);
            bool add = accumulate || slice > 0;
            if (packRight)
            {
                right.Pack(firstDepth, count, firstColumn, (int)(lastColumn - firstColumn), width, rightBuffer);
            }

            for (long block = 0; block < blocks; block++)
            {
                long firstPanel = panels * block / blocks;
                long lastPanel = panels * (block + 1) / blocks;
                if (packLeft && (!leftStays || columnBlock == 0))
                {
                    T* target = leftBuffer;
                    for (long panel = firstPanel; panel < lastPanel; panel++)
                    {
                        long row = rows * panel / panels;
                        int some = (int)((rows * (panel + 1) / panels) - row);
                        left.Pack(rectangle.Row0 + row, some, firstDepth, count, target);
                        target += (long)some * count;
                    }
                }

                T* panelRight = rightBuffer;
                for (long column = firstColumn; column < lastColumn; column += width)
                {
                    int some = (int)Math.Min(width, lastColumn - column);
                    long rightStride = width;
                    if (packRight)
                    {
                        panelRight = rightBuffer + ((column - firstColumn) * count);
                    }
                    else if (some < width)
                    {
                        panelRight = rightBuffer;
                        right.Pack(firstDepth, count, column, some, width, rightBuffer);
                    }
                    else
                    {
                        panelRight = right.At(firstDepth, column);
                        rightStride = right.DepthStride;
                    }

                    T* panelLeft = leftBuffer;
                    for (long panel = firstPanel; panel < lastPanel; panel++)
                    {
                        long row = rows * panel / panels;
                        int height = (int)((rows * (panel + 1) / panels) - row);
                        long rowStride = 1;
                        long depthStride = height;
                        if (packedLeft != null)
                        {
                            panelLeft = packedLeft + (rows * firstDepth) + (row * count);
                        }
                        else if (!packLeft)
                        {
                            panelLeft = left.At(rectangle.Row0 + row, firstDepth);
                            rowStride = left.RowStride;
                            depthStride = left.DepthStride;
                        }

                        T* tile = c + ((rectangle.Row0 + row) * ldc) + column;
                        if (some == width)
                        {
                            // The ends of the tile's rows arrive while it is computed; their begins came with the tile before.
                            Packing.Prefetch(tile + width - 1, ldc, height);
                            kernels.Kernel(height, false)(
                                count,
                                panelLeft,
                                rowStride,
                                depthStride,
                                panelRight,
                                rightStride,
                                tile,
                                ldc,
                                alpha,
                                add
                            );
                        }
                        else
                        {
                            Edge(
                                kernels,
                                height,
                                some,
                                count,
                                panelLeft,
                                rowStride,
                                depthStride,
                                panelRight,
                                tile,
                                ldc,
                                alpha,
                                add
                            );
                        }

                        panelLeft += (long)height * count;
                    }
                }
            }
        }
    }

    /// <summary>Packs a left operand whole, slice after slice and panel after panel, for several calls of <see cref="Run"/>.</summary>
    internal static void PackLeft(GemmKernels<T> kernels, in TLeft left, long rows, long depth, T* target)
    {
        long slices = ((depth - 1) / kernels.Depth) + 1;
        long panels = ((rows - 1) / kernels.Rows) + 1;
        for (long slice = 0; slice < slices; slice++)
        {
            long firstDepth = depth * slice / slices;
            int count = (int)((depth * (slice + 1) / slices) - firstDepth);
            for (long panel = 0; panel < panels; panel++)
            {
                long row = rows * panel / panels;
                int some = (int)((rows * (panel + 1) / panels) - row);
                left.Pack(row, some, firstDepth, count, target);
                target += (long)some * count;
            }
        }
    }

    /// <summary>A tile that is narrower than the kernel: computed aside, then added or copied.</summary>
    [SkipLocalsInit]
    private static void Edge(
        GemmKernels<T> kernels,
        int rows,
        int columns,
        int depth,
        T* left,
        long rowStride,
        long depthStride,
        T* right,
        T* c,
        long ldc,
        T alpha,
        bool accumulate
    )
    {
        int width = kernels.Columns;
        bool narrow = columns <= width / 2;
        byte* memory = stackalloc byte[GemmKernels<T>.MaxTileBytes];
        T* tile = (T*)memory;
        kernels.Kernel(rows, narrow)(depth, left, rowStride, depthStride, right, width, tile, width, alpha, false);
        for (int r = 0; r < rows; r++)
        {
            if (accumulate)
            {
                for (int j = 0; j < columns; j++)
                {
                    c[j] += tile[j];
                }
            }
            else
            {
                for (int j = 0; j < columns; j++)
                {
                    c[j] = tile[j];
                }
            }

            tile += width;
            c += ldc;
        }
    }
}

/// <summary>A part of a result: rows [Row0, Row1) and columns [Column0, Column1).</summary>
internal readonly record struct Rectangle(long Row0, long Row1, long Column0, long Column1);
