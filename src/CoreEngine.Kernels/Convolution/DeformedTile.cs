using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Some positions of one image's result, and the columns that the taps of the deformed window read there: a matrix of
/// (channels x taps) rows.
/// </summary>
internal unsafe struct DeformedTile<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const long Grain = 4096;

    internal ConvolutionShape Shape;
    internal long Sets;

    /// <summary>The first position.</summary>
    internal long Start;

    /// <summary>Number of positions.</summary>
    internal long Count;

    /// <summary>The image.</summary>
    internal T* Data;

    /// <summary>The image's offsets.</summary>
    internal T* Offsets;

    internal T* Columns;
    internal DeformedPlaces<T> Places;

    /// <summary>What a stage writes to, beside the columns.</summary>
    private T* _gradient;

    private readonly long Taps => Shape.Kernel.Product;

    private readonly long Positions => Shape.Out.Product;

    /// <summary>Finds out where the taps read.</summary>
    internal void FindPlaces() => Run(Sets * Taps * Count, Grain / 4, &FindPlaces);

    /// <summary>Reads the image there.</summary>
    internal void FillColumns() => Run(Shape.InChannels * Taps, Grain / Count, &FillColumns);

    /// <summary>Adds the columns to an image of gradients where the taps have read.</summary>
    internal void SpreadColumns(T* gradient)
    {
        _gradient = gradient;
        Run(Shape.InChannels, Grain / (Taps * Count), &SpreadColumns);
    }

    /// <summary>Adds to an image's gradients of offsets how much the columns, times what they hold, change with each.</summary>
    internal void AddSlopes(T* gradient)
    {
        _gradient = gradient;
        Run(Sets * Taps * Count, Math.Max(16, Grain * Sets / Shape.InChannels), &AddSlopes);
    }

    private void Run(long items, long grain, delegate* <void*, long, long, void> stage)
    {
        fixed (DeformedTile<T>* tile = &this)
        {
            KernelTeam.Default.For(items, grain, stage, tile);
        }
    }

    /// <summary>Some positions of one tap of one set after the other.</summary>
    private static void FindPlaces(void* state, long start, long end)
    {
        DeformedTile<T> tile = *(DeformedTile<T>*)state;
        ConvolutionShape shape = tile.Shape;
        long resultWidth = shape.Out.W;
        for (long i = start; i < end; )
        {
            (long row, long first) = Math.DivRem(i, tile.Count);
            long last = Math.Min(tile.Count, first + end - i);
            (long tapRow, long tapColumn) = Math.DivRem(row % tile.Taps, shape.Kernel.W);
            long top = (tapRow * shape.Dilate.H) - shape.Pad.H;
            long left = (tapColumn * shape.Dilate.W) - shape.Pad.W;
            T* down = tile.Offsets + (2 * row * tile.Positions) + tile.Start;
            T* right = down + tile.Positions;
            (long y, long x) = Math.DivRem(tile.Start + first, resultWidth);
            for (long p = first; p < last; p++, i++)
            {
                T placeX = T.CreateTruncating((x * shape.Stride.W) + left) + right[p];
                T placeY = T.CreateTruncating((y * shape.Stride.H) + top) + down[p];
                tile.Places.Set(i, placeX, placeY, shape.In.W, shape.In.H);
                if (++x == resultWidth)
                    (x, y) = (0, y + 1);
            }
        }
    }

    /// <summary>One tap of one channel after the other.</summary>
    private static void FillColumns(void* state, long start, long end)
    {
        DeformedTile<T> tile = *(DeformedTile<T>*)state;
        for (long row = start; row < end; row++)
        {
            (long channel, long tap) = Math.DivRem(row, tile.Taps);
            T* plane = tile.Data + (channel * tile.Shape.In.Product);
            tile.Places.Sample(plane, tile.PlacesOf(channel, tap), tile.Columns + (row * tile.Count), tile.Count);
        }
    }

    /// <summary>One channel after the other: no two threads write to the same plane.</summary>
    private static void SpreadColumns(void* state, long start, long end)
    {
        DeformedTile<T> tile = *(DeformedTile<T>*)state;
        for (long channel = start; channel < end; channel++)
        {
            T* plane = tile._gradient + (channel * tile.Shape.In.Product);
            for (long tap = 0; tap < tile.Taps; tap++)
            {
                T* column = tile.Columns + (((channel * tile.Taps) + tap) * tile.Count);
                tile.Places.Spread(plane, tile.PlacesOf(channel, tap), column, tile.Count);
            }
        }
    }

    /// <summary>Some positions of one tap of one set after the other; the channels are summed in order.</summary>
    private static void AddSlopes(void* state, long start, long end)
    {
        DeformedTile<T> tile = *(DeformedTile<T>*)state;
        long channels = tile.Shape.InChannels / tile.Sets;
        for (long i = start; i < end; )
        {
            (long row, long first) = Math.DivRem(i, tile.Count);
            long count = Math.Min(tile.Count - first, end - i);
            (long set, long tap) = Math.DivRem(row, tile.Taps);
            T* down = tile._gradient + (2 * row * tile.Positions) + tile.Start + first;
            for (long channel = set * channels; channel < (set + 1) * channels; channel++)
            {
                T* plane = tile.Data + (channel * tile.Shape.In.Product);
                T* column = tile.Columns + (((channel * tile.Taps) + tap) * tile.Count) + first;
                tile.Places.AddSlopes(plane, i, column, down + tile.Positions, down, count);
            }

            i += count;
        }
    }

    private readonly long PlacesOf(long channel, long tap) =>
        ((channel / (Shape.InChannels / Sets) * Taps) + tap) * Count;
}
