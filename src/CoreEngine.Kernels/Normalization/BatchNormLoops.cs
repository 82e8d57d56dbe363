using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Batch normalisation of elements of type T with parameters of type P; a thread handles whole channels.</summary>
internal static unsafe class BatchNormLoops<T, P>
    where T : unmanaged, INumber<T>
    where P : unmanaged, INumber<P>
{
    private const long ElementsPerThread = 8192;

    /// <summary>Moments, and what they make of the data while a channel is still in a cache; a null y asks for moments alone.</summary>
    internal static void Train(
        long outer,
        long channels,
        long inner,
        T* x,
        P* gamma,
        P* beta,
        double epsilon,
        P* mean,
        P* variance,
        T* y,
        bool accumulate
    )
    {
        var work = new Work
        {
            Outer = outer,
            Channels = channels,
            Inner = inner,
            X = x,
            Gamma = gamma,
            Beta = beta,
            Epsilon = epsilon,
            Mean = mean,
            Variance = variance,
            Target = y,
            Accumulate = accumulate,
        };
        Run(outer, channels, inner, &TrainRange, &work);
    }

    internal static void Forward(
        long outer,
        long channels,
        long inner,
        T* x,
        P* gamma,
        P* beta,
        P* mean,
        P* variance,
        double epsilon,
        T* y,
        bool accumulate
    )
    {
        var work = new Work
        {
            Outer = outer,
            Channels = channels,
            Inner = inner,
            X = x,
            Gamma = gamma,
            Beta = beta,
            Mean = mean,
            Variance = variance,
            Epsilon = epsilon,
            Target = y,
            Accumulate = accumulate,
        };
        Run(outer, channels, inner, &ForwardRange, &work);
    }

    internal static void Backward(
        long outer,
        long channels,
        long inner,
        T* x,
        T* dy,
        P* gamma,
        P* mean,
        P* variance,
        double epsilon,
        bool batchStatistics,
        T* dx,
        bool accumulateData,
        P* dgamma,
        bool accumulateGamma,
        P* dbeta,
        bool accumulateBeta
    )
    {
        var work = new Work
        {
            Outer = outer,
            Channels = channels,
            Inner = inner,
            X = x,
            Dy = dy,
            Gamma = gamma,
            Mean = mean,
            Variance = variance,
            Epsilon = epsilon,
            BatchStatistics = batchStatistics,
            Target = dx,
            Accumulate = accumulateData,
            GammaGradient = dgamma,
            AccumulateGamma = accumulateGamma,
            BetaGradient = dbeta,
            AccumulateBeta = accumulateBeta,
        };
        Run(outer, channels, inner, &BackwardRange, &work);
    }

    private static void Run(
        long outer,
        long channels,
        long inner,
        delegate* <void*, long, long, void> range,
        Work* work
    )
    {
        long grain = Math.Max(1, ElementsPerThread / Math.Max(1, outer * inner));
        if (inner == 1)
        {
            // Channels side by side: threads share no cache line.
            grain = (grain + 15) & ~15L;
        }

        KernelTeam.Default.For(channels, grain, range, work);
    }

    private static void TrainRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        if (work->Inner == 1 && typeof(T) == typeof(P))
        {
            ColumnSums<T>.Moments(
                work->X + first,
                work->Outer,
                work->Channels,
                last - first,
                (T*)(work->Mean + first),
                (T*)(work->Variance + first)
            );
            if (work->Target != null)
                ForwardRange(state, first, last);
            return;
        }

        for (long channel = first; channel < last; channel++)
        {
            var moments = default(RunningMoments);
            long stride = work->Channels * work->Inner;
            T* x = work->X + work->At(0, channel);
            if (typeof(T) == typeof(P))
            {
                AddMoments(x, work->Outer, stride, work->Inner, ref moments);
            }
            else
            {
                for (long o = 0; o < work->Outer; o++)
                {
                    double mean = RowSums<T>.Sum(x + (o * stride), work->Inner) / work->Inner;
                    double squares = RowSums<T>.SumOfSquares(x + (o * stride), work->Inner, mean);
                    moments.Add(work->Inner, mean, squares);
                }
            }

            work->Mean[channel] = P.CreateTruncating(moments.Mean);
            work->Variance[channel] = P.CreateTruncating(moments.Squares / moments.Count);
            if (work->Target != null)
                ForwardRange(state, channel, channel + 1);
        }
    }

    /// <summary>See <see cref="MomentSums{V, T}.Moments"/>, for the widest register.</summary>
    internal static void AddMoments(T* x, long rows, long stride, long length, ref RunningMoments moments)
    {
        if (typeof(T) == typeof(float))
        {
            if (Vector512.IsHardwareAccelerated)
                MomentSums<Simd512<float>, float>.Moments((float*)x, rows, stride, length, ref moments);
            else if (Vector256.IsHardwareAccelerated)
                MomentSums<Simd256<float>, float>.Moments((float*)x, rows, stride, length, ref moments);
            else
                MomentSums<Simd128<float>, float>.Moments((float*)x, rows, stride, length, ref moments);
        }
        else
        {
            if (Vector512.IsHardwareAccelerated)
                MomentSums<Simd512<double>, double>.Moments((double*)x, rows, stride, length, ref moments);
            else if (Vector256.IsHardwareAccelerated)
                MomentSums<Simd256<double>, double>.Moments((double*)x, rows, stride, length, ref moments);
            else
                MomentSums<Simd128<double>, double>.Moments((double*)x, rows, stride, length, ref moments);
        }
    }

    /// <summary>See <see cref="MomentSums{V, T}.Products"/>, for the widest register.</summary>
    internal static (double Products, double Values) Products(
        T* dy,
        T* x,
        long rows,
        long stride,
        long length,
        double mean
    )
    {
        if (typeof(T) == typeof(float))
        {
            float* a = (float*)dy;
            float* b = (float*)x;
            float m = (float)mean;
            if (Vector512.IsHardwareAccelerated)
                return MomentSums<Simd512<float>, float>.Products(a, b, rows, stride, length, m);
            return Vector256.IsHardwareAccelerated
                ? MomentSums<Simd256<float>, float>.Products(a, b, rows, stride, length, m)
                : MomentSums<Simd128<float>, float>.Products(a, b, rows, stride, length, m);
        }

        if (typeof(T) == typeof(double))
        {
            if (Vector512.IsHardwareAccelerated)
                return MomentSums<Simd512<double>, double>.Products(
                    (double*)dy,
                    (double*)x,
                    rows,
                    stride,
                    length,
                    mean
                );
            return Vector256.IsHardwareAccelerated
                ? MomentSums<Simd256<double>, double>.Products((double*)dy, (double*)x, rows, stride, length, mean)
                : MomentSums<Simd128<double>, double>.Products((double*)dy, (double*)x, rows, stride, length, mean);
        }

        double products = 0;
        double values = 0;
        for (long row = 0; row < rows; row++)
        {
            (double p, double v) = RowSums<T>.SumOfProducts(dy + (row * stride), x + (row * stride), length, mean);
            products += p;
            values += v;
        }

        return (products, values);
    }

    private static void ForwardRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        if (work->Inner == 1 && typeof(T) == typeof(P))
        {
            P* lines = Scratch(last - first, 4);
            work->Fill(lines, first, last);
            for (long o = 0; o < work->Outer; o++)
            {
                long at = work->At(o, first);
                Columns(work->X + at, null, work->Target + at, last - first, lines, work->Accumulate);
            }

            return;
        }

        for (long channel = first; channel < last; channel++)
        {
            double factor = work->Factor(channel);
            double mean = double.CreateTruncating(work->Mean[channel]);
            double beta = work->Beta == null ? 0 : double.CreateTruncating(work->Beta[channel]);
            P scale = P.CreateTruncating(factor);
            P offset = P.CreateTruncating(beta);
            P center = P.CreateTruncating(mean);
            long at = work->At(0, channel);
            Lines(
                work->X + at,
                null,
                work->Target + at,
                work->Outer,
                work->Channels * work->Inner,
                work->Inner,
                scale,
                P.Zero,
                offset,
                center,
                work->Accumulate
            );
        }
    }

    /// <summary>dx = factor * (dy - mean(dy) - (x - mean) * sum(dy (x - mean)) / (count (variance + epsilon))).</summary>
    private static void BackwardRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        double share = 1 / ((double)work->Outer * work->Inner);
        bool columns = work->Inner == 1 && typeof(T) == typeof(P);
        double* sums = null;
        P* lines = null;
        if (columns)
        {
            lines = Scratch(last - first, 4 + (2 * sizeof(double) / sizeof(P)));
            sums = (double*)(lines + (4 * (last - first)));
            ColumnSums<T>.Products(
                work->Dy + first,
                work->X + first,
                work->Outer,
                work->Channels,
                last - first,
                (T*)(work->Mean + first),
                sums
            );
        }

        for (long channel = first; channel < last; channel++)
        {
            double mean = double.CreateTruncating(work->Mean[channel]);
            double inverse = work->InverseDeviation(channel);
            long start = work->At(0, channel);
            (double products, double values) = columns
                ? (sums[2 * (channel - first)], sums[(2 * (channel - first)) + 1])
                : Products(
                    work->Dy + start,
                    work->X + start,
                    work->Outer,
                    work->Channels * work->Inner,
                    work->Inner,
                    mean
                );

            Give(work->GammaGradient, channel, products * inverse, work->AccumulateGamma);
            Give(work->BetaGradient, channel, values, work->AccumulateBeta);
            if (work->Target == null)
            {
                continue;
            }

            double factor = (work->Gamma == null ? 1 : double.CreateTruncating(work->Gamma[channel])) * inverse;
            double slope = work->BatchStatistics ? -factor * products * share * inverse * inverse : 0;
            double offset = work->BatchStatistics ? -factor * values * share : 0;
            if (columns)
            {
                P* line = lines + (channel - first);
                long step = last - first;
                line[0] = P.CreateTruncating(factor);
                line[step] = P.CreateTruncating(slope);
                line[2 * step] = P.CreateTruncating(offset);
                line[3 * step] = P.CreateTruncating(mean);
                continue;
            }

            Lines(
                work->Dy + start,
                work->X + start,
                work->Target + start,
                work->Outer,
                work->Channels * work->Inner,
                work->Inner,
                P.CreateTruncating(factor),
                P.CreateTruncating(slope),
                P.CreateTruncating(offset),
                P.CreateTruncating(mean),
                work->Accumulate
            );
        }

        for (long o = 0; columns && work->Target != null && o < work->Outer; o++)
        {
            long at = work->At(o, first);
            Columns(work->Dy + at, work->X + at, work->Target + at, last - first, lines, work->Accumulate);
        }
    }

    /// <summary>Room for some numbers of each channel.</summary>
    private static P* Scratch(long channels, int numbers) =>
        (P*)PackArena.Get(PackArena.Slot.Vector, channels * numbers * sizeof(P));

    private static void Give(P* target, long channel, double value, bool accumulate)
    {
        if (target != null)
        {
            double before = accumulate ? double.CreateTruncating(target[channel]) : 0;
            target[channel] = P.CreateTruncating(before + value);
        }
    }

    /// <summary>As <see cref="Lines"/>, where each column has its own numbers: scales, slopes, offsets, centres.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns(T* a, T* b, T* target, long count, P* lines, bool accumulate)
    {
        long i = 0;
        if (typeof(P) == typeof(float))
            i = ColumnVectors<Simd256<float>>(a, b, target, count, lines, accumulate);
        else if (typeof(P) == typeof(double))
            i = ColumnVectors<Simd256<double>>(a, b, target, count, lines, accumulate);
        for (; i < count; i++)
        {
            Lines(
                a + i,
                b == null ? null : b + i,
                target + i,
                1,
                1,
                1,
                lines[i],
                lines[count + i],
                lines[(2 * count) + i],
                lines[(3 * count) + i],
                accumulate
            );
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ColumnVectors<V>(T* a, T* b, T* target, long count, P* lines, bool accumulate)
        where V : struct, ISimd<V>
    {
        long i = 0;
        for (; i + V.Count <= count; i += V.Count)
        {
            V scale = V.Load(lines + i);
            V offset = V.Load(lines + (2 * count) + i);
            V center = V.Load(lines + (3 * count) + i);
            V value = V.Load(a + i);
            value =
                b == null
                    ? V.MultiplyAdd(value - center, scale, offset)
                    : V.MultiplyAdd(
                        value,
                        scale,
                        V.MultiplyAdd(V.Load(b + i) - center, V.Load(lines + count + i), offset)
                    );
            V.Store(accumulate ? V.Load(target + i) + value : value, target + i);
        }

        return i;
    }

    /// <summary>
    /// In rows that lie a stride apart, target = a * scale + (b - center) * slope + offset; without b,
    /// (a - center) * scale + offset.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Lines(
        T* a,
        T* b,
        T* target,
        long rows,
        long stride,
        long count,
        P scale,
        P slope,
        P offset,
        P center,
        bool accumulate
    )
    {
        for (long row = 0; row < rows; row++)
        {
            long i = 0;
            if (typeof(T) == typeof(P))
            {
                if (typeof(P) == typeof(float))
                    i = Vectors<Simd256<float>>(a, b, target, count, scale, slope, offset, center, accumulate);
                else if (typeof(P) == typeof(double))
                    i = Vectors<Simd256<double>>(a, b, target, count, scale, slope, offset, center, accumulate);
            }

            for (; i < count; i++)
            {
                P value = P.CreateTruncating(a[i]);
                value =
                    b == null
                        ? ((value - center) * scale) + offset
                        : (value * scale) + ((P.CreateTruncating(b[i]) - center) * slope) + offset;
                target[i] = T.CreateTruncating(accumulate ? P.CreateTruncating(target[i]) + value : value);
            }

            a += stride;
            b = b == null ? null : b + stride;
            target += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Vectors<V>(
        T* a,
        T* b,
        T* target,
        long count,
        P scale,
        P slope,
        P offset,
        P center,
        bool accumulate
    )
        where V : struct, ISimd<V>
    {
        V factor = V.Broadcast(&scale);
        V steep = V.Broadcast(&slope);
        V shift = V.Broadcast(&offset);
        V middle = V.Broadcast(&center);
        long i = 0;
        if (b == null && !accumulate)
        {
            for (; i + V.Count <= count; i += V.Count)
            {
                V.Store(V.MultiplyAdd(V.Load(a + i) - middle, factor, shift), target + i);
            }

            return i;
        }

        if (!accumulate)
        {
            for (; i + V.Count <= count; i += V.Count)
            {
                V value = V.MultiplyAdd(V.Load(b + i) - middle, steep, shift);
                V.Store(V.MultiplyAdd(V.Load(a + i), factor, value), target + i);
            }

            return i;
        }

        for (; i + V.Count <= count; i += V.Count)
        {
            V value = V.Load(a + i);
            value =
                b == null
                    ? V.MultiplyAdd(value - middle, factor, shift)
                    : V.MultiplyAdd(value, factor, V.MultiplyAdd(V.Load(b + i) - middle, steep, shift));
            V.Store(V.Load(target + i) + value, target + i);
        }

        return i;
    }

    private struct Work
    {
        public long Outer;
        public long Channels;
        public long Inner;
        public T* X;
        public T* Dy;
        public P* Gamma;
        public P* Beta;
        public P* Mean;
        public P* Variance;
        public double Epsilon;
        public bool BatchStatistics;
        public T* Target;
        public bool Accumulate;
        public P* GammaGradient;
        public bool AccumulateGamma;
        public P* BetaGradient;
        public bool AccumulateBeta;

        internal readonly long At(long o, long channel) => ((o * Channels) + channel) * Inner;

        /// <summary>Scales, (slopes,) offsets and centres of the forward pass, for each channel.</summary>
        internal readonly void Fill(P* lines, long first, long last)
        {
            long step = last - first;
            for (long channel = first; channel < last; channel++)
            {
                P* line = lines + (channel - first);
                line[0] = P.CreateTruncating(Factor(channel));
                line[2 * step] = Beta == null ? P.Zero : Beta[channel];
                line[3 * step] = Mean[channel];
            }
        }

        /// <summary>gamma / sqrt(variance + epsilon).</summary>
        internal readonly double Factor(long channel) =>
            (Gamma == null ? 1 : double.CreateTruncating(Gamma[channel])) * InverseDeviation(channel);

        /// <summary>1 / sqrt(variance + epsilon); 0 for a channel that does not vary, when epsilon leaves it at that.</summary>
        internal readonly double InverseDeviation(long channel)
        {
            double spread = double.CreateTruncating(Variance[channel]) + Epsilon;
            return spread == 0 ? 0 : 1 / Math.Sqrt(spread);
        }
    }
}
