namespace CoreEngine.Kernels;

/// <summary>Softmax and log-softmax over any axis, their gradients, and the gradient of their cross-entropy with labels.</summary>
/// <remarks>
/// Data is seen as (outer, classes, inner) and normalised over the classes. The largest value is subtracted first, so
/// nothing overflows; a row that holds +infinity or NaN becomes NaN. float16 is computed in float32.
/// </remarks>
public static unsafe class Softmax
{
    /// <summary>y = softmax(x / temperature) or its logarithm, or y += that. y may be x unless accumulating.</summary>
    /// <param name="dtype">float32, float64 or float16.</param>
    /// <param name="outer">Product of the extents before the axis.</param>
    /// <param name="classes">Extent of the axis.</param>
    /// <param name="inner">Product of the extents behind the axis.</param>
    /// <param name="x">Data.</param>
    /// <param name="temperature">Divides the data.</param>
    /// <param name="logarithm">Compute the logarithm of the softmax.</param>
    /// <param name="y">Result.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <exception cref="ArgumentException">An extent is negative or the type is not a floating-point type.</exception>
    public static void Forward(
        DType dtype,
        long outer,
        long classes,
        long inner,
        void* x,
        double temperature,
        bool logarithm,
        void* y,
        bool accumulate
    )
    {
        var work = new SoftmaxWork(dtype, outer, classes, inner)
        {
            X = (byte*)x,
            Y = (byte*)y,
            Scale = 1 / temperature,
            Logarithm = logarithm,
            Accumulate = accumulate,
        };
        work.Run(backward: false);
    }

    /// <summary>The gradient of the data from the result and its gradient: dx = that, or dx += that.</summary>
    /// <param name="dtype">float32, float64 or float16.</param>
    /// <param name="outer">Product of the extents before the axis.</param>
    /// <param name="classes">Extent of the axis.</param>
    /// <param name="inner">Product of the extents behind the axis.</param>
    /// <param name="y">What <see cref="Forward"/> gave.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="temperature">As in the forward pass.</param>
    /// <param name="logarithm">As in the forward pass.</param>
    /// <param name="dx">Gradient of the data; may be <paramref name="dy"/> unless accumulating.</param>
    /// <param name="accumulate">Add to what dx holds.</param>
    /// <exception cref="ArgumentException">An extent is negative or the type is not a floating-point type.</exception>
    public static void Backward(
        DType dtype,
        long outer,
        long classes,
        long inner,
        void* y,
        void* dy,
        double temperature,
        bool logarithm,
        void* dx,
        bool accumulate
    )
    {
        var work = new SoftmaxWork(dtype, outer, classes, inner)
        {
            X = (byte*)y,
            Dy = (byte*)dy,
            Y = (byte*)dx,
            Scale = 1 / temperature,
            Logarithm = logarithm,
            Accumulate = accumulate,
        };
        work.Run(backward: true);
    }

    /// <summary>
    /// The gradient of cross-entropy through a softmax: dx = scale * (p - target), or dx += that, where the target is 1
    /// for the label's class and 0 for the others, smoothed on request.
    /// </summary>
    /// <param name="dtype">Type of all arrays: float32, float64 or float16.</param>
    /// <param name="outer">Product of the extents before the axis.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="inner">Product of the extents behind the axis.</param>
    /// <param name="p">The probabilities, (outer, classes, inner).</param>
    /// <param name="label">The class of each position as a number, (outer, inner). One outside the range has target 0 everywhere.</param>
    /// <param name="scale">Factor of the gradient.</param>
    /// <param name="ignore">Positions with this label get gradient 0; null ignores none.</param>
    /// <param name="smoothing">Share of the target that is spread evenly over the other classes.</param>
    /// <param name="dx">Gradient of the data.</param>
    /// <param name="accumulate">Add to what dx holds.</param>
    /// <exception cref="ArgumentException">An extent is negative or the type is not a floating-point type.</exception>
    public static void LabelGradient(
        DType dtype,
        long outer,
        long classes,
        long inner,
        void* p,
        void* label,
        double scale,
        double? ignore,
        double smoothing,
        void* dx,
        bool accumulate
    )
    {
        Check(dtype, outer, classes, inner);
        switch (dtype)
        {
            case DType.Float32:
                LabelLoops<float>.Gradient(
                    outer,
                    classes,
                    inner,
                    (float*)p,
                    (float*)label,
                    scale,
                    ignore,
                    smoothing,
                    (float*)dx,
                    accumulate
                );
                break;
            case DType.Float64:
                LabelLoops<double>.Gradient(
                    outer,
                    classes,
                    inner,
                    (double*)p,
                    (double*)label,
                    scale,
                    ignore,
                    smoothing,
                    (double*)dx,
                    accumulate
                );
                break;
            default:
                LabelLoops<Half>.Gradient(
                    outer,
                    classes,
                    inner,
                    (Half*)p,
                    (Half*)label,
                    scale,
                    ignore,
                    smoothing,
                    (Half*)dx,
                    accumulate
                );
                break;
        }
    }

    internal static void Check(DType dtype, long outer, long classes, long inner)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outer);
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        ArgumentOutOfRangeException.ThrowIfNegative(inner);
        if (!dtype.IsFloat())
        {
            throw new ArgumentException(
                $"Softmax computes with float32, float64 and float16, not {dtype.Name()}.",
                nameof(dtype)
            );
        }
    }
}
