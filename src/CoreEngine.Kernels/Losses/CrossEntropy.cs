using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>What classification losses ask of their labels.</summary>
public static unsafe class CrossEntropy
{
    /// <summary>The sum over all rows of <c>-log(p[label])</c>, from the logarithms of the probabilities.</summary>
    /// <param name="dtype">float32 or float64, the type of both arrays.</param>
    /// <param name="logarithms">Rows of logarithms of probabilities.</param>
    /// <param name="labels">The class of each row, counted from 0; one that names no class counts nothing.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static double Sum(DType dtype, void* logarithms, void* labels, long rows, long classes) =>
        dtype switch
        {
            DType.Float32 => Sum((float*)logarithms, (float*)labels, rows, classes),
            DType.Float64 => Sum((double*)logarithms, (double*)labels, rows, classes),
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed."),
        };

    /// <summary>Number of labels whose whole part is not that of <paramref name="ignored"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static long CountValid(DType dtype, void* labels, long count, double ignored) =>
        dtype switch
        {
            DType.Float32 => CountValid((float*)labels, count, ignored),
            DType.Float64 => CountValid((double*)labels, count, ignored),
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed."),
        };

    private static double Sum<T>(T* logarithms, T* labels, long rows, long classes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0;
        for (long row = 0; row < rows; row++)
        {
            T label = T.Truncate(labels[row]);
            // NaN and infinities are no class.
            if (label >= T.Zero && label < T.CreateTruncating(classes))
                sum -= double.CreateTruncating(logarithms[(row * classes) + long.CreateTruncating(label)]);
        }

        return sum;
    }

    private static long CountValid<T>(T* labels, long count, double ignored)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T skipped = T.Truncate(T.CreateTruncating(ignored));
        long valid = 0;
        for (long i = 0; i < count; i++)
        {
            valid += T.Truncate(labels[i]) == skipped ? 0 : 1;
        }

        return valid;
    }
}
