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
    private const long ElementsPerThread = 8192;

    /// <summary>Positions handled together at most: those of a window's channels stay in the second cache.</summary>
    internal const long LongestTile = 4096;

    /// <summary>
    /// Positions of the gradient handled together: equal parts of a channel, whole registers. Few samples are cut finer, so that
    /// threads have work.
    /// </summary>
    internal long Tile
    {
        get
        {
            long most = Batch >= 4 ? LongestTile : 768;
            long tiles = (Inner + most - 1) / most;
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
        bool single = dtype switch
        {
            DType.Float32 => true,
            DType.Float64 => false,
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed."),
        };
        if (g == null)
        {
            KernelTeam.Default.For(
                Batch * Channels,
                Math.Max(1, ElementsPerThread / Math.Max(1, Inner)),
                single ? &LocalResponseTiles<float>.Forward : &LocalResponseTiles<double>.Forward,
                &call
            );
        }
        else if (Inner > 0)
        {
            KernelTeam.Default.For(
                Batch * ((Inner + Tile - 1) / Tile),
                1,
                single ? &LocalResponseTiles<float>.Backward : &LocalResponseTiles<double>.Backward,
                &call
            );
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
