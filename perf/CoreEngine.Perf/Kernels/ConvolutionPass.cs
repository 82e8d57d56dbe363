namespace CoreEngine.Perf;

/// <summary>What is computed from two of a convolution's three arrays.</summary>
internal enum ConvolutionPass
{
    /// <summary>The result, from data and weights.</summary>
    Forward,

    /// <summary>The gradient of the data, from that of the result and the weights.</summary>
    BackwardData,

    /// <summary>The gradient of the weights, from the data and the gradient of the result.</summary>
    BackwardWeight,
}
