namespace CoreEngine.Kernels;

/// <summary>The ways to compute a forward convolution.</summary>
internal enum ForwardAlgorithm
{
    /// <summary>Weights times the window matrix, which is packed from the image.</summary>
    Product,

    /// <summary>One channel at a time, see <see cref="DepthwiseLoops{T}"/>.</summary>
    Depthwise,

    /// <summary>F(2 x 2, 3 x 3), see <see cref="Winograd{TTile}"/>.</summary>
    Winograd2,

    /// <summary>F(4 x 4, 3 x 3).</summary>
    Winograd4,
}

/// <summary>The choice between the algorithms: by the shape alone, so that a result never depends on threads or timing.</summary>
internal static class ForwardChoice
{
    private static readonly bool s_allowsWinograd = Environment.GetEnvironmentVariable("COREENGINE_WINOGRAD") != "0";

    /// <summary>Whether this processor has the vectors that the transforms are made of.</summary>
    internal static bool SupportsWinograd => GemmKernels<float>.Best.Columns % LaneTransposition.Lanes == 0;

    /// <summary>Whether the shape is one that minimal filtering computes, fast or not.</summary>
    internal static bool FitsWinograd(in ConvolutionShape shape) =>
        shape.Groups == 1
        && shape.Kernel == new Extents(1, 3, 3)
        && shape.Stride == Extents.One
        && shape.Dilate == Extents.One
        && shape.In.D == 1
        && shape.Pad.D == 0;

    /// <summary>
    /// The algorithm for float32. Weights that are not prepared are transformed in each call, for all of the batch; prepared
    /// ones serve batches of any size, so the batch has no influence on their algorithm.
    /// </summary>
    internal static ForwardAlgorithm For(in ConvolutionShape shape, bool prepared)
    {
        bool possible = s_allowsWinograd && SupportsWinograd && FitsWinograd(shape);
        if (!possible || shape.InChannels < 16 || shape.OutChannels < 16)
        {
            return ForwardAlgorithm.Product;
        }

        ConvolutionShape one = prepared ? shape with { Batch = 1 } : shape;
        double plain = 9.0 * one.OutSize * one.InChannels / ProductsPerCycle;
        double by2 = Cycles(one, Winograd<WinogradTile2>.Tiles(one), 16, 6, 5, prepared);
        double by4 = Cycles(one, Winograd<WinogradTile4>.Tiles(one), 36, 16, 13, prepared);
        return plain <= Math.Min(by2, by4) ? ForwardAlgorithm.Product
            : by4 <= by2 ? ForwardAlgorithm.Winograd4
            : ForwardAlgorithm.Winograd2;
    }

    private const double ProductsPerCycle = 14;

    /// <summary>Measured: cycles of the products, of the transforms of one channel of a tile, and of weights.</summary>
    private static double Cycles(
        in ConvolutionShape shape,
        double tiles,
        double points,
        double data,
        double result,
        bool prepared
    )
    {
        double weights = (double)shape.InChannels * shape.OutChannels;
        double products = tiles * points * weights / ProductsPerCycle;
        double transforms = tiles * ((data * shape.InChannels) + (result * shape.OutChannels));

        // Reading transformed weights is bound by memory where they meet few tiles; making them is, too.
        double traffic = points * weights * (prepared ? 0.25 : 0.75);
        return products + transforms + traffic;
    }
}
