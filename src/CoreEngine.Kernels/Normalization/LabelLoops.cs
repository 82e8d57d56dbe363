using System.Numerics;

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
            Ignore = ignore.GetValueOrDefault(),
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
            for (long c = 0; c < classes; c++)
            {
                long row = ((o * classes) + c) * inner;
                T* p = work->P + row;
                T* dx = work->Dx + row;
                for (long j = 0; j < inner; j++)
                {
                    double number = double.CreateTruncating(label[j]);
                    bool ignored = work->HasIgnore && number == work->Ignore;
                    T target = (long)number == c ? hit : other;
                    T gradient = ignored ? T.Zero : (p[j] - target) * scale;
                    dx[j] = work->Accumulate ? dx[j] + gradient : gradient;
                }
            }
        }
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
