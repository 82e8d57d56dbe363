using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// A convolution over images whose window is bent at every place: each tap is moved by an offset that the network has
/// learned, and reads between the pixels (Dai et al., "Deformable Convolutional Networks", 2017).
/// </summary>
/// <remarks>
/// Tile by tile, what the taps read becomes the columns of a matrix that the weights multiply. Where the taps of a tile read
/// is found out once for all channels. Offsets are (batch, 2 sets taps, height, width of the result): for each set and tap
/// the one downwards, then the one to the right.
/// </remarks>
/// <param name="Shape">The geometry, in two dimensions; planes have at most 2^31 - 1 pixels.</param>
/// <param name="Sets">Sets of offsets, which divide the channels evenly among them.</param>
public readonly unsafe record struct DeformableConvolution(ConvolutionShape Shape, long Sets)
{
    /// <summary>Columns that the caches hold until they are multiplied.</summary>
    private const long TileBytes = 2 << 20;

    private const long LeastTile = 64;

    private long Taps => Shape.Kernel.Product;

    private long Depth => Shape.InChannels * Taps;

    private long Positions => Shape.Out.Product;

    private long Tile(int itemSize) =>
        Math.Min(Positions, Math.Max(LeastTile, TileBytes / (Depth * itemSize) / LeastTile * LeastTile));

    /// <summary>Bytes of scratch memory that <see cref="Forward"/> and <see cref="Backward"/> need.</summary>
    public long Scratch(DType dtype)
    {
        int size = dtype.ItemSize();
        long tile = Tile(size);
        long places = checked(Sets * Taps * tile);
        long tables =
            size == sizeof(float) ? DeformedPlaces<float>.Bytes(places) : DeformedPlaces<double>.Bytes(places);
        return checked(ColumnBytes(size) + tables);
    }

    private long ColumnBytes(int itemSize) => checked((Depth * Tile(itemSize) * itemSize) + 63) & ~63L;

    /// <summary>The convolution.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="data">The images.</param>
    /// <param name="offsets">How far each tap is moved at each position.</param>
    /// <param name="weight">The weights (result's channels, data's channels / groups, height, width of the window).</param>
    /// <param name="bias">One number per channel of the result, or null.</param>
    /// <param name="y">The result.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Forward(
        DType dtype,
        void* data,
        void* offsets,
        void* weight,
        void* bias,
        void* y,
        bool accumulate,
        void* scratch
    )
    {
        switch (dtype)
        {
            case DType.Float32:
                Forward<float>(data, offsets, weight, bias, y, accumulate, scratch);
                break;
            case DType.Float64:
                Forward<double>(data, offsets, weight, bias, y, accumulate, scratch);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary>The gradients of data, offsets and weights; those that are null are not computed.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="g">The result's gradient.</param>
    /// <param name="data">The images.</param>
    /// <param name="offsets">How far each tap is moved at each position.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="gradients">Where the gradients go, and which are added to what is there.</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Backward(
        DType dtype,
        void* g,
        void* data,
        void* offsets,
        void* weight,
        in DeformableGradients gradients,
        void* scratch
    )
    {
        switch (dtype)
        {
            case DType.Float32:
                Backward<float>(g, data, offsets, weight, gradients, scratch);
                break;
            case DType.Float64:
                Backward<double>(g, data, offsets, weight, gradients, scratch);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private void Forward<T>(
        void* data,
        void* offsets,
        void* weight,
        void* bias,
        void* y,
        bool accumulate,
        void* scratch
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (bias != null)
            PutBias((T*)bias, (T*)y, accumulate);
        double before = accumulate || bias != null ? 1 : 0;
        (long filters, long depth) = (Shape.GroupOut, Shape.Taps);
        for (long image = 0; image < Shape.Batch; image++)
        {
            for (long start = 0; start < Positions; start += Tile(sizeof(T)))
            {
                DeformedTile<T> tile = TileAt<T>(image, start, data, offsets, scratch);
                tile.FindPlaces();
                tile.FillColumns();
                Gemm.Batched(
                    DTypes.Of<T>(),
                    transA: false,
                    transB: false,
                    Shape.Groups,
                    filters,
                    tile.Count,
                    depth,
                    alpha: 1,
                    weight,
                    depth,
                    filters * depth,
                    tile.Columns,
                    tile.Count,
                    depth * tile.Count,
                    before,
                    (T*)y + (image * Shape.OutChannels * Positions) + start,
                    Positions,
                    filters * Positions
                );
            }
        }
    }

    private void Backward<T>(
        void* g,
        void* data,
        void* offsets,
        void* weight,
        in DeformableGradients gradients,
        void* scratch
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        DType dtype = DTypes.Of<T>();
        long offsetCount = 2 * Sets * Taps * Positions;
        (long filters, long depth) = (Shape.GroupOut, Shape.Taps);
        if (gradients.Data != null && !gradients.AddData)
            Elementwise.Fill(dtype, 0, gradients.Data, Shape.DataSize);
        if (gradients.Offsets != null && !gradients.AddOffsets)
            Elementwise.Fill(dtype, 0, gradients.Offsets, Shape.Batch * offsetCount);
        bool addWeight = gradients.AddWeight;
        for (long image = 0; image < Shape.Batch; image++)
        {
            for (long start = 0; start < Positions; start += Tile(sizeof(T)))
            {
                DeformedTile<T> tile = TileAt<T>(image, start, data, offsets, scratch);
                void* gradient = (T*)g + (image * Shape.OutChannels * Positions) + start;
                tile.FindPlaces();
                if (gradients.Data != null || gradients.Offsets != null)
                {
                    Gemm.Batched(
                        dtype,
                        transA: true,
                        transB: false,
                        Shape.Groups,
                        depth,
                        tile.Count,
                        filters,
                        alpha: 1,
                        weight,
                        depth,
                        filters * depth,
                        gradient,
                        Positions,
                        filters * Positions,
                        beta: 0,
                        tile.Columns,
                        tile.Count,
                        depth * tile.Count
                    );
                    if (gradients.Offsets != null)
                        tile.AddSlopes((T*)gradients.Offsets + (image * offsetCount));
                    if (gradients.Data != null)
                        tile.SpreadColumns((T*)gradients.Data + (image * Shape.InChannels * Shape.In.Product));
                }

                if (gradients.Weight == null)
                    continue;
                tile.FillColumns();
                Gemm.Batched(
                    dtype,
                    transA: false,
                    transB: true,
                    Shape.Groups,
                    filters,
                    depth,
                    tile.Count,
                    alpha: 1,
                    gradient,
                    Positions,
                    filters * Positions,
                    tile.Columns,
                    tile.Count,
                    depth * tile.Count,
                    beta: addWeight ? 1 : 0,
                    gradients.Weight,
                    depth,
                    filters * depth
                );
                addWeight = true;
            }
        }
    }

    private DeformedTile<T> TileAt<T>(long image, long start, void* data, void* offsets, void* scratch)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long tile = Tile(sizeof(T));
        return new DeformedTile<T>
        {
            Shape = Shape,
            Sets = Sets,
            Start = start,
            Count = Math.Min(tile, Positions - start),
            Data = (T*)data + (image * Shape.InChannels * Shape.In.Product),
            Offsets = (T*)offsets + (image * 2 * Sets * Taps * Positions),
            Columns = (T*)scratch,
            Places = new DeformedPlaces<T>((byte*)scratch + ColumnBytes(sizeof(T)), Sets * Taps * tile),
        };
    }

    private void PutBias<T>(T* bias, T* y, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long positions = Positions;
        for (long plane = 0; plane < Shape.Batch * Shape.OutChannels; plane++)
        {
            T value = bias[plane % Shape.OutChannels];
            for (T* at = y + (plane * positions); at < y + ((plane + 1) * positions); at++)
            {
                *at = accumulate ? *at + value : value;
            }
        }
    }
}
