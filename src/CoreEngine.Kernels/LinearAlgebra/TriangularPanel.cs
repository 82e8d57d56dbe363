using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Small triangular systems with many right-hand sides that lie along rows, one in each lane.</summary>
internal static unsafe class TriangularPanel<T>
    where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
{
    /// <summary>Solves op(L) X = B in place of B.</summary>
    /// <param name="transpose">op is the transposition.</param>
    /// <param name="n">Order of L.</param>
    /// <param name="others">Columns of B.</param>
    /// <param name="l">The matrix L, of which the lower triangle is read.</param>
    /// <param name="ldl">Elements from one row of L to the next.</param>
    /// <param name="b">The matrix B, then X.</param>
    /// <param name="ldb">Elements from one row of B to the next.</param>
    internal static void Solve(bool transpose, long n, long others, T* l, long ldl, T* b, long ldb)
    {
        if (Vector512.IsHardwareAccelerated)
            Solve<Simd512<T>>(transpose, n, others, l, ldl, b, ldb);
        else if (Vector256.IsHardwareAccelerated)
            Solve<Simd256<T>>(transpose, n, others, l, ldl, b, ldb);
        else
            Solve<Simd128<T>>(transpose, n, others, l, ldl, b, ldb);
    }

    private static void Solve<V>(bool transpose, long n, long others, T* l, long ldl, T* b, long ldb)
        where V : struct, ISimd<V>
    {
        int width = V.Count;
        long c = 0;
        for (; c + (4 * width) <= others; c += 4 * width)
        {
            SolveFour<V>(transpose, n, l, ldl, b + c, ldb);
        }

        for (; c + width <= others; c += width)
        {
            SolveOne<V>(transpose, n, l, ldl, b + c, ldb);
        }

        for (; c < others; c++)
        {
            SolveOne<SimdScalar<T>>(transpose, n, l, ldl, b + c, ldb);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SolveFour<V>(bool transpose, long n, T* l, long ldl, T* b, long ldb)
        where V : struct, ISimd<V>
    {
        int width = V.Count;
        for (long k = 0; k < n; k++)
        {
            long i = transpose ? n - 1 - k : k;
            T* row = b + (i * ldb);
            V x0 = V.Load(row);
            V x1 = V.Load(row + width);
            V x2 = V.Load(row + (2 * width));
            V x3 = V.Load(row + (3 * width));
            (long first, long last) = transpose ? (i + 1, n) : (0, i);
            T* factor = transpose ? l + (first * ldl) + i : l + (i * ldl);
            long step = transpose ? ldl : 1;
            T* known = b + (first * ldb);
            for (long j = first; j < last; j++)
            {
                V f = -V.Broadcast(factor);
                x0 = V.MultiplyAdd(f, V.Load(known), x0);
                x1 = V.MultiplyAdd(f, V.Load(known + width), x1);
                x2 = V.MultiplyAdd(f, V.Load(known + (2 * width)), x2);
                x3 = V.MultiplyAdd(f, V.Load(known + (3 * width)), x3);
                factor += step;
                known += ldb;
            }

            V pivot = V.Broadcast(l + (i * ldl) + i);
            V.Store(x0 / pivot, row);
            V.Store(x1 / pivot, row + width);
            V.Store(x2 / pivot, row + (2 * width));
            V.Store(x3 / pivot, row + (3 * width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SolveOne<V>(bool transpose, long n, T* l, long ldl, T* b, long ldb)
        where V : struct, ISimd<V>
    {
        for (long k = 0; k < n; k++)
        {
            long i = transpose ? n - 1 - k : k;
            V x = V.Load(b + (i * ldb));
            (long first, long last) = transpose ? (i + 1, n) : (0, i);
            for (long j = first; j < last; j++)
            {
                V f = -V.Broadcast(transpose ? l + (j * ldl) + i : l + (i * ldl) + j);
                x = V.MultiplyAdd(f, V.Load(b + (j * ldb)), x);
            }

            V.Store(x / V.Broadcast(l + (i * ldl) + i), b + (i * ldb));
        }
    }
}
