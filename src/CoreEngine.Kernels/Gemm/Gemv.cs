using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Matrix times vector: memory-bound, so nothing is packed and every matrix element is read once, in order.</summary>
internal static unsafe class Gemv<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Bytes of results that stay in the first-level cache while matrix rows stream by.</summary>
    private const int StripBytes = 8192;

    /// <summary>
    /// y = alpha * op(matrix) * x, or y += that. With <paramref name="transposed"/> the matrix is stored k x rows, else
    /// rows x k.
    /// </summary>
    internal static void Run(
        bool transposed,
        long rows,
        long k,
        T alpha,
        T* matrix,
        long ld,
        T* x,
        long strideX,
        T* y,
        long strideY,
        bool accumulate
    )
    {
        if (rows == 1 && strideX == 1 && (!transposed || ld == 1))
        {
            T value = alpha * VectorProduct<T>.Compute(matrix, x, k);
            *y = accumulate ? *y + value : value;
            return;
        }

        // The vector is made contiguous and the result is gathered aside: their strides then do not matter.
        T* sums = (T*)PackArena.Get(PackArena.Slot.Vector, (k + rows) * sizeof(T));
        T* vector = strideX == 1 ? x : sums + rows;
        for (long p = 0; p < k && strideX != 1; p++)
        {
            vector[p] = x[p * strideX];
        }

        var work = new Work
        {
            Matrix = matrix,
            Ld = ld,
            K = k,
            X = vector,
            Sums = sums,
        };
        long grain = Math.Max(64, 64_000 / Math.Max(k, 1) / 64 * 64);
        if (Vector512.IsHardwareAccelerated)
            KernelTeam.Default.For(rows, grain, transposed ? &Strips<Simd512<T>> : &Dots<Simd512<T>>, &work);
        else if (Vector256.IsHardwareAccelerated)
            KernelTeam.Default.For(rows, grain, transposed ? &Strips<Simd256<T>> : &Dots<Simd256<T>>, &work);
        else
            KernelTeam.Default.For(rows, grain, transposed ? &Strips<Simd128<T>> : &Dots<Simd128<T>>, &work);

        for (long i = 0; i < rows; i++)
        {
            T value = sums[i] * alpha;
            y[i * strideY] = accumulate ? y[i * strideY] + value : value;
        }
    }

    /// <summary>Stored rows are what is summed over: each result is the dot product of a row and the vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots<V>(void* state, long first, long last)
        where V : struct, ISimd<V>
    {
        var work = (Work*)state;
        long k = work->K;
        long ld = work->Ld;
        T* x = work->X;
        int width = V.Count;
        for (long i = first; i < last; i += 4)
        {
            // Missing rows repeat the last one, so that every row goes through the same instructions.
            T* a = work->Matrix + (i * ld);
            T* b = i + 1 < last ? a + ld : a;
            T* c = i + 2 < last ? b + ld : b;
            T* d = i + 3 < last ? c + ld : c;
            V a0 = V.Zero,
                a1 = V.Zero,
                b0 = V.Zero,
                b1 = V.Zero,
                c0 = V.Zero,
                c1 = V.Zero,
                d0 = V.Zero,
                d1 = V.Zero;
            long p = 0;
            for (; p + (2 * width) <= k; p += 2 * width)
            {
                V x0 = V.Load(x + p);
                V x1 = V.Load(x + p + width);
                a0 = V.MultiplyAdd(V.Load(a + p), x0, a0);
                a1 = V.MultiplyAdd(V.Load(a + p + width), x1, a1);
                b0 = V.MultiplyAdd(V.Load(b + p), x0, b0);
                b1 = V.MultiplyAdd(V.Load(b + p + width), x1, b1);
                c0 = V.MultiplyAdd(V.Load(c + p), x0, c0);
                c1 = V.MultiplyAdd(V.Load(c + p + width), x1, c1);
                d0 = V.MultiplyAdd(V.Load(d + p), x0, d0);
                d1 = V.MultiplyAdd(V.Load(d + p + width), x1, d1);
            }

            Finish(a0 + a1, a, x, p, k, work->Sums + i);
            if (i + 1 < last)
                Finish(b0 + b1, b, x, p, k, work->Sums + i + 1);
            if (i + 2 < last)
                Finish(c0 + c1, c, x, p, k, work->Sums + i + 2);
            if (i + 3 < last)
                Finish(d0 + d1, d, x, p, k, work->Sums + i + 3);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Finish<V>(V sum, T* row, T* x, long p, long k, T* target)
        where V : struct, ISimd<V>
    {
        T* lanes = stackalloc T[64];
        V.Store(sum, lanes);
        T total = T.Zero;
        for (int i = 0; i < V.Count; i++)
        {
            total += lanes[i];
        }

        for (; p < k; p++)
        {
            total += row[p] * x[p];
        }

        *target = total;
    }

    /// <summary>Stored rows lie along the results: four at a time are added to a strip of results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strips<V>(void* state, long first, long last)
        where V : struct, ISimd<V>
    {
        var work = (Work*)state;
        long k = work->K;
        long ld = work->Ld;
        T* x = work->X;
        int width = V.Count;
        int strip = StripBytes / sizeof(T);
        for (long start = first; start < last; start += strip)
        {
            long count = Math.Min(strip, last - start);
            T* sums = work->Sums + start;
            new Span<T>(sums, (int)count).Clear();
            long p = 0;
            for (; p + 4 <= k; p += 4)
            {
                T* a = work->Matrix + (p * ld) + start;
                T* b = a + ld;
                T* c = b + ld;
                T* d = c + ld;
                V xa = V.Broadcast(x + p);
                V xb = V.Broadcast(x + p + 1);
                V xc = V.Broadcast(x + p + 2);
                V xd = V.Broadcast(x + p + 3);
                long j = 0;
                for (; j + width <= count; j += width)
                {
                    V sum = V.Load(sums + j);
                    sum = V.MultiplyAdd(V.Load(a + j), xa, sum);
                    sum = V.MultiplyAdd(V.Load(b + j), xb, sum);
                    sum = V.MultiplyAdd(V.Load(c + j), xc, sum);
                    sum = V.MultiplyAdd(V.Load(d + j), xd, sum);
                    V.Store(sum, sums + j);
                }

                for (; j < count; j++)
                {
                    sums[j] = sums[j] + (a[j] * x[p]) + (b[j] * x[p + 1]) + (c[j] * x[p + 2]) + (d[j] * x[p + 3]);
                }
            }

            for (; p < k; p++)
            {
                T* a = work->Matrix + (p * ld) + start;
                V xa = V.Broadcast(x + p);
                long j = 0;
                for (; j + width <= count; j += width)
                {
                    V.Store(V.MultiplyAdd(V.Load(a + j), xa, V.Load(sums + j)), sums + j);
                }

                for (; j < count; j++)
                {
                    sums[j] += a[j] * x[p];
                }
            }
        }
    }

    private struct Work
    {
        public T* Matrix;
        public long Ld;
        public long K;
        public T* X;
        public T* Sums;
    }
}
