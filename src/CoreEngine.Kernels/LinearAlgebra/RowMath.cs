using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Sums over rows of matrices, which lie contiguously: what the factorisations do between matrix products.</summary>
internal static unsafe class RowMath<T>
    where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
{
    /// <summary>The sum of x[i] * y[i].</summary>
    internal static T Dot(T* x, T* y, long n) =>
        Vector512.IsHardwareAccelerated ? Dot<Simd512<T>>(x, y, n)
        : Vector256.IsHardwareAccelerated ? Dot<Simd256<T>>(x, y, n)
        : Dot<Simd128<T>>(x, y, n);

    /// <summary>y += factor * x.</summary>
    internal static void AddScaled(T factor, T* x, T* y, long n)
    {
        if (Vector512.IsHardwareAccelerated)
            AddScaled<Simd512<T>>(factor, x, y, n);
        else if (Vector256.IsHardwareAccelerated)
            AddScaled<Simd256<T>>(factor, x, y, n);
        else
            AddScaled<Simd128<T>>(factor, x, y, n);
    }

    /// <summary>x *= factor.</summary>
    internal static void Scale(T factor, T* x, long n)
    {
        for (long i = 0; i < n; i++)
        {
            x[i] *= factor;
        }
    }

    /// <summary>The Euclidean norm, without overflow or loss of small values on the way.</summary>
    internal static T Norm(T* x, long n)
    {
        T sum = Dot(x, x, n);
        // Squares that are this far from the ends of the range lost nothing that counts.
        if (T.IsFinite(sum) && sum > T.ScaleB(T.One, typeof(T) == typeof(float) ? -80 : -900))
            return T.Sqrt(sum);
        T largest = T.Zero;
        for (long i = 0; i < n; i++)
        {
            largest = T.Max(largest, T.Abs(x[i]));
        }

        if (!(largest > T.Zero) || !T.IsFinite(largest))
            return largest;
        sum = T.Zero;
        for (long i = 0; i < n; i++)
        {
            T scaled = x[i] / largest;
            sum += scaled * scaled;
        }

        return largest * T.Sqrt(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Dot<V>(T* x, T* y, long n)
        where V : struct, ISimd<V>
    {
        V s0 = V.Zero,
            s1 = V.Zero,
            s2 = V.Zero,
            s3 = V.Zero;
        int width = V.Count;
        long i = 0;
        for (; i + (4 * width) <= n; i += 4 * width)
        {
            s0 = V.MultiplyAdd(V.Load(x + i), V.Load(y + i), s0);
            s1 = V.MultiplyAdd(V.Load(x + i + width), V.Load(y + i + width), s1);
            s2 = V.MultiplyAdd(V.Load(x + i + (2 * width)), V.Load(y + i + (2 * width)), s2);
            s3 = V.MultiplyAdd(V.Load(x + i + (3 * width)), V.Load(y + i + (3 * width)), s3);
        }

        for (; i + width <= n; i += width)
        {
            s0 = V.MultiplyAdd(V.Load(x + i), V.Load(y + i), s0);
        }

        T* lanes = stackalloc T[16];
        V.Store((s0 + s1) + (s2 + s3), lanes);
        T sum = T.Zero;
        for (int lane = 0; lane < width; lane++)
        {
            sum += lanes[lane];
        }

        for (; i < n; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled<V>(T factor, T* x, T* y, long n)
        where V : struct, ISimd<V>
    {
        V f = V.Broadcast(&factor);
        int width = V.Count;
        long i = 0;
        for (; i + (2 * width) <= n; i += 2 * width)
        {
            V.Store(V.MultiplyAdd(f, V.Load(x + i), V.Load(y + i)), y + i);
            V.Store(V.MultiplyAdd(f, V.Load(x + i + width), V.Load(y + i + width)), y + i + width);
        }

        for (; i < n; i++)
        {
            y[i] += factor * x[i];
        }
    }
}
