using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// The factorisation A = L Q of wide matrices, row-major, L lower triangular, Q with orthonormal rows, by Householder
/// reflections. The signs are LAPACK's: an element of L's diagonal has the sign opposite to what stood there before its
/// reflection, unless nothing was left to reflect.
/// </summary>
public static unsafe class LqFactorization
{
    /// <summary>Factorises A, which becomes Q.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of A, at least as many.</param>
    /// <param name="a">The matrix A, then Q.</param>
    /// <param name="l">L, rows x rows; its upper triangle is set to zero.</param>
    /// <param name="scratch">Memory for rows + rows * columns elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is neither float32 nor float64, or there are more rows than columns.</exception>
    public static void Factorize(DType dtype, long rows, long columns, void* a, void* l, void* scratch)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, columns);
        if (dtype == DType.Float32)
            Factorize(rows, columns, (float*)a, (float*)l, (float*)scratch);
        else if (dtype == DType.Float64)
            Factorize(rows, columns, (double*)a, (double*)l, (double*)scratch);
        else
            throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Use float32 or float64.");
    }

    private static void Factorize<T>(long rows, long columns, T* a, T* l, T* scratch)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Reflection k is I - factors[k] v v^T, with v in row k of mirrors from place k on.
        T* factors = scratch;
        T* mirrors = scratch + rows;
        for (long k = 0; k < rows; k++)
        {
            T* row = a + (k * columns);
            T* mirror = mirrors + (k * columns);
            T head = row[k];
            T rest = Norm(row + k + 1, columns - k - 1);
            T norm = T.Hypot(head, rest);
            T diagonal = rest == T.Zero ? head : T.CopySign(norm, -head);
            for (long j = k; j < columns; j++)
            {
                mirror[j] = row[j];
            }

            mirror[k] -= diagonal;
            // With v = x - diagonal e, 2 / v.v is 1 / (norm^2 - diagonal * head).
            T half = (norm * norm) - (diagonal * head);
            factors[k] = half > T.Zero ? T.One / half : T.Zero;
            for (long i = k; i < rows; i++)
            {
                Reflect(a + (i * columns), mirror, factors[k], k, columns);
            }
        }

        for (long i = 0; i < rows; i++)
        {
            for (long j = 0; j < rows; j++)
            {
                l[(i * rows) + j] = j <= i ? a[(i * columns) + j] : T.Zero;
            }
        }

        // Q is the first rows of the identity, reflected in the reverse order.
        for (long i = 0; i < rows; i++)
        {
            T* row = a + (i * columns);
            new Span<T>(row, checked((int)columns)).Clear();
            row[i] = T.One;
            for (long k = rows - 1; k >= 0; k--)
            {
                Reflect(row, mirrors + (k * columns), factors[k], k, columns);
            }
        }
    }

    private static T Norm<T>(T* x, long count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Scaled, so that squares neither overflow nor vanish.
        T largest = T.Zero;
        for (long i = 0; i < count; i++)
        {
            largest = T.Max(largest, T.Abs(x[i]));
        }

        if (!(largest > T.Zero))
            return largest;
        T sum = T.Zero;
        for (long i = 0; i < count; i++)
        {
            T scaled = x[i] / largest;
            sum += scaled * scaled;
        }

        return largest * T.Sqrt(sum);
    }

    private static void Reflect<T>(T* row, T* mirror, T factor, long start, long columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T dot = T.Zero;
        for (long j = start; j < columns; j++)
        {
            dot += row[j] * mirror[j];
        }

        dot *= factor;
        for (long j = start; j < columns; j++)
        {
            row[j] -= dot * mirror[j];
        }
    }
}
