using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>The gradient of cross-entropy with labels, for one element type.</summary>
internal static unsafe class LabelLoops<T>
    where T : unmanaged, INumber<T>
{
    internal static void Gradient(
        long outer,
        long classes,
        long inner,
        T* p,
        T* label,
        double scale,
        double? ignore,
        double smoothing,
        T* dx,
        bool accumulate
    )
    {
        if (outer == 0 || classes == 0 || inner == 0)
        {
            return;
        }

        var work = new Work
        {
            Classes = classes,
            Inner = inner,
            P = p,
            Label = label,
            Scale = scale,
            HasIgnore = ignore.HasValue,
            Ignore = Math.Truncate(ignore.GetValueOrDefault()),
            Smoothing = smoothing,
            Dx = dx,
            Accumulate = accumulate,
        };
        KernelTeam.Default.For(outer, Math.Max(1, 8192 / (classes * inner)), &Range, &work);
    }

    private static void Range(void* state, long first, long last)
    {
        var work = (Work*)state;
        long classes = work->Classes;
        long inner = work->Inner;
        T hit = T.CreateTruncating(1 - work->Smoothing);
        T other = classes > 1 ? T.CreateTruncating(work->Smoothing / (classes - 1)) : T.Zero;
        T scale = T.CreateTruncating(work->Scale);
        for (long o = first; o < last; o++)
        {
            T* label = work->Label + (o * inner);
            if (inner == 1 && typeof(T) != typeof(Half))
            {
                Row(work, o, hit, other, scale);
                continue;
            }

            for (long c = 0; c < classes; c++)
            {
                long row = ((o * classes) + c) * inner;
                T* p = work->P + row;
                T* dx = work->Dx + row;
                for (long j = Vectors(work, label, p, dx, c, hit, other, scale); j < inner; j++)
                {
                    double number = double.CreateTruncating(label[j]);
                    bool ignored = work->HasIgnore && Math.Truncate(number) == work->Ignore;
                    T target = (long)number == c ? hit : other;
                    T gradient = ignored ? T.Zero : (p[j] - target) * scale;
                    dx[j] = work->Accumulate ? dx[j] + gradient : gradient;
                }
            }
        }
    }

    /// <summary>Classes side by side under one label.</summary>
    private static void Row(Work* work, long row, T hit, T other, T scale)
    {
        long classes = work->Classes;
        T* p = work->P + (row * classes);
        T* dx = work->Dx + (row * classes);
        double number = double.CreateTruncating(work->Label[row]);
        if (work->HasIgnore && Math.Truncate(number) == work->Ignore)
        {
            if (!work->Accumulate)
                LongRuns.Clear(dx, classes);
            return;
        }

        long target = (long)number;
        bool inside = target >= 0 && target < classes;
        T probability = inside ? p[target] : T.Zero;
        T before = inside && work->Accumulate ? dx[target] : T.Zero;
        Shift(p, dx, classes, other, scale, work->Accumulate);
        if (inside)
            dx[target] = before + ((probability - hit) * scale);
    }

    /// <summary>dx = (p - other) scale, or dx += that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Shift(T* p, T* dx, long count, T other, T scale, bool accumulate)
    {
        long i = 0;
        if (typeof(T) == typeof(float))
            i = ShiftVectors<Simd256<float>>(p, dx, count, &other, &scale, accumulate);
        else if (typeof(T) == typeof(double))
            i = ShiftVectors<Simd256<double>>(p, dx, count, &other, &scale, accumulate);
        for (; i < count; i++)
        {
            T gradient = (p[i] - other) * scale;
            dx[i] = accumulate ? dx[i] + gradient : gradient;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ShiftVectors<V>(T* p, T* dx, long count, T* other, T* scale, bool accumulate)
        where V : struct, ISimd<V>
    {
        V target = V.Broadcast(other);
        V factor = V.Broadcast(scale);
        long i = 0;
        for (; i + V.Count <= count; i += V.Count)
        {
            V gradient = (V.Load(p + i) - target) * factor;
            V.Store(accumulate ? V.Load(dx + i) + gradient : gradient, dx + i);
        }

        return i;
    }

    /// <summary>One class of positions side by side, each with its label. Returns how many are done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Vectors(Work* work, T* label, T* p, T* dx, long c, T hit, T other, T scale)
    {
        if (typeof(T) == typeof(float))
            return Positions<Simd256<float>>(work, label, p, dx, c, &hit, &other, &scale);
        if (typeof(T) == typeof(double))
            return Positions<Simd256<double>>(work, label, p, dx, c, &hit, &other, &scale);
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Positions<V>(Work* work, T* label, T* p, T* dx, long c, T* hit, T* other, T* scale)
        where V : struct, ISimd<V>
    {
        V one = V.Broadcast(hit);
        V rest = V.Broadcast(other);
        V factor = V.Broadcast(scale);
        V number = V.Constant(c);
        V ignore = V.Constant(work->Ignore);
        bool ignores = work->HasIgnore;
        bool accumulate = work->Accumulate;
        long inner = work->Inner;
        long j = 0;
        for (; j + V.Count <= inner; j += V.Count)
        {
            V labels = V.Truncate(V.Load(label + j));
            V target = V.Select(V.Equal(labels, number), one, rest);
            V gradient = (V.Load(p + j) - target) * factor;
            if (ignores)
                gradient &= ~V.Equal(labels, ignore);
            V.Store(accumulate ? V.Load(dx + j) + gradient : gradient, dx + j);
        }

        return j;
    }

    private struct Work
    {
        public long Classes;
        public long Inner;
        public T* P;
        public T* Label;
        public double Scale;
        public bool HasIgnore;
        public double Ignore;
        public double Smoothing;
        public T* Dx;
        public bool Accumulate;
    }
}
