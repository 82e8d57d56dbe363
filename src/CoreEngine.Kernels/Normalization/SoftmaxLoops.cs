using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Softmax of one block of columns, classes <c>stride</c> elements apart; one column means adjacent classes.</summary>
internal static unsafe class SoftmaxLoops<V, T>
    where V : struct, ISimd<V>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Largest number of columns in a block.</summary>
    private const int MaxColumns = 256;

    internal static void Forward(T* x, T* y, long classes, long columns, long stride, T scale, bool logarithm)
    {
        if (stride == 1)
        {
            Row(x, y, classes, scale, logarithm);
        }
        else
        {
            Columns(x, y, classes, columns, stride, scale, logarithm);
        }
    }

    internal static void Backward(T* y, T* dy, T* dx, long classes, long columns, long stride, T scale, bool logarithm)
    {
        if (stride == 1)
        {
            RowGradient(y, dy, dx, classes, scale, logarithm);
        }
        else
        {
            ColumnsGradient(y, dy, dx, classes, columns, stride, scale, logarithm);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(T* x, T* y, long n, T scale, bool logarithm)
    {
        // The last elements, fewer than a register holds, stay in one until all is known.
        int width = V.Count;
        long whole = n / width * width;
        nint rest = (nint)(n - whole) * sizeof(T);
        V mask = rest > 0 ? Lanes.PartMask<V>(rest) : V.Zero;
        V most = V.Broadcast(x);
        V last = most;
        if (rest > 0)
        {
            last = V.Select(mask, Lanes.LoadPart<V>((byte*)(x + whole), rest), most);
            most = V.Max(last, most);
        }

        for (long i = 0; i < whole; i += width)
        {
            most = V.Max(V.Load(x + i), most);
        }

        T* lanes = stackalloc T[64 / sizeof(T)];
        V.Store(most, lanes);
        T largest = *x;
        for (int i = 0; i < width; i++)
        {
            largest = lanes[i] > largest ? lanes[i] : largest;
        }

        V center = V.Broadcast(&largest);
        V factor = V.Broadcast(&scale);
        V sums = V.Zero;
        if (rest > 0)
        {
            last = (last - center) * factor;
            V e = SimdMath.ExpOfNegative(last);
            sums = V.Select(mask, e, V.Zero);
            last = logarithm ? last : e;
        }

        for (long i = 0; i < whole; i += width)
        {
            V shifted = (V.Load(x + i) - center) * factor;
            V e = SimdMath.ExpOfNegative(shifted);
            sums += e;
            V.Store(logarithm ? shifted : e, y + i);
        }

        T sum = T.CreateTruncating(MomentSums<V, T>.Total(sums));
        T final = logarithm ? T.CreateTruncating(Math.Log(double.CreateTruncating(sum))) : T.One / sum;
        V finals = V.Broadcast(&final);
        for (long i = 0; i < whole; i += width)
        {
            V value = V.Load(y + i);
            V.Store(logarithm ? value - finals : value * finals, y + i);
        }

        if (rest > 0)
            Lanes.StorePart(logarithm ? last - finals : last * finals, (byte*)(y + whole), rest);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns(T* x, T* y, long classes, long columns, long stride, T scale, bool logarithm)
    {
        T* largest = stackalloc T[MaxColumns];
        T* sums = stackalloc T[MaxColumns];
        int width = V.Count;
        long whole = columns / width * width;
        V factor = V.Broadcast(&scale);
        for (long j = 0; j < columns; j++)
        {
            largest[j] = x[j];
            sums[j] = T.Zero;
        }

        for (long c = 1; c < classes; c++)
        {
            T* row = x + (c * stride);
            for (long j = 0; j < whole; j += width)
            {
                V.Store(V.Max(V.Load(row + j), V.Load(largest + j)), largest + j);
            }

            for (long j = whole; j < columns; j++)
            {
                largest[j] = row[j] > largest[j] ? row[j] : largest[j];
            }
        }

        for (long c = 0; c < classes; c++)
        {
            T* from = x + (c * stride);
            T* to = y + (c * stride);
            for (long j = 0; j < whole; j += width)
            {
                V shifted = (V.Load(from + j) - V.Load(largest + j)) * factor;
                V e = SimdMath.ExpOfNegative(shifted);
                V.Store(V.Load(sums + j) + e, sums + j);
                V.Store(logarithm ? shifted : e, to + j);
            }

            for (long j = whole; j < columns; j++)
            {
                SimdScalar<T> shifted = (from[j] - largest[j]) * scale;
                SimdScalar<T> e = SimdMath.ExpOfNegative(shifted);
                sums[j] += e.Value;
                to[j] = logarithm ? shifted.Value : e.Value;
            }
        }

        for (long j = 0; j < columns; j++)
        {
            sums[j] = logarithm ? T.CreateTruncating(Math.Log(double.CreateTruncating(sums[j]))) : T.One / sums[j];
        }

        for (long c = 0; c < classes; c++)
        {
            T* row = y + (c * stride);
            for (long j = 0; j < whole; j += width)
            {
                V value = V.Load(row + j);
                V other = V.Load(sums + j);
                V.Store(logarithm ? value - other : value * other, row + j);
            }

            for (long j = whole; j < columns; j++)
            {
                row[j] = logarithm ? row[j] - sums[j] : row[j] * sums[j];
            }
        }
    }

    /// <summary>dx = y (dy - sum(y dy)) scale; for the logarithm dx = (dy - exp(y) sum(dy)) scale.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowGradient(T* y, T* dy, T* dx, long n, T scale, bool logarithm)
    {
        int width = V.Count;
        long whole = n / width * width;
        V sums = V.Zero;
        for (long i = 0; i < whole; i += width)
        {
            V gradient = V.Load(dy + i);
            sums = logarithm ? sums + gradient : V.MultiplyAdd(V.Load(y + i), gradient, sums);
        }

        T* lanes = stackalloc T[64 / sizeof(T)];
        V.Store(sums, lanes);
        T sum = T.Zero;
        for (int i = 0; i < width; i++)
        {
            sum += lanes[i];
        }

        for (long i = whole; i < n; i++)
        {
            sum += logarithm ? dy[i] : y[i] * dy[i];
        }

        V total = V.Broadcast(&sum);
        V factor = V.Broadcast(&scale);
        for (long i = 0; i < whole; i += width)
        {
            V value = V.Load(y + i);
            V gradient = V.Load(dy + i);
            V result = logarithm ? gradient - (SimdMath.ExpOfNegative(value) * total) : value * (gradient - total);
            V.Store(result * factor, dx + i);
        }

        for (long i = whole; i < n; i++)
        {
            dx[i] = Gradient(y[i], dy[i], sum, logarithm) * scale;
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ColumnsGradient(
        T* y,
        T* dy,
        T* dx,
        long classes,
        long columns,
        long stride,
        T scale,
        bool logarithm
    )
    {
        T* sums = stackalloc T[MaxColumns];
        LongRuns.Clear(sums, columns);
        int width = V.Count;
        long whole = columns / width * width;
        V factor = V.Broadcast(&scale);
        for (long c = 0; c < classes; c++)
        {
            T* value = y + (c * stride);
            T* gradient = dy + (c * stride);
            for (long j = 0; j < whole; j += width)
            {
                V term = V.Load(gradient + j);
                term = logarithm ? term : term * V.Load(value + j);
                V.Store(V.Load(sums + j) + term, sums + j);
            }

            for (long j = whole; j < columns; j++)
            {
                sums[j] += logarithm ? gradient[j] : value[j] * gradient[j];
            }
        }

        for (long c = 0; c < classes; c++)
        {
            T* values = y + (c * stride);
            T* gradients = dy + (c * stride);
            T* to = dx + (c * stride);
            for (long j = 0; j < whole; j += width)
            {
                V value = V.Load(values + j);
                V gradient = V.Load(gradients + j);
                V total = V.Load(sums + j);
                V result = logarithm ? gradient - (SimdMath.ExpOfNegative(value) * total) : value * (gradient - total);
                V.Store(result * factor, to + j);
            }

            for (long j = whole; j < columns; j++)
            {
                to[j] = Gradient(values[j], gradients[j], sums[j], logarithm) * scale;
            }
        }
    }

    private static T Gradient(T y, T dy, T sum, bool logarithm) =>
        logarithm ? dy - (SimdMath.ExpOfNegative<SimdScalar<T>>(y).Value * sum) : y * (dy - sum);
}
