using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>The loops of <see cref="CsrProduct"/>: the sums of up to four registers of columns stay in registers.</summary>
internal unsafe struct CsrProductCall<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Rows of the dense factor that are asked for ahead: their places are known, but cannot be guessed.</summary>
    private const long Ahead = 8;

    internal CsrMatrix A;
    internal T* B;
    internal long N;
    internal T* Y;
    internal bool Accumulate;

    /// <summary>Computes the rows that start within a range of the matrix's work.</summary>
    internal static void Run<V>(void* state, long start, long end)
        where V : struct, ISimd<V>
    {
        ref CsrProductCall<T> call = ref Unsafe.AsRef<CsrProductCall<T>>(state);
        long first = call.A.RowAtWork(start);
        long last = call.A.RowAtWork(end);
        if (call.N == 1)
            call.Dots(first, last);
        else
            call.Rows<V>(first, last);
    }

    private readonly void Rows<V>(long first, long last)
        where V : struct, ISimd<V>
    {
        for (long row = first; row < last; row++)
        {
            long start = A.RowPointers[row];
            long end = A.RowPointers[row + 1];
            T* y = Y + (row * N);
            if (start == end)
            {
                if (!Accumulate)
                    LongRuns.Clear(y, N);
                continue;
            }

            long column = 0;
            for (; column + (4 * V.Count) <= N; column += 4 * V.Count)
            {
                FourRegisters<V>(start, end, column, y + column);
            }

            for (; column + V.Count <= N; column += V.Count)
            {
                OneRegister<V>(start, end, column, y + column);
            }

            if (V.Count > Simd256<T>.Count && column + Simd256<T>.Count <= N)
            {
                OneRegister<Simd256<T>>(start, end, column, y + column);
                column += Simd256<T>.Count;
            }

            if (V.Count > Simd128<T>.Count && column + Simd128<T>.Count <= N)
            {
                OneRegister<Simd128<T>>(start, end, column, y + column);
                column += Simd128<T>.Count;
            }

            for (; column < N; column++)
            {
                OneRegister<SimdScalar<T>>(start, end, column, y + column);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void FourRegisters<V>(long start, long end, long column, T* y)
        where V : struct, ISimd<V>
    {
        var values = (T*)A.Values;
        long* indices = A.Indices;
        T* b = B + column;
        long n = N;
        int width = V.Count;
        long stored = A.Stored;
        V y0 = Accumulate ? V.Load(y) : V.Zero;
        V y1 = Accumulate ? V.Load(y + width) : V.Zero;
        V y2 = Accumulate ? V.Load(y + (2 * width)) : V.Zero;
        V y3 = Accumulate ? V.Load(y + (3 * width)) : V.Zero;
        for (long i = start; i < end; i++)
        {
            if (Sse.IsSupported && i + Ahead < stored)
            {
                T* next = b + (indices[i + Ahead] * n);
                Sse.Prefetch0(next);
                Sse.Prefetch0(next + width);
                Sse.Prefetch0(next + (2 * width));
                Sse.Prefetch0(next + (3 * width));
            }

            V value = V.Broadcast(values + i);
            T* row = b + (indices[i] * n);
            y0 = V.MultiplyAdd(value, V.Load(row), y0);
            y1 = V.MultiplyAdd(value, V.Load(row + width), y1);
            y2 = V.MultiplyAdd(value, V.Load(row + (2 * width)), y2);
            y3 = V.MultiplyAdd(value, V.Load(row + (3 * width)), y3);
        }

        V.Store(y0, y);
        V.Store(y1, y + width);
        V.Store(y2, y + (2 * width));
        V.Store(y3, y + (3 * width));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void OneRegister<V>(long start, long end, long column, T* y)
        where V : struct, ISimd<V>
    {
        var values = (T*)A.Values;
        long* indices = A.Indices;
        T* b = B + column;
        long n = N;
        V sum = Accumulate ? V.Load(y) : V.Zero;
        for (long i = start; i < end; i++)
        {
            sum = V.MultiplyAdd(V.Broadcast(values + i), V.Load(b + (indices[i] * n)), sum);
        }

        V.Store(sum, y);
    }

    /// <summary>A vector as the dense factor: four sums at once, as one would wait for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Dots(long first, long last)
    {
        var values = (T*)A.Values;
        long* indices = A.Indices;
        T* x = B;
        for (long row = first; row < last; row++)
        {
            long i = A.RowPointers[row];
            long end = A.RowPointers[row + 1];
            T s0 = Accumulate ? Y[row] : T.Zero;
            T s1 = T.Zero;
            T s2 = T.Zero;
            T s3 = T.Zero;
            for (; i + 4 <= end; i += 4)
            {
                s0 += values[i] * x[indices[i]];
                s1 += values[i + 1] * x[indices[i + 1]];
                s2 += values[i + 2] * x[indices[i + 2]];
                s3 += values[i + 3] * x[indices[i + 3]];
            }

            for (; i < end; i++)
            {
                s0 += values[i] * x[indices[i]];
            }

            Y[row] = s0 + s1 + (s2 + s3);
        }
    }

    /// <summary>Adds each stored value times a row of the dense factor to a row of the result, in order.</summary>
    internal readonly void AddTransposed<V>()
        where V : struct, ISimd<V>
    {
        for (long row = 0; row < A.Rows; row++)
        {
            long start = A.RowPointers[row];
            long end = A.RowPointers[row + 1];
            if (start < end)
                AddTransposedRow<V>(start, end, B + (row * N));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void AddTransposedRow<V>(long start, long end, T* b)
        where V : struct, ISimd<V>
    {
        var values = (T*)A.Values;
        long* indices = A.Indices;
        long n = N;
        long stored = A.Stored;
        for (long i = start; i < end; i++)
        {
            T* y = Y + (indices[i] * n);
            if (Sse.IsSupported && i + Ahead < stored)
                Sse.Prefetch0(Y + (indices[i + Ahead] * n));
            V value = V.Broadcast(values + i);
            long column = 0;
            for (; column + V.Count <= n; column += V.Count)
            {
                V.Store(V.MultiplyAdd(value, V.Load(b + column), V.Load(y + column)), y + column);
            }

            for (; column < n; column++)
            {
                SimdScalar<T> sum = SimdScalar<T>.MultiplyAdd(
                    SimdScalar<T>.Broadcast(values + i),
                    SimdScalar<T>.Load(b + column),
                    SimdScalar<T>.Load(y + column)
                );
                SimdScalar<T>.Store(sum, y + column);
            }
        }
    }
}
