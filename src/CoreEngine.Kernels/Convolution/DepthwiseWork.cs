namespace CoreEngine.Kernels;

/// <summary>
/// One pass of a depthwise convolution: windows moved over the planes of a source, with the geometry of that pass, which
/// for the data's gradient is not the convolution's own.
/// </summary>
internal unsafe struct DepthwiseWork<T>
    where T : unmanaged
{
    /// <summary>Number of images.</summary>
    public long Batch;

    /// <summary>Channels of the data.</summary>
    public long Groups;

    /// <summary>Channels of the result for each of the data.</summary>
    public long Multiplier;

    /// <summary>A plane that windows move over.</summary>
    public Extents Source;

    /// <summary>A plane of windows.</summary>
    public Extents Windows;

    /// <summary>Size of the window.</summary>
    public Extents Kernel;

    /// <summary>Steps of the window.</summary>
    public Extents Stride;

    /// <summary>Distance of the window's taps.</summary>
    public Extents Dilate;

    /// <summary>Zeros before the source; below 0 it is cropped.</summary>
    public Extents Pad;

    public T* From;
    public T* Weight;
    public T* Bias;
    public T* To;
    public bool Accumulate;

    /// <summary>Results are bounded by 0 and <see cref="High"/>.</summary>
    public bool Clamps;

    /// <summary>See <see cref="Clamps"/>.</summary>
    public T High;

    /// <summary>The source is the result's gradient, the window is mirrored, and several sources make one result.</summary>
    public bool Backward;

    internal DepthwiseWork(in ConvolutionShape shape)
    {
        Batch = shape.Batch;
        Groups = shape.Groups;
        Multiplier = shape.GroupOut;
        Source = shape.In;
        Windows = shape.Out;
        Kernel = shape.Kernel;
        Stride = shape.Stride;
        Dilate = shape.Dilate;
        Pad = shape.Pad;
    }
}
