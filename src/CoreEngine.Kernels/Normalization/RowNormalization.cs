using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// Normalisation of the rows of a matrix by their own moments: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
/// With one factor for each column it is layer normalisation (Ba, Kiros and Hinton, 2016); with one for each row, rows being
/// the channels of each sample, instance normalisation (Ulyanov, Vedaldi and Lempitsky, 2016).
/// </summary>
/// <remarks>Moments are summed block by block and put together in float64; a result never depends on the number of threads.</remarks>
/// <param name="Rows">Number of rows.</param>
/// <param name="Length">Elements of a row.</param>
/// <param name="Channels">0: gamma and beta have an element for each column. Else: they have so many, and rows take turns.</param>
/// <param name="Epsilon">Added to the variance.</param>
public readonly unsafe record struct RowNormalization(long Rows, long Length, long Channels, double Epsilon)
{
    private const long ElementsPerThread = 4096;

    /// <summary>Parts of the rows whose sums of gradients are kept apart: fixed, so that sums are the same on any number of threads.</summary>
    private const long Parts = 16;

    /// <summary>Elements that are worth sums of their own.</summary>
    private const long ElementsOfPart = 8192;

    /// <summary>The moments of each row and y, or y += that.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="x">The data.</param>
    /// <param name="gamma">Factors.</param>
    /// <param name="beta">Offsets.</param>
    /// <param name="mean">Result: the mean of each row.</param>
    /// <param name="inverse">Result: 1 / sqrt(variance + epsilon) of each row.</param>
    /// <param name="y">Result; null leaves it out.</param>
    /// <param name="accumulate">Add to what y holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Forward(
        DType dtype,
        void* x,
        void* gamma,
        void* beta,
        void* mean,
        void* inverse,
        void* y,
        bool accumulate
    )
    {
        var call = new Call
        {
            Sizes = this,
            X = x,
            Gamma = gamma,
            Beta = beta,
            Mean = mean,
            Inverse = inverse,
            Y = y,
            Accumulate = accumulate,
        };
        long grain = Math.Max(1, ElementsPerThread / Math.Max(1, Length));
        KernelTeam.Default.For(
            Rows,
            grain,
            IsSingle(dtype) ? &RowNormalizationLoops<float>.Forward : &RowNormalizationLoops<double>.Forward,
            &call
        );
    }

    /// <summary>
    /// The gradients. With n the normalised data and h = dy gamma, dx = inverse (h - mean(h) - n mean(h n)); gamma's gradient is
    /// the sum of dy n, beta's that of dy. A null target is left out.
    /// </summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="x">The data.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="gamma">Factors.</param>
    /// <param name="mean">What <see cref="Forward"/> gave.</param>
    /// <param name="inverse">What <see cref="Forward"/> gave.</param>
    /// <param name="dx">Gradient of the data.</param>
    /// <param name="accumulateData">Add to what dx holds.</param>
    /// <param name="dgamma">Gradient of the factors.</param>
    /// <param name="accumulateGamma">Add to what dgamma holds.</param>
    /// <param name="dbeta">Gradient of the offsets.</param>
    /// <param name="accumulateBeta">Add to what dbeta holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Backward(
        DType dtype,
        void* x,
        void* dy,
        void* gamma,
        void* mean,
        void* inverse,
        void* dx,
        bool accumulateData,
        void* dgamma,
        bool accumulateGamma,
        void* dbeta,
        bool accumulateBeta
    )
    {
        // Gradients of parameters: of each row (products, sums), or of each part and column.
        bool columns = Channels == 0;
        long parts = Math.Clamp(Rows * Length / ElementsOfPart, 1, Math.Max(1, Math.Min(Parts, Rows)));
        long numbers = columns ? 2 * parts * Length : 2 * Rows;
        bool single = IsSingle(dtype);
        void* sums = PackArena.Get(PackArena.Slot.Aside, numbers * dtype.ItemSize());
        var call = new Call
        {
            Sizes = this,
            X = x,
            Dy = dy,
            Gamma = gamma,
            Mean = mean,
            Inverse = inverse,
            Y = dx,
            Accumulate = accumulateData,
            Sums = sums,
            Parts = parts,
        };
        long grain = Math.Max(1, ElementsPerThread / Math.Max(1, Rows / parts * Length));
        KernelTeam.Default.For(
            parts,
            grain,
            single ? &RowNormalizationLoops<float>.Backward : &RowNormalizationLoops<double>.Backward,
            &call
        );
        if (columns)
        {
            // Sums of gamma and beta stand one behind the other, so all of a part is added at once.
            for (long part = 1; part < parts; part++)
            {
                byte* more = (byte*)sums + (part * 2 * Length * dtype.ItemSize());
                Elementwise.Binary<Total>(dtype, sums, more, sums, 2 * Length);
            }
        }

        long stride = columns ? Length : 1;
        Gather(single, sums, 0, dgamma, accumulateGamma);
        Gather(single, sums, stride, dbeta, accumulateBeta);
    }

    private static bool IsSingle(DType dtype) =>
        dtype switch
        {
            DType.Float32 => true,
            DType.Float64 => false,
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed."),
        };

    /// <summary>Brings sums of columns to their parameters, or sums those of the rows of each channel.</summary>
    private void Gather(bool single, void* sums, long offset, void* target, bool accumulate)
    {
        if (target == null)
            return;
        long count = Channels == 0 ? Length : Channels;
        for (long i = 0; i < count; i++)
        {
            double total = 0;
            for (long row = i; row < (Channels == 0 ? i + 1 : Rows); row += Math.Max(Channels, 1))
            {
                long at = Channels == 0 ? offset + row : offset + (2 * row);
                total += single ? ((float*)sums)[at] : ((double*)sums)[at];
            }

            if (single)
                ((float*)target)[i] = (float)(accumulate ? ((float*)target)[i] + total : total);
            else
                ((double*)target)[i] = accumulate ? ((double*)target)[i] + total : total;
        }
    }

    private readonly struct Total : IBinaryOp
    {
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x + y;
    }

    internal struct Call
    {
        public RowNormalization Sizes;
        public void* X;
        public void* Dy;
        public void* Gamma;
        public void* Beta;
        public void* Mean;
        public void* Inverse;
        public void* Y;
        public bool Accumulate;
        public void* Sums;
        public long Parts;
    }
}

