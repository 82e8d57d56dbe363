namespace CoreEngine.Kernels;

/// <summary>What follows a convolution while its result is still in the cache: y = activation(convolution + bias + residual).</summary>
public readonly unsafe struct ConvolutionEpilogue
{
    /// <summary>One value for each output channel, or null.</summary>
    public void* Bias { get; init; }

    /// <summary>An array of the result's shape that is added, or null. It may be the result itself, which then is added to.</summary>
    public void* Residual { get; init; }

    /// <summary>The activation.</summary>
    public ConvolutionActivation Activation { get; init; }

    /// <summary>The upper limit of <see cref="ConvolutionActivation.ClippedRelu"/>.</summary>
    public double Limit { get; init; }
}
