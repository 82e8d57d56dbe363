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
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots<V>(void* state, long first, long last)
        where V : struct, ISimd<V>
    {
        var work = (Work*)state;
        long k = work->K;
        long ld = work->Ld;
        T* x = work->X;
        int size = V.Count * sizeof(T);
        byte* totals = stackalloc byte[8 * Lanes.MaxBytes];
        T* results = stackalloc T[8];
        T** rows = stackalloc T*[8];
        for (long i = first; i < last; i += 8)
        {
            // Missing rows repeat the last one, so that every row goes through the same instructions.
            rows[0] = work->Matrix + (i * ld);
            for (int row = 1; row < 8; row++)
            {
                rows[row] = i + row < last ? rows[row - 1] + ld : rows[row - 1];
            }

            // Four at a time: more than that many rows may fall into the same few places of the first cache.
            long p = FourRows<V>(rows, x, k, totals);
            FourRows<V>(rows + 4, x, k, totals + (4 * size));
            if (Lanes.CanTurn<V>())
                ReduceLoops<SumReducer, V, T>.EightLanes(totals, results);
            else
                Join<V>(totals, results);
            for (int row = 0; row < 8 && i + row < last; row++)
            {
                T total = results[row];
                for (long q = p; q < k; q++)
                {
                    total += rows[row][q] * x[q];
                }

                work->Sums[i + row] = total;
            }
        }
    }

    /// <summary>Adds up whole registers of four rows' products; returns how many elements of each are done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long FourRows<V>(T** rows, T* x, long k, byte* totals)
        where V : struct, ISimd<V>
    {
        T* a = rows[0];
        T* b = rows[1];
        T* c = rows[2];
        T* d = rows[3];
        V a0 = V.Zero,
            a1 = V.Zero,
            b0 = V.Zero,
            b1 = V.Zero,
            c0 = V.Zero,
            c1 = V.Zero,
            d0 = V.Zero,
            d1 = V.Zero;
        int width = V.Count;
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

        if (p + width <= k)
        {
            V x0 = V.Load(x + p);
            a0 = V.MultiplyAdd(V.Load(a + p), x0, a0);
            b0 = V.MultiplyAdd(V.Load(b + p), x0, b0);
            c0 = V.MultiplyAdd(V.Load(c + p), x0, c0);
            d0 = V.MultiplyAdd(V.Load(d + p), x0, d0);
            p += width;
        }

        int size = width * sizeof(T);
        V.Store(a0 + a1, totals);
        V.Store(b0 + b1, totals + size);
        V.Store(c0 + c1, totals + (2 * size));
        V.Store(d0 + d1, totals + (3 * size));
        return p;
    }

    private static void Join<V>(byte* totals, T* results)
        where V : struct, ISimd<V>
    {
        for (int row = 0; row < 8; row++)
        {
            results[row] = ReduceLoops<SumReducer, V, T>.Lane(V.Load(totals + (row * V.Count * sizeof(T))));
        }
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
            LongRuns.Clear(sums, count);
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
