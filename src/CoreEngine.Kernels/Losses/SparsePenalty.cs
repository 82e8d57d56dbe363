using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// The penalty of sparse autoencoders: the Kullback-Leibler divergence of each unit's mean activation from a target
/// (Ng, "Sparse autoencoder", lecture notes 2011). Arrays are (batch, units, inner).
/// </summary>
public static unsafe class SparsePenalty
{
    /// <summary><c>average = momentum average + (1 - momentum) mean(y)</c> for each unit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static void Update(DType dtype, void* y, long batch, long units, long inner, double momentum, void* average)
    {
        switch (dtype)
        {
            case DType.Float32:
                Update((float*)y, batch, units, inner, momentum, (float*)average);
                break;
            case DType.Float64:
                Update((double*)y, batch, units, inner, momentum, (double*)average);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    /// <summary><c>dx = g + penalty ((1 - target) / (1 - average) - target / average)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static void Gradient(
        DType dtype,
        void* g,
        void* average,
        long batch,
        long units,
        long inner,
        double target,
        double penalty,
        void* dx,
        bool accumulate
    )
    {
        switch (dtype)
        {
            case DType.Float32:
                Gradient((float*)g, (float*)average, batch, units, inner, target, penalty, (float*)dx, accumulate);
                break;
            case DType.Float64:
                Gradient((double*)g, (double*)average, batch, units, inner, target, penalty, (double*)dx, accumulate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private static void Update<T>(T* y, long batch, long units, long inner, double momentum, T* average)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long unit = 0; unit < units; unit++)
        {
            double sum = 0;
            for (long b = 0; b < batch; b++)
            {
                T* values = y + (((b * units) + unit) * inner);
                for (long i = 0; i < inner; i++)
                {
                    sum += double.CreateTruncating(values[i]);
                }
            }

            double before = double.CreateTruncating(average[unit]);
            average[unit] = T.CreateTruncating((momentum * before) + ((1 - momentum) * sum / (batch * inner)));
        }
    }

    private static void Gradient<T>(
        T* g,
        T* average,
        long batch,
        long units,
        long inner,
        double target,
        double penalty,
        T* dx,
        bool accumulate
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long plane = 0; plane < batch * units; plane++)
        {
            double mean = double.CreateTruncating(average[plane % units]);
            T added = T.CreateTruncating(penalty * (((1 - target) / (1 - mean)) - (target / mean)));
            for (long i = plane * inner; i < (plane + 1) * inner; i++)
            {
                T value = g[i] + added;
                dx[i] = accumulate ? dx[i] + value : value;
            }
        }
    }
}
