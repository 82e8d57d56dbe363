using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>Systems of equations with lower triangular matrices, row-major. Only the lower triangle is read.</summary>
public static unsafe class Triangular
{
    /// <summary>Up to this order a system is solved directly; above, by halves, which leaves the work to matrix products.</summary>
    private const long Direct = 32;

    /// <summary>Solves op(L) X = B, or X op(L) = B, in place of B.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="transpose">op is the transposition instead of the identity.</param>
    /// <param name="right">op(L) stands right of X.</param>
    /// <param name="n">Order of L.</param>
    /// <param name="others">The other extent of B: its columns, or its rows when L stands right.</param>
    /// <param name="l">The matrix L.</param>
    /// <param name="ldl">Elements from one row of L to the next.</param>
    /// <param name="b">The matrix B, then X.</param>
    /// <param name="ldb">Elements from one row of B to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is neither float32 nor float64.</exception>
    public static void Solve(
        DType dtype,
        bool transpose,
        bool right,
        long n,
        long others,
        void* l,
        long ldl,
        void* b,
        long ldb
    )
    {
        if (dtype is not (DType.Float32 or DType.Float64))
            throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Systems are solved in float32 or float64.");
        if (n <= Direct && dtype == DType.Float32)
            SolveDirectly(transpose, right, n, others, (float*)l, ldl, (float*)b, ldb);
        else if (n <= Direct)
            SolveDirectly(transpose, right, n, others, (double*)l, ldl, (double*)b, ldb);
        else
            SolveByHalves(dtype, transpose, right, n, others, (byte*)l, ldl, (byte*)b, ldb);
    }

    private static void SolveByHalves(
        DType dtype,
        bool transpose,
        bool right,
        long n,
        long others,
        byte* l,
        long ldl,
        byte* b,
        long ldb
    )
    {
        int size = dtype.ItemSize();
        long first = n / 2;
        long rest = n - first;
        byte* l21 = l + (first * ldl * size);
        byte* l22 = l21 + (first * size);
        byte* b2 = b + (first * (right ? 1 : ldb) * size);
        // op(L) is lower triangular on the left, or upper on the right, exactly when the first half can be solved first.
        bool firstFirst = transpose == right;
        byte* known = firstFirst ? b : b2;
        byte* open = firstFirst ? b2 : b;
        long knownExtent = firstFirst ? first : rest;
        long openExtent = firstFirst ? rest : first;
        Solve(dtype, transpose, right, knownExtent, others, firstFirst ? l : l22, ldl, known, ldb);
        if (right)
            Gemm.Run(dtype, false, transpose, others, openExtent, knownExtent, -1, known, ldb, l21, ldl, 1, open, ldb);
        else
            Gemm.Run(dtype, transpose, false, openExtent, others, knownExtent, -1, l21, ldl, known, ldb, 1, open, ldb);
        Solve(dtype, transpose, right, openExtent, others, firstFirst ? l22 : l, ldl, open, ldb);
    }

    private static void SolveDirectly<T>(
        bool transpose,
        bool right,
        long n,
        long others,
        T* l,
        long ldl,
        T* b,
        long ldb
    )
        where T : unmanaged, INumber<T>
    {
        // Along B, step leads from one unknown to the next, and across to the next system.
        (long step, long across) = right ? (1L, ldb) : (ldb, 1L);
        bool ascending = transpose == right;
        for (long k = 0; k < n; k++)
        {
            long i = ascending ? k : n - 1 - k;
            for (long j = ascending ? 0 : i + 1; j < (ascending ? i : n); j++)
            {
                T factor = ascending ? l[(i * ldl) + j] : l[(j * ldl) + i];
                for (long c = 0; c < others; c++)
                {
                    b[(i * step) + (c * across)] -= factor * b[(j * step) + (c * across)];
                }
            }

            T pivot = l[(i * ldl) + i];
            for (long c = 0; c < others; c++)
            {
                b[(i * step) + (c * across)] /= pivot;
            }
        }
    }
}
