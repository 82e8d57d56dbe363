using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Reflections that make a symmetric matrix tridiagonal, A = Q T Q^T with Q = H0 H1 ..., some at a time: within a block only
/// the row that comes next is brought up to date, and the rest follows by matrix products.
/// </summary>
/// <remarks>J. Dongarra, S. Hammarling, D. Sorensen: Block Reduction of Matrices to Condensed Forms, 1989.</remarks>
internal static unsafe class Tridiagonal<T>
    where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
{
    private const long Block = Reflections<T>.Most;

    /// <summary>Rows of what is left that are brought up to date together, from their part of the diagonal on.</summary>
    private const long Strip = 64;

    private static readonly DType s_dtype = DTypes.Of<T>();

    /// <summary>Reduces A.</summary>
    /// <param name="n">Order of A.</param>
    /// <param name="a">A, of which the upper triangle is read; destroyed.</param>
    /// <param name="vectors">The vectors of the n - 1 reflections, n x n; vector k begins at column k + 1.</param>
    /// <param name="factors">Their factors.</param>
    /// <param name="diagonal">The n elements of T's diagonal.</param>
    /// <param name="beside">The n - 1 elements beside it.</param>
    /// <param name="work">Memory for n * <see cref="Reflections{T}.Most"/> elements.</param>
    internal static void Reduce(long n, T* a, T* vectors, T* factors, double* diagonal, double* beside, T* work)
    {
        for (long first = 0; first < n; first += Block)
        {
            long count = Math.Min(Block, n - first);
            for (long j = 0; j < count; j++)
            {
                Step(n, first, j, a, vectors, factors, diagonal, beside, work);
            }

            // What is left: A - V^T W - W^T V.
            long next = first + count;
            long rest = n - next;
            if (rest == 0)
                break;
            T* v = vectors + (first * n) + next;
            T* w = work + next;
            for (long row = 0; row < rest; row += Strip)
            {
                long rows = Math.Min(Strip, rest - row);
                T* strip = a + ((next + row) * n) + next + row;
                T* vs = v + row;
                T* ws = w + row;
                Gemm.Run(s_dtype, true, false, rows, rest - row, count, -1, vs, n, ws, n, 1, strip, n);
                Gemm.Run(s_dtype, true, false, rows, rest - row, count, -1, ws, n, vs, n, 1, strip, n);
            }
        }
    }

    /// <summary>Makes reflection k = first + j, and the row w that says how it changes the rest of the matrix.</summary>
    private static void Step(
        long n,
        long first,
        long j,
        T* a,
        T* vectors,
        T* factors,
        double* diagonal,
        double* beside,
        T* work
    )
    {
        long k = first + j;
        T* row = a + (k * n);
        for (long i = 0; i < j; i++)
        {
            T* v = vectors + ((first + i) * n);
            T* w = work + (i * n);
            RowMath<T>.AddScaled(-v[k], w + k, row + k, n - k);
            RowMath<T>.AddScaled(-w[k], v + k, row + k, n - k);
        }

        diagonal[k] = double.CreateTruncating(row[k]);
        long start = k + 1;
        long length = n - start;
        if (length == 0)
            return;
        T* vector = vectors + (k * n);
        new Span<T>(vector, checked((int)start)).Clear();
        vector += start;
        Buffer.MemoryCopy(row + start, vector, length * sizeof(T), length * sizeof(T));
        beside[k] = double.CreateTruncating(Reflections<T>.Make(vector, length, out T factor));
        factors[k] = factor;

        // w = factor * (A v - V^T (W v) - W^T (V v)), less its part along v.
        T* along = work + (j * n) + start;
        new Span<T>(work + (j * n), checked((int)start)).Clear();
        SymmetricProduct<T>.Run(length, a + (start * n) + start, n, vector, along);
        RowMath<T>.Scale(factor, along, length);
        for (long i = 0; i < j; i++)
        {
            T* v = vectors + ((first + i) * n) + start;
            T* w = work + (i * n) + start;
            T withV = factor * RowMath<T>.Dot(v, vector, length);
            T withW = factor * RowMath<T>.Dot(w, vector, length);
            RowMath<T>.AddScaled(-withW, v, along, length);
            RowMath<T>.AddScaled(-withV, w, along, length);
        }

        T half = T.CreateTruncating(-0.5) * factor * RowMath<T>.Dot(along, vector, length);
        RowMath<T>.AddScaled(half, vector, along, length);
    }
}
