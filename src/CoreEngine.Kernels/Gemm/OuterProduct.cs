using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Products of depth one: each row is a multiple of one vector, so there is nothing to pack and all to write.</summary>
internal static unsafe class OuterProduct<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>c[i, j] = alpha * a[i] * b[j], or c += that; b is contiguous.</summary>
    internal static void Run(long m, long n, T alpha, T* a, long strideA, T* b, T* c, long ldc, bool accumulate)
    {
        var work = new Work
        {
            N = n,
            Alpha = alpha,
            A = a,
            StrideA = strideA,
            B = b,
            C = c,
            Ldc = ldc,
            Accumulate = accumulate,
        };
        long grain = Math.Max(1, Elementwise.Grain / n);
        if (Vector512.IsHardwareAccelerated)
            KernelTeam.Default.For(m, grain, &Rows<Simd512<T>>, &work);
        else if (Vector256.IsHardwareAccelerated)
            KernelTeam.Default.For(m, grain, &Rows<Simd256<T>>, &work);
        else
            KernelTeam.Default.For(m, grain, &Rows<Simd128<T>>, &work);
    }

    private static void Rows<V>(void* state, long first, long last)
        where V : struct, ISimd<V>
    {
        var work = (Work*)state;
        for (long i = first; i < last; i++)
        {
            T factor = work->Alpha * work->A[i * work->StrideA];
            T* row = work->C + (i * work->Ldc);
            if (work->Accumulate)
                Add<V>(factor, work->B, row, work->N);
            else
                Write<V>(factor, work->B, row, work->N);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write<V>(T factor, T* b, T* row, long n)
        where V : struct, ISimd<V>
    {
        V all = V.Broadcast(&factor);
        long j = 0;
        for (; j + V.Count <= n; j += V.Count)
        {
            V.Store(all * V.Load(b + j), row + j);
        }

        for (; j < n; j++)
        {
            row[j] = factor * b[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<V>(T factor, T* b, T* row, long n)
        where V : struct, ISimd<V>
    {
        V all = V.Broadcast(&factor);
        long j = 0;
        for (; j + V.Count <= n; j += V.Count)
        {
            V.Store(V.MultiplyAdd(all, V.Load(b + j), V.Load(row + j)), row + j);
        }

        for (; j < n; j++)
        {
            row[j] += factor * b[j];
        }
    }

    private struct Work
    {
        public long N;
        public T Alpha;
        public T* A;
        public long StrideA;
        public T* B;
        public T* C;
        public long Ldc;
        public bool Accumulate;
    }
}
