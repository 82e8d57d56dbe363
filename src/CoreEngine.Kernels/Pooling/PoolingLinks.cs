using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Which rows of data a row of windows looks at, and which rows of windows reach a row of data: the same in every plane, so
/// listed once.
/// </summary>
internal unsafe struct PoolingLinks<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>For each row of data the windows that reach it, in places of <see cref="ReachesPerRow"/>.</summary>
    public Link* Reaches;

    /// <summary>For each row of windows the data under it, in places of <see cref="RowsPerWindow"/>.</summary>
    public Link* Looks;

    /// <summary>Number of links of each row of data.</summary>
    public Counts* Counted;

    /// <summary>Most windows' rows that reach a row of data.</summary>
    public long ReachesPerRow;

    /// <summary>Most rows of data under a window.</summary>
    public long RowsPerWindow;

    /// <summary>Bytes of the lists.</summary>
    public static long Bytes(in PoolingShape shape)
    {
        Extents o = shape.Out;
        long data = shape.In.D * shape.In.H;
        return (((data * Most(shape)) + (o.D * o.H * shape.Kernel.D * shape.Kernel.H)) * sizeof(Link))
            + (data * sizeof(Counts));
    }

    /// <summary>Makes the lists.</summary>
    /// <param name="shape">The geometry.</param>
    /// <param name="memory"><see cref="Bytes"/> bytes.</param>
    /// <param name="rows">The windows of each row of results.</param>
    /// <param name="factors">Whether links from data to windows carry the windows' factors; else the number of a tap.</param>
    /// <param name="resultRing">Scratch rows for rows of windows, which take turns.</param>
    /// <param name="resultPitch">Elements from one such row to the next.</param>
    /// <param name="dataRing">Rows for rows of data, which take turns.</param>
    /// <param name="dataPitch">Elements from one such row to the next.</param>
    public static PoolingLinks<T> Of(
        in PoolingShape shape,
        void* memory,
        PoolingBlock<T>.Row* rows,
        bool factors,
        long resultRing,
        long resultPitch,
        long dataRing,
        long dataPitch
    )
    {
        Extents o = shape.Out;
        Extents kernel = shape.Kernel;
        Extents stride = shape.Stride;
        Extents pad = shape.Pad;
        long data = shape.In.D * shape.In.H;
        var links = new PoolingLinks<T> { ReachesPerRow = Most(shape), RowsPerWindow = kernel.D * kernel.H };
        links.Reaches = (Link*)memory;
        links.Looks = links.Reaches + (data * links.ReachesPerRow);
        links.Counted = (Counts*)(links.Looks + (o.D * o.H * links.RowsPerWindow));
        LongRuns.Clear(links.Counted, data);
        for (long result = 0; result < o.D * o.H; result++)
        {
            Link* looks = links.Looks + (result * links.RowsPerWindow);
            PoolingWindow slices = rows[result].Slices;
            PoolingWindow lines = rows[result].Lines;
            long front = (result / o.H * stride.D) - pad.D;
            long top = (result % o.H * stride.H) - pad.H;
            for (long z = slices.First; z < slices.Last; z++)
            {
                for (long line = lines.First; line < lines.Last; line++)
                {
                    long row = (z * shape.In.H) + line;
                    T tap = T.CreateTruncating((((z - front) * kernel.H) + line - top) * kernel.W);
                    *looks++ = new Link { Offset = row % dataRing * dataPitch, Number = tap };
                    T number = factors ? rows[result].Factor : tap;
                    Counts* counts = links.Counted + row;
                    links.Reaches[(row * links.ReachesPerRow) + counts->Links] = new Link
                    {
                        Offset = result % resultRing * resultPitch,
                        Number = number,
                    };
                    counts->Links++;
                    counts->Last = result + 1;
                }
            }
        }

        return links;
    }

    private static long Most(in PoolingShape shape) =>
        (((shape.Kernel.D - 1) / shape.Stride.D) + 1) * (((shape.Kernel.H - 1) / shape.Stride.H) + 1);

    /// <summary>A row that takes part in a sum or a comparison.</summary>
    internal struct Link
    {
        /// <summary>Where it starts, in elements.</summary>
        public long Offset;

        /// <summary>Its factor, or the number of its first tap.</summary>
        public T Number;
    }

    /// <summary>What is known of a row of data.</summary>
    internal struct Counts
    {
        /// <summary>Rows of windows that reach it.</summary>
        public long Links;

        /// <summary>One past the last of them.</summary>
        public long Last;
    }
}
