using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// Local response normalisation across channels (Krizhevsky et al., "ImageNet Classification with Deep Convolutional
/// Neural Networks", 2012): y = x / norm^beta, norm = offset + alpha / window * (sum of squares of the channels around).
/// </summary>
/// <param name="Batch">Number of samples.</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="Inner">Positions of a channel.</param>
/// <param name="Window">Number of neighbouring channels, the channel itself included.</param>
/// <param name="Alpha">The weight of the squares.</param>
/// <param name="Beta">The power.</param>
/// <param name="Offset">Added to the weighted squares.</param>
public readonly unsafe record struct LocalResponse(
    long Batch,
    long Channels,
    long Inner,
    long Window,
    double Alpha,
    double Beta,
    double Offset
)
{
    /// <summary>Positions handled together at most: those of all channels of a window stay in the first cache.</summary>
    private const long TileElements = 4096;

    /// <summary>Positions handled together: equal parts of a channel, whole registers.</summary>
    internal long Tile
    {
        get
        {
            long tiles = (Inner + TileElements - 1) / TileElements;
            return ((Inner + tiles - 1) / tiles + 15) & ~15L;
        }
    }

    internal double Weight => Alpha / Window;

    /// <summary>The norm of each element, and y = x / norm^beta, or y += that.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="x">The data (N, C, inner).</param>
    /// <param name="norm">The norms.</param>
    /// <param name="y">The result; null leaves it out.</param>
    /// <param name="accumulate">Add to what y holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public void Forward(DType dtype, void* x, void* norm, void* y, bool accumulate) =>
        Run(dtype, null, x, norm, y, accumulate);

    /// <summary>
    /// dx = g / norm^beta - 2 alpha beta / window * x * (sum over the channels around of g x / norm^(beta + 1)).
    /// </summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="g">Gradient of the result.</param>
    /// <param name="x">The data.</param>
    /// <param name="norm">What <see cref="Forward"/> gave.</param>
    /// <param name="dx">Gradient of the data.</param>
    /// <param name="accumulate">Add to what dx holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public void Backward(DType dtype, void* g, void* x, void* norm, void* dx, bool accumulate) =>
        Run(dtype, g, x, norm, dx, accumulate);

    private void Run(DType dtype, void* g, void* x, void* norm, void* y, bool accumulate)
    {
        var call = new Call
        {
            Sizes = this,
            G = g,
            X = x,
            Norm = norm,
            Y = y,
            Accumulate = accumulate,
        };
        long items = Batch * ((Inner + Tile - 1) / Tile);
        switch (dtype)
        {
            case DType.Float32:
                KernelTeam.Default.For(items, 1, &LocalResponseTiles<float>.Run, &call);
                break;
            case DType.Float64:
                KernelTeam.Default.For(items, 1, &LocalResponseTiles<double>.Run, &call);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    internal struct Call
    {
        public LocalResponse Sizes;
        public void* G;
        public void* X;
        public void* Norm;
        public void* Y;
        public bool Accumulate;
    }
}
