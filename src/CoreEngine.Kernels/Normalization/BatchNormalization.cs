namespace CoreEngine.Kernels;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy, 2015): y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, one mean and
/// variance for each channel, and its gradients.
/// </summary>
/// <remarks>
/// Data is seen as (outer, channels, inner). Parameters and statistics are float64 for float64 data, and float32 for
/// float32 and float16 data. Sums are taken in two passes over blocks, which are put together in float64 in an order that
/// does not depend on the number of threads. Variances are biased (divided by the number of values), as in MXNet.
/// </remarks>
public static unsafe class BatchNormalization
{
    /// <summary>The mean and the biased variance of each channel.</summary>
    /// <param name="dtype">Type of the data: float32, float64 or float16.</param>
    /// <param name="outer">Product of the extents before the channels.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="inner">Product of the extents behind the channels.</param>
    /// <param name="x">Data.</param>
    /// <param name="mean">Result, one for each channel, in the parameters' type.</param>
    /// <param name="variance">Result, one for each channel, in the parameters' type.</param>
    /// <exception cref="ArgumentException">An extent is below 1 or the type is not a floating-point type.</exception>
    public static void Moments(
        DType dtype,
        long outer,
        long channels,
        long inner,
        void* x,
        void* mean,
        void* variance
    ) => Train(dtype, outer, channels, inner, x, null, null, 0, mean, variance, null, accumulate: false);

    /// <summary>
    /// The moments of each channel, and y = normalised data, or y += that, while the channel is still in a cache.
    /// </summary>
    /// <param name="dtype">Type of data and result: float32, float64 or float16.</param>
    /// <param name="outer">Product of the extents before the channels.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="inner">Product of the extents behind the channels.</param>
    /// <param name="x">Data.</param>
    /// <param name="gamma">Factors, in the parameters' type; null means 1.</param>
    /// <param name="beta">Offsets, in the parameters' type; null means 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="mean">Result, one for each channel, in the parameters' type.</param>
    /// <param name="variance">Result, one for each channel, in the parameters' type.</param>
    /// <param name="y">Result; null leaves it out. It may be x unless accumulating.</param>
    /// <param name="accumulate">Add to what y holds.</param>
    /// <exception cref="ArgumentException">An extent is below 1 or the type is not a floating-point type.</exception>
    public static void Train(
        DType dtype,
        long outer,
        long channels,
        long inner,
        void* x,
        void* gamma,
        void* beta,
        double epsilon,
        void* mean,
        void* variance,
        void* y,
        bool accumulate
    )
    {
        Check(dtype, outer, channels, inner);
        switch (dtype)
        {
            case DType.Float32:
                Train<float, float>(outer, channels, inner, x, gamma, beta, epsilon, mean, variance, y, accumulate);
                break;
            case DType.Float64:
                Train<double, double>(outer, channels, inner, x, gamma, beta, epsilon, mean, variance, y, accumulate);
                break;
            default:
                Train<Half, float>(outer, channels, inner, x, gamma, beta, epsilon, mean, variance, y, accumulate);
                break;
        }
    }

    private static void Train<T, P>(
        long outer,
        long channels,
        long inner,
        void* x,
        void* gamma,
        void* beta,
        double epsilon,
        void* mean,
        void* variance,
        void* y,
        bool accumulate
    )
        where T : unmanaged, System.Numerics.INumber<T>
        where P : unmanaged, System.Numerics.INumber<P> =>
        BatchNormLoops<T, P>.Train(
            outer,
            channels,
            inner,
            (T*)x,
            (P*)gamma,
            (P*)beta,
            epsilon,
            (P*)mean,
            (P*)variance,
            (T*)y,
            accumulate
        );

