using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// The factorisation A = L Q of wide matrices, row-major, L lower triangular, Q with orthonormal rows, by Householder
/// reflections. The signs are LAPACK's: an element of L's diagonal has the sign opposite to what stood there before its
/// reflection, unless nothing was left to reflect.
/// </summary>
public static unsafe class LqFactorization
{
    /// <summary>Elements of scratch memory that <see cref="Factorize(DType, long, long, void*, void*, void*)"/> needs.</summary>
    public static long ScratchElements(long rows, long columns) =>
        rows + (rows * columns) + Reflections<float>.ScratchElements(rows);

    private const long Block = Reflections<float>.Most;

    /// <summary>Factorises A, which becomes Q.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of A, at least as many.</param>
    /// <param name="a">The matrix A, then Q.</param>
    /// <param name="l">L, rows x rows; its upper triangle is set to zero.</param>
    /// <param name="scratch">Memory for <see cref="ScratchElements"/> elements.</param>
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
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        T* factors = scratch;
        T* vectors = factors + rows;
        T* work = vectors + (rows * columns);
        T* t = work + (2 * rows * Block);
        new Span<byte>(l, checked((int)(rows * rows * sizeof(T)))).Clear();
        for (long first = 0; first < rows; first += Block)
        {
            long count = Math.Min(Block, rows - first);
            ReflectPanel(first, count, rows, columns, a, l, vectors, factors);
            // The rows below feel all reflections of the panel at once.
            long below = rows - first - count;
            if (below == 0)
                break;
            T* panel = vectors + (first * columns) + first;
            Reflections<T>.Join(count, columns - first, panel, columns, factors + first, t);
            T* rest = a + ((first + count) * columns) + first;
            Reflections<T>.Apply(false, below, columns - first, count, panel, columns, t, rest, columns, work);
            for (long i = first + count; i < rows; i++)
            {
                Copy(a + (i * columns) + first, l + (i * rows) + first, count);
            }
        }

        // Q is the first rows of the identity, reflected in the reverse order.
        for (long i = 0; i < rows; i++)
        {
            LongRuns.Clear(a + (i * columns), columns);
            a[(i * columns) + i] = T.One;
        }

        Reflections<T>.ApplyToIdentity(rows, columns, rows, shift: 0, vectors, factors, a, work);
    }

    /// <summary>Makes the reflections of some rows one after another, and applies each to the panel's rows below.</summary>
    private static void ReflectPanel<T>(
        long first,
        long count,
        long rows,
        long columns,
        T* a,
        T* l,
        T* vectors,
        T* factors
    )
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        for (long k = first; k < first + count; k++)
        {
            long length = columns - k;
            T* vector = vectors + (k * columns);
            new Span<T>(vector, checked((int)k)).Clear();
            vector += k;
            Copy(a + (k * columns) + k, vector, length);
            l[(k * rows) + k] = Reflections<T>.Make(vector, length, out factors[k]);
            for (long i = k + 1; i < first + count; i++)
            {
                T* row = a + (i * columns) + k;
                T along = RowMath<T>.Dot(row, vector, length);
                RowMath<T>.AddScaled(-factors[k] * along, vector, row, length);
                l[(i * rows) + k] = row[0];
            }
        }
    }

    private static void Copy<T>(T* from, T* to, long count)
        where T : unmanaged => Buffer.MemoryCopy(from, to, count * sizeof(T), count * sizeof(T));
}
