using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Batch normalisation of elements of type T with parameters of type P; a thread handles whole channels.</summary>
internal static unsafe class BatchNormLoops<T, P>
    where T : unmanaged, INumber<T>
    where P : unmanaged, INumber<P>
{
    private const long ElementsPerThread = 8192;

    internal static void Moments(long outer, long channels, long inner, T* x, P* mean, P* variance)
    {
        var work = new Work
        {
            Outer = outer,
            Channels = channels,
            Inner = inner,
            X = x,
            Mean = mean,
            Variance = variance,
        };
        KernelTeam.Default.For(channels, Grain(outer, inner), &MomentsRange, &work);
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
        KernelTeam.Default.For(channels, Grain(outer, inner), &ForwardRange, &work);
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
        KernelTeam.Default.For(channels, Grain(outer, inner), &BackwardRange, &work);
    }

    private static long Grain(long outer, long inner) => Math.Max(1, ElementsPerThread / Math.Max(1, outer * inner));

    private static void MomentsRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        double count = (double)work->Outer * work->Inner;
        for (long channel = first; channel < last; channel++)
        {
            double sum = 0;
            for (long o = 0; o < work->Outer; o++)
            {
                sum += RowSums<T>.Sum(work->X + work->At(o, channel), work->Inner);
            }

            double mean = sum / count;
            double squares = 0;
            for (long o = 0; o < work->Outer; o++)
            {
                squares += RowSums<T>.SumOfSquares(work->X + work->At(o, channel), work->Inner, mean);
            }

            work->Mean[channel] = P.CreateTruncating(mean);
            work->Variance[channel] = P.CreateTruncating(squares / count);
        }
    }

    private static void ForwardRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        for (long channel = first; channel < last; channel++)
        {
            double factor = work->Factor(channel);
            double mean = double.CreateTruncating(work->Mean[channel]);
            double beta = work->Beta == null ? 0 : double.CreateTruncating(work->Beta[channel]);
            P scale = P.CreateTruncating(factor);
            P offset = P.CreateTruncating(beta);
            P center = P.CreateTruncating(mean);
            for (long o = 0; o < work->Outer; o++)
            {
                long at = work->At(o, channel);
                Line(
                    work->X + at,
                    null,
                    work->Target + at,
                    work->Inner,
                    scale,
                    P.Zero,
                    offset,
                    center,
                    work->Accumulate
                );
            }
        }
    }

    /// <summary>dx = factor * (dy - mean(dy) - (x - mean) * sum(dy (x - mean)) / (count (variance + epsilon))).</summary>
    private static void BackwardRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        double count = (double)work->Outer * work->Inner;
        for (long channel = first; channel < last; channel++)
        {
            double mean = double.CreateTruncating(work->Mean[channel]);
            double spread = double.CreateTruncating(work->Variance[channel]) + work->Epsilon;
            double products = 0;
            double values = 0;
            for (long o = 0; o < work->Outer; o++)
            {
                long at = work->At(o, channel);
                (double p, double v) = RowSums<T>.SumOfProducts(work->Dy + at, work->X + at, work->Inner, mean);
                products += p;
                values += v;
            }

            Give(work->GammaGradient, channel, products / Math.Sqrt(spread), work->AccumulateGamma);
            Give(work->BetaGradient, channel, values, work->AccumulateBeta);
            if (work->Target == null)
            {
                continue;
            }

            double factor = work->Factor(channel);
            double slope = work->BatchStatistics ? -factor * products / (count * spread) : 0;
            double offset = work->BatchStatistics ? -factor * values / count : 0;
            for (long o = 0; o < work->Outer; o++)
            {
                long at = work->At(o, channel);
                Line(
                    work->Dy + at,
                    work->X + at,
                    work->Target + at,
                    work->Inner,
                    P.CreateTruncating(factor),
                    P.CreateTruncating(slope),
                    P.CreateTruncating(offset),
                    P.CreateTruncating(mean),
                    work->Accumulate
                );
            }
        }
    }

    private static void Give(P* target, long channel, double value, bool accumulate)
    {
        if (target != null)
        {
            double before = accumulate ? double.CreateTruncating(target[channel]) : 0;
            target[channel] = P.CreateTruncating(before + value);
        }
    }

    /// <summary>target = a * scale + (b - center) * slope + offset; without b, (a - center) * scale + offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Line(T* a, T* b, T* target, long count, P scale, P slope, P offset, P center, bool accumulate)
    {
        long i = 0;
        if (typeof(T) == typeof(P))
        {
            int width = 32 / sizeof(P);
            if (typeof(P) == typeof(float))
                i = Vectors<Simd256<float>>(a, b, target, count, &scale, &slope, &offset, &center, accumulate, width);
            else if (typeof(P) == typeof(double))
                i = Vectors<Simd256<double>>(a, b, target, count, &scale, &slope, &offset, &center, accumulate, width);
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
    }

    private static long Vectors<V>(
        T* a,
        T* b,
        T* target,
        long count,
        P* scale,
        P* slope,
        P* offset,
        P* center,
        bool accumulate,
        int width
    )
        where V : struct, ISimd<V>
    {
        V factor = V.Broadcast(scale);
        V steep = V.Broadcast(slope);
        V shift = V.Broadcast(offset);
        V middle = V.Broadcast(center);
        long i = 0;
        for (; i + width <= count; i += width)
        {
            V value = V.Load(a + i);
            value =
                b == null
                    ? V.MultiplyAdd(value - middle, factor, shift)
                    : V.MultiplyAdd(value, factor, V.MultiplyAdd(V.Load(b + i) - middle, steep, shift));
            V.Store(accumulate ? V.Load(target + i) + value : value, target + i);
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

        /// <summary>gamma / sqrt(variance + epsilon).</summary>
        internal readonly double Factor(long channel) =>
            (Gamma == null ? 1 : double.CreateTruncating(Gamma[channel]))
            / Math.Sqrt(double.CreateTruncating(Variance[channel]) + Epsilon);
    }
}
