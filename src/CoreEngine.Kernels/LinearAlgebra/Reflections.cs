using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Householder reflections H = I - factor v v^T in blocks: the product of up to <see cref="Most"/> of them, H0 H1 ..., is
/// I - V^T T V, with the vectors v as the rows of V and T upper triangular, so that applying them is matrix products.
/// </summary>
/// <remarks>R. Schreiber, C. Van Loan: A Storage-Efficient WY Representation for Products of Householder Transformations, 1989.</remarks>
internal static unsafe class Reflections<T>
    where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
{
    /// <summary>Reflections that are applied at once.</summary>
    internal const int Most = 32;

    /// <summary>Elements of scratch memory for applying any number of reflections to some rows.</summary>
    internal static long ScratchElements(long rows) => ((2 * rows) + Most) * Most;

    private static readonly DType s_dtype = DTypes.Of<T>();

    /// <summary>
    /// The reflection that turns a vector x into (beta, 0, 0 ...): x becomes v, whose first element is 1. beta has the sign
    /// opposite to x's first element, as in LAPACK; when nothing is left to reflect it is that element, and factor 0.
    /// </summary>
    internal static T Make(T* x, long n, out T factor)
    {
        T head = x[0];
        T rest = RowMath<T>.Norm(x + 1, n - 1);
        x[0] = T.One;
        if (rest == T.Zero)
        {
            factor = T.Zero;
            return head;
        }

        T beta = T.CopySign(T.Hypot(head, rest), -head);
        factor = (beta - head) / beta;
        // One division at a time: the reciprocal of a tiny difference may be infinite.
        T scale = head - beta;
        for (long i = 1; i < n; i++)
        {
            x[i] /= scale;
        }

        return beta;
    }

    /// <summary>Finds T of some reflections.</summary>
    /// <param name="count">How many.</param>
    /// <param name="length">Elements of each vector.</param>
    /// <param name="v">The vectors.</param>
    /// <param name="ldv">Elements from one to the next.</param>
    /// <param name="factors">Their factors.</param>
    /// <param name="t">T, count x <see cref="Most"/>.</param>
    internal static void Join(long count, long length, T* v, long ldv, T* factors, T* t)
    {
        T* products = stackalloc T[Most];
        for (long j = 0; j < count; j++)
        {
            for (long i = 0; i < j; i++)
            {
                products[i] = -factors[j] * RowMath<T>.Dot(v + (i * ldv), v + (j * ldv), length);
            }

            for (long i = 0; i < count; i++)
            {
                T sum = i == j ? factors[j] : T.Zero;
                for (long k = i; k < j; k++)
                {
                    sum += t[(i * Most) + k] * products[k];
                }

                t[(i * Most) + j] = sum;
            }
        }
    }

    /// <summary>X becomes X H0 H1 ..., or with <paramref name="reversed"/> X ... H1 H0.</summary>
    /// <param name="reversed">The last reflection comes first.</param>
    /// <param name="rows">Rows of X.</param>
    /// <param name="length">Columns of X: the length of the vectors.</param>
    /// <param name="count">Number of reflections.</param>
    /// <param name="v">The vectors.</param>
    /// <param name="ldv">Elements from one to the next.</param>
    /// <param name="t">T.</param>
    /// <param name="x">The matrix X.</param>
    /// <param name="ldx">Elements from one of its rows to the next.</param>
    /// <param name="scratch">Memory for 2 * rows * <see cref="Most"/> elements.</param>
    internal static void Apply(
        bool reversed,
        long rows,
        long length,
        long count,
        T* v,
        long ldv,
        T* t,
        T* x,
        long ldx,
        T* scratch
    )
    {
        T* along = scratch;
        T* mixed = scratch + (rows * Most);
        Gemm.Run(s_dtype, false, true, rows, count, length, 1, x, ldx, v, ldv, 0, along, Most);
        Gemm.Run(s_dtype, false, reversed, rows, count, count, 1, along, Most, t, Most, 0, mixed, Most);
        Gemm.Run(s_dtype, false, false, rows, length, count, -1, mixed, Most, v, ldv, 1, x, ldx);
    }

    /// <summary>
    /// X, the first rows of the identity, becomes X ... H1 H0 for any number of reflections, whose vectors are zero before
    /// their own place: reflection k begins at column k + <paramref name="shift"/>.
    /// </summary>
    /// <param name="rows">Rows of X.</param>
    /// <param name="columns">Columns of X.</param>
    /// <param name="count">Number of reflections.</param>
    /// <param name="shift">Where the first one begins.</param>
    /// <param name="v">The vectors, count x columns.</param>
    /// <param name="factors">Their factors.</param>
    /// <param name="x">The matrix X, rows x columns.</param>
    /// <param name="scratch">Memory for <see cref="ScratchElements"/> elements.</param>
    internal static void ApplyToIdentity(
        long rows,
        long columns,
        long count,
        long shift,
        T* v,
        T* factors,
        T* x,
        T* scratch
    )
    {
        T* t = scratch + (2 * rows * Most);
        long blocks = (count + Most - 1) / Most;
        for (long block = blocks - 1; block >= 0; block--)
        {
            long first = block * Most;
            long some = Math.Min(Most, count - first);
            long column = first + shift;
            T* vectors = v + (first * columns) + column;
            Join(some, columns - column, vectors, columns, factors + first, t);
            Apply(
                reversed: true,
                // Rows before still are those of the identity, and have nothing from this column on.
                rows - column,
                columns - column,
                some,
                vectors,
                columns,
                t,
                x + (column * columns) + column,
                columns,
                scratch
            );
        }
    }
}