/// <summary>The rows of one thread.</summary>
internal static unsafe class RowNormalizationLoops<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    internal static void Forward(void* state, long first, long last)
    {
        var call = (RowNormalization.Call*)state;
        if (Vector512.IsHardwareAccelerated)
            Forward<Simd512<T>>(call, first, last);
        else if (Vector256.IsHardwareAccelerated)
            Forward<Simd256<T>>(call, first, last);
        else
            Forward<Simd128<T>>(call, first, last);
    }

    internal static void Backward(void* state, long first, long last)
    {
        var call = (RowNormalization.Call*)state;
        if (Vector512.IsHardwareAccelerated)
            Backward<Simd512<T>>(call, first, last);
        else if (Vector256.IsHardwareAccelerated)
            Backward<Simd256<T>>(call, first, last);
        else
            Backward<Simd128<T>>(call, first, last);
    }

    private static void Forward<V>(RowNormalization.Call* call, long first, long last)
        where V : struct, ISimd<V>
    {
        RowNormalization sizes = call->Sizes;
        for (long row = first; row < last; row++)
        {
            T* x = (T*)call->X + (row * sizes.Length);
            var moments = default(RunningMoments);
            MomentSums<V, T>.Moments(x, 1, sizes.Length, sizes.Length, ref moments);
            T mean = T.CreateTruncating(moments.Mean);
            T inverse = T.CreateTruncating(1 / Math.Sqrt((moments.Squares / moments.Count) + sizes.Epsilon));
            ((T*)call->Mean)[row] = mean;
            ((T*)call->Inverse)[row] = inverse;
            if (call->Y == null)
                continue;
            long channel = sizes.Channels == 0 ? 0 : row % sizes.Channels;
            Scale<V>(
                x,
                (T*)call->Y + (row * sizes.Length),
                (T*)call->Gamma + channel,
                (T*)call->Beta + channel,
                sizes.Length,
                sizes.Channels == 0,
                mean,
                inverse,
                call->Accumulate
            );
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale<V>(
        T* x,
        T* y,
        T* gamma,
        T* beta,
        long length,
        bool columns,
        T mean,
        T inverse,
        bool accumulate
    )
        where V : struct, ISimd<V>
    {
        V center = V.Broadcast(&mean);
        V scale = V.Broadcast(&inverse);
        V factor = V.Broadcast(gamma);
        V offset = V.Broadcast(beta);
        long i = 0;
        if (columns && !accumulate)
        {
            for (; i + (2 * V.Count) <= length; i += 2 * V.Count)
            {
                // The next row, while this one is computed.
                if (Sse.IsSupported)
                    Sse.Prefetch0(x + length + i);
                V first = (V.Load(x + i) - center) * scale;
                V second = (V.Load(x + i + V.Count) - center) * scale;
                V.Store(V.MultiplyAdd(first, V.Load(gamma + i), V.Load(beta + i)), y + i);
                second = V.MultiplyAdd(second, V.Load(gamma + i + V.Count), V.Load(beta + i + V.Count));
                V.Store(second, y + i + V.Count);
            }
        }

        for (; i + V.Count <= length; i += V.Count)
        {
            V normal = (V.Load(x + i) - center) * scale;
            if (columns)
            {
                factor = V.Load(gamma + i);
                offset = V.Load(beta + i);
            }

            V value = V.MultiplyAdd(normal, factor, offset);
            V.Store(accumulate ? V.Load(y + i) + value : value, y + i);
        }

        for (; i < length; i++)
        {
            long at = columns ? i : 0;
            T value = ((x[i] - mean) * inverse * gamma[at]) + beta[at];
            y[i] = accumulate ? y[i] + value : value;
        }
    }

    /// <summary>Parts of the rows.</summary>
    private static void Backward<V>(RowNormalization.Call* call, long first, long last)
        where V : struct, ISimd<V>
    {
        RowNormalization sizes = call->Sizes;
        bool columns = sizes.Channels == 0;
        for (long part = first; part < last; part++)
        {
            T* gammaSums = (T*)call->Sums + (2 * part * sizes.Length);
            T* betaSums = gammaSums + sizes.Length;
            if (columns)
                LongRuns.Clear(gammaSums, 2 * sizes.Length);
            long end = sizes.Rows * (part + 1) / call->Parts;
            for (long row = sizes.Rows * part / call->Parts; row < end; row++)
            {
                T* x = (T*)call->X + (row * sizes.Length);
                T* dy = (T*)call->Dy + (row * sizes.Length);
                T mean = ((T*)call->Mean)[row];
                T inverse = ((T*)call->Inverse)[row];
                T* gamma = (T*)call->Gamma + (columns ? 0 : row % sizes.Channels);
                double products;
                double values;
                if (columns)
                {
                    (products, values) = Sums<V>(x, dy, gamma, sizes.Length, mean, inverse, gammaSums, betaSums);
                }
                else
                {
                    (products, values) = MomentSums<V, T>.Products(dy, x, 1, sizes.Length, sizes.Length, mean);
                    products *= double.CreateTruncating(inverse);
                    ((T*)call->Sums)[2 * row] = T.CreateTruncating(products);
                    ((T*)call->Sums)[(2 * row) + 1] = T.CreateTruncating(values);
                    double factor = double.CreateTruncating(*gamma);
                    products *= factor;
                    values *= factor;
                }

                if (call->Y != null)
                {
                    Gradient<V>(
                        x,
                        dy,
                        (T*)call->Y + (row * sizes.Length),
                        gamma,
                        sizes.Length,
                        columns,
                        mean,
                        inverse,
                        T.CreateTruncating(values / sizes.Length),
                        T.CreateTruncating(products / sizes.Length),
                        call->Accumulate
                    );
                }
            }
        }
    }

    /// <summary>The sums of h n and of h over a row; adds dy n and dy to the columns' sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Products, double Values) Sums<V>(
        T* x,
        T* dy,
        T* gamma,
        long length,
        T mean,
        T inverse,
        T* gammaSums,
        T* betaSums
    )
        where V : struct, ISimd<V>
    {
        const long Block = 2048;
        V center = V.Broadcast(&mean);
        V scale = V.Broadcast(&inverse);
        double products = 0;
        double values = 0;
        long i = 0;
        while (i + V.Count <= length)
        {
            V productSum = V.Zero;
            V valueSum = V.Zero;
            for (long end = Math.Min(length, i + Block); i + V.Count <= end; i += V.Count)
            {
                V gradient = V.Load(dy + i);
                V normal = (V.Load(x + i) - center) * scale;
                V.Store(V.MultiplyAdd(gradient, normal, V.Load(gammaSums + i)), gammaSums + i);
                V.Store(V.Load(betaSums + i) + gradient, betaSums + i);
                V weighted = gradient * V.Load(gamma + i);
                productSum = V.MultiplyAdd(weighted, normal, productSum);
                valueSum += weighted;
            }

            products += MomentSums<V, T>.Total(productSum);
            values += MomentSums<V, T>.Total(valueSum);
        }

        for (; i < length; i++)
        {
            T normal = (x[i] - mean) * inverse;
            gammaSums[i] += dy[i] * normal;
            betaSums[i] += dy[i];
            products += double.CreateTruncating(dy[i] * gamma[i] * normal);
            values += double.CreateTruncating(dy[i] * gamma[i]);
        }

        return (products, values);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient<V>(
        T* x,
        T* dy,
        T* dx,
        T* gamma,
        long length,
        bool columns,
        T mean,
        T inverse,
        T value,
        T product,
        bool accumulate
    )
        where V : struct, ISimd<V>
    {
        V center = V.Broadcast(&mean);
        V scale = V.Broadcast(&inverse);
        V factor = V.Broadcast(gamma);
        V shift = V.Broadcast(&value);
        V slope = V.Broadcast(&product);
        long i = 0;
        for (; i + V.Count <= length; i += V.Count)
        {
            if (columns)
                factor = V.Load(gamma + i);
            V normal = (V.Load(x + i) - center) * scale;
            V result = ((V.Load(dy + i) * factor) - shift - (normal * slope)) * scale;
            V.Store(accumulate ? V.Load(dx + i) + result : result, dx + i);
        }

        for (; i < length; i++)
        {
            T normal = (x[i] - mean) * inverse;
            T result = ((dy[i] * gamma[columns ? i : 0]) - value - (normal * product)) * inverse;
            dx[i] = accumulate ? dx[i] + result : result;
        }
    }
}