    /// <summary>y = normalised data with the given statistics, or y += that. y may be x unless accumulating.</summary>
    /// <param name="dtype">Type of data and result: float32, float64 or float16.</param>
    /// <param name="outer">Product of the extents before the channels.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="inner">Product of the extents behind the channels.</param>
    /// <param name="x">Data.</param>
    /// <param name="gamma">Factors, in the parameters' type; null means 1.</param>
    /// <param name="beta">Offsets, in the parameters' type; null means 0.</param>
    /// <param name="mean">Means: of the batch in training, the moving ones in prediction.</param>
    /// <param name="variance">Variances, likewise.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="y">Result.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <exception cref="ArgumentException">An extent is below 1 or the type is not a floating-point type.</exception>
    public static void Forward(
        DType dtype,
        long outer,
        long channels,
        long inner,
        void* x,
        void* gamma,
        void* beta,
        void* mean,
        void* variance,
        double epsilon,
        void* y,
        bool accumulate
    )
    {
        Check(dtype, outer, channels, inner);
        switch (dtype)
        {
            case DType.Float32:
                BatchNormLoops<float, float>.Forward(
                    outer,
                    channels,
                    inner,
                    (float*)x,
                    (float*)gamma,
                    (float*)beta,
                    (float*)mean,
                    (float*)variance,
                    epsilon,
                    (float*)y,
                    accumulate
                );
                break;
            case DType.Float64:
                BatchNormLoops<double, double>.Forward(
                    outer,
                    channels,
                    inner,
                    (double*)x,
                    (double*)gamma,
                    (double*)beta,
                    (double*)mean,
                    (double*)variance,
                    epsilon,
                    (double*)y,
                    accumulate
                );
                break;
            default:
                BatchNormLoops<Half, float>.Forward(
                    outer,
                    channels,
                    inner,
                    (Half*)x,
                    (float*)gamma,
                    (float*)beta,
                    (float*)mean,
                    (float*)variance,
                    epsilon,
                    (Half*)y,
                    accumulate
                );
                break;
        }
    }

    /// <summary>The gradients of data, gamma and beta; a null target is left out.</summary>
    /// <param name="dtype">Type of data, result's gradient and data's gradient: float32, float64 or float16.</param>
    /// <param name="outer">Product of the extents before the channels.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="inner">Product of the extents behind the channels.</param>
    /// <param name="x">Data.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="gamma">As in the forward pass; null means 1.</param>
    /// <param name="mean">As in the forward pass.</param>
    /// <param name="variance">As in the forward pass.</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="batchStatistics">The statistics are those of the data, so the gradient flows through them; false when they are constants.</param>
    /// <param name="dx">Gradient of the data; may be <paramref name="dy"/> unless accumulating.</param>
    /// <param name="accumulateData">Add to what dx holds.</param>
    /// <param name="dgamma">Gradient of the factors, in the parameters' type.</param>
    /// <param name="accumulateGamma">Add to what dgamma holds.</param>
    /// <param name="dbeta">Gradient of the offsets, in the parameters' type.</param>
    /// <param name="accumulateBeta">Add to what dbeta holds.</param>
    /// <exception cref="ArgumentException">An extent is below 1 or the type is not a floating-point type.</exception>
    public static void Backward(
        DType dtype,
        long outer,
        long channels,
        long inner,
        void* x,
        void* dy,
        void* gamma,
        void* mean,
        void* variance,
        double epsilon,
        bool batchStatistics,
        void* dx,
        bool accumulateData,
        void* dgamma,
        bool accumulateGamma,
        void* dbeta,
        bool accumulateBeta
    )
    {
        Check(dtype, outer, channels, inner);
        switch (dtype)
        {
            case DType.Float32:
                BatchNormLoops<float, float>.Backward(
                    outer,
                    channels,
                    inner,
                    (float*)x,
                    (float*)dy,
                    (float*)gamma,
                    (float*)mean,
                    (float*)variance,
                    epsilon,
                    batchStatistics,
                    (float*)dx,
                    accumulateData,
                    (float*)dgamma,
                    accumulateGamma,
                    (float*)dbeta,
                    accumulateBeta
                );
                break;
            case DType.Float64:
                BatchNormLoops<double, double>.Backward(
                    outer,
                    channels,
                    inner,
                    (double*)x,
                    (double*)dy,
                    (double*)gamma,
                    (double*)mean,
                    (double*)variance,
                    epsilon,
                    batchStatistics,
                    (double*)dx,
                    accumulateData,
                    (double*)dgamma,
                    accumulateGamma,
                    (double*)dbeta,
                    accumulateBeta
                );
                break;
            default:
                BatchNormLoops<Half, float>.Backward(
                    outer,
                    channels,
                    inner,
                    (Half*)x,
                    (Half*)dy,
                    (float*)gamma,
                    (float*)mean,
                    (float*)variance,
                    epsilon,
                    batchStatistics,
                    (Half*)dx,
                    accumulateData,
                    (float*)dgamma,
                    accumulateGamma,
                    (float*)dbeta,
                    accumulateBeta
                );
                break;
        }
    }

    private static void Check(DType dtype, long outer, long channels, long inner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outer, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inner, 1);
        if (!dtype.IsFloat())
        {
            throw new ArgumentException(
                $"Batch normalisation computes with float32, float64 and float16, not {dtype.Name()}.",
                nameof(dtype)
            );
        }
    }
}
