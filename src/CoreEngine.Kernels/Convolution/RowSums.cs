using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Sums over adjacent elements, taken in float64 whatever the type: means and bias gradients need the digits.</summary>
internal static unsafe class RowSums<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>The sum of <paramref name="count"/> elements, in a fixed order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Sum(T* x, long count)
    {
        double total = 0;
        long i = 0;
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            Vector256<double> a = Vector256<double>.Zero;
            Vector256<double> b = Vector256<double>.Zero;
            for (; i + 8 <= count; i += 8)
            {
                (Vector256<double> low, Vector256<double> high) = Wide.Load8(x + i);
                a += low;
                b += high;
            }

            total = Vector256.Sum(a + b);
        }

        for (; i < count; i++)
        {
            total += double.CreateTruncating(x[i]);
        }

        return total;
    }

    /// <summary>The sum of (x - mean)^2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double SumOfSquares(T* x, long count, double mean)
    {
        double total = 0;
        long i = 0;
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            Vector256<double> center = Vector256.Create(mean);
            Vector256<double> a = Vector256<double>.Zero;
            Vector256<double> b = Vector256<double>.Zero;
            for (; i + 8 <= count; i += 8)
            {
                (Vector256<double> low, Vector256<double> high) = Wide.Load8(x + i);
                low -= center;
                high -= center;
                a += low * low;
                b += high * high;
            }

            total = Vector256.Sum(a + b);
        }

        for (; i < count; i++)
        {
            double d = double.CreateTruncating(x[i]) - mean;
            total += d * d;
        }

        return total;
    }

    /// <summary>The sum of y * (x - mean), and the sum of y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (double Products, double Values) SumOfProducts(T* y, T* x, long count, double mean)
    {
        double products = 0;
        double values = 0;
        long i = 0;
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            Vector256<double> center = Vector256.Create(mean);
            Vector256<double> p = Vector256<double>.Zero;
            Vector256<double> q = Vector256<double>.Zero;
            Vector256<double> v = Vector256<double>.Zero;
            Vector256<double> w = Vector256<double>.Zero;
            for (; i + 8 <= count; i += 8)
            {
                (Vector256<double> yLow, Vector256<double> yHigh) = Wide.Load8(y + i);
                (Vector256<double> xLow, Vector256<double> xHigh) = Wide.Load8(x + i);
                p += yLow * (xLow - center);
                q += yHigh * (xHigh - center);
                v += yLow;
                w += yHigh;
            }

            products = Vector256.Sum(p + q);
            values = Vector256.Sum(v + w);
        }

        for (; i < count; i++)
        {
            double value = double.CreateTruncating(y[i]);
            products += value * (double.CreateTruncating(x[i]) - mean);
            values += value;
        }

        return (products, values);
    }

    private static class Wide
    {
        /// <summary>Eight float32 or float64 as float64.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static (Vector256<double> Low, Vector256<double> High) Load8(T* x)
        {
            if (typeof(T) == typeof(float))
            {
                Vector256<float> value = Vector256.Load((float*)x);
                return (Vector256.WidenLower(value), Vector256.WidenUpper(value));
            }

            return (Vector256.Load((double*)x), Vector256.Load((double*)x + 4));
        }
    }
}
