using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// The derivative of one-against-all hinge losses: each class is a binary problem whose target is 1 for the label's class
/// and -1 for all others.
/// </summary>
public static unsafe class HingeLoss
{
    /// <summary>Computes the gradient of the scores.</summary>
    /// <param name="dtype">float32 or float64, the type of all arrays.</param>
    /// <param name="scores">Rows of scores, one per class.</param>
    /// <param name="labels">The class of each row, counted from 0; fractions are cut off.</param>
    /// <param name="gradient">The output; it must not be the scores.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="margin">How far beyond 0 a score shall be.</param>
    /// <param name="weight">What the gradient is multiplied with.</param>
    /// <param name="isSquared">Whether the loss is the square of what lacks to the margin.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static void Gradient(
        DType dtype,
        void* scores,
        void* labels,
        void* gradient,
        long rows,
        long classes,
        double margin,
        double weight,
        bool isSquared
    )
    {
        var negatives = new NegativeClass(margin, weight, isSquared);
        Elementwise.Unary(negatives, dtype, scores, gradient, rows * classes);
        switch (dtype)
        {
            case DType.Float32:
                Positives((float*)scores, (float*)labels, (float*)gradient, rows, classes, margin, weight, isSquared);
                break;
            case DType.Float64:
                Positives(
                    (double*)scores,
                    (double*)labels,
                    (double*)gradient,
                    rows,
                    classes,
                    margin,
                    weight,
                    isSquared
                );
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private static void Positives<T>(
        T* scores,
        T* labels,
        T* gradient,
        long rows,
        long classes,
        double margin,
        double weight,
        bool isSquared
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T border = T.CreateTruncating(margin);
        T slope = T.CreateTruncating(isSquared ? 2 * weight : weight);
        for (long row = 0; row < rows; row++)
        {
            T label = T.Truncate(labels[row]);
            if (!(label >= T.Zero && label < T.CreateTruncating(classes)))
                continue;
            long place = (row * classes) + long.CreateTruncating(label);
            T missing = border - scores[place];
            gradient[place] = missing > T.Zero ? -slope * (isSquared ? missing : T.One) : T.Zero;
        }
    }

    /// <summary>The derivative where the target is -1.</summary>
    private readonly struct NegativeClass(double margin, double weight, bool isSquared) : IUnaryBody
    {
        private readonly double _margin = margin;
        private readonly double _slope = isSquared ? 2 * weight : weight;
        private readonly bool _isSquared = isSquared;

        public V Invoke<V>(V x)
            where V : struct, ISimd<V>
        {
            V missing = V.Constant(_margin) + x;
            V slope = V.Constant(_slope);
            return V.Select(V.Greater(missing, V.Zero), _isSquared ? slope * missing : slope, V.Zero);
        }
    }
}
