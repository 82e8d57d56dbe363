namespace CoreEngine.Kernels;

/// <summary>What a fused convolution does to each value last. NaN stays NaN.</summary>
public enum ConvolutionActivation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, 0), limit).</summary>
    ClippedRelu,
}
