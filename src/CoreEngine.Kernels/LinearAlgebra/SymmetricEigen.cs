using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Eigenvalues and eigenvectors of symmetric matrices, A = U^T diag(values) U: reflections make A tridiagonal, rotations
/// make that diagonal, and the reflections turn its eigenvectors back.
/// </summary>
/// <remarks>
/// Values are ascending; the rows of U are the eigenvectors, each with its component of largest magnitude positive. G. H.
/// Golub, C. F. Van Loan: Matrix Computations, section 8.3.
/// </remarks>
public static unsafe class SymmetricEigen
{
    /// <summary>Elements of scratch memory, of A's type, that a decomposition needs.</summary>
    /// <param name="n">Order of A.</param>
    public static long ScratchElements(long n) =>
        checked(
            (n * n) + (8 * n) + Math.Max(Reflections<float>.ScratchElements(n), Rotations<float>.ScratchElements(n))
        );

    /// <summary>Decomposes A, of which the lower triangle is read.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="n">Order of A.</param>
    /// <param name="a">The matrix A; destroyed.</param>
    /// <param name="u">The eigenvectors, n x n.</param>
    /// <param name="values">The eigenvalues.</param>
    /// <param name="scratch">Memory for <see cref="ScratchElements"/> elements, aligned to 8 bytes.</param>
    /// <returns>False when A holds NaN or infinity.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The type is neither float32 nor float64.</exception>
    public static bool Decompose(DType dtype, long n, void* a, void* u, void* values, void* scratch) =>
        dtype switch
        {
            DType.Float32 => Decompose(n, (float*)a, (float*)u, (float*)values, (float*)scratch),
            DType.Float64 => Decompose(n, (double*)a, (double*)u, (double*)values, (double*)scratch),
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Use float32 or float64."),
        };

    private static bool Decompose<T>(long n, T* a, T* u, T* values, T* scratch)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (!TryScale(n, a, out int exponent))
            return false;
        // The numbers of the tridiagonal matrix are few: they are kept in float64, whatever the type.
        double* diagonal = (double*)scratch;
        double* beside = diagonal + n;
        T* factors = (T*)(beside + n);
        T* vectors = factors + n;
        T* work = vectors + (n * n);
        Tridiagonal<T>.Reduce(n, a, vectors, factors, diagonal, beside, work);
        // The rotations act on what the reflections made of the identity, not the other way round: the eigenvectors of the
        // tridiagonal matrix alone fall off into denormal numbers, which processors handle slowly.
        SetIdentity(n, u);
        Reflections<T>.ApplyToIdentity(n, n, n - 1, shift: 1, vectors, factors, u, work);
        var rotations = new Rotations<T>(n, u, work);
        if (!rotations.Diagonalize(diagonal, beside))
            return false;
        SortAscending(n, u, diagonal);
        for (long i = 0; i < n; i++)
        {
            values[i] = T.ScaleB(T.CreateTruncating(diagonal[i]), exponent);
            PointForward(u + (i * n), n);
        }

        return true;
    }

    /// <summary>
    /// Copies the lower triangle to the upper one, and scales A by a power of two such that its largest element is about
    /// 1: squares then neither overflow nor vanish.
    /// </summary>
    private static bool TryScale<T>(long n, T* a, out int exponent)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        T largest = T.Zero;
        exponent = 0;
        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j <= i; j++)
            {
                T size = T.Abs(a[(i * n) + j]);
                if (!T.IsFinite(size))
                    return false;
                largest = T.Max(largest, size);
            }
        }

        exponent = largest > T.Zero ? T.ILogB(largest) : 0;
        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j <= i; j++)
            {
                T scaled = exponent == 0 ? a[(i * n) + j] : T.ScaleB(a[(i * n) + j], -exponent);
                a[(j * n) + i] = scaled;
            }
        }

        return true;
    }

    private static void SetIdentity<T>(long n, T* u)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        for (long i = 0; i < n; i++)
        {
            new Span<T>(u + (i * n), checked((int)n)).Clear();
            u[(i * n) + i] = T.One;
        }
    }

    private static void SortAscending<T>(long n, T* u, double* values)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        for (long i = 0; i < n - 1; i++)
        {
            long least = i;
            for (long j = i + 1; j < n; j++)
            {
                if (values[j] < values[least])
                    least = j;
            }

            if (least == i)
                continue;
            (values[i], values[least]) = (values[least], values[i]);
            for (long k = 0; k < n; k++)
            {
                (u[(i * n) + k], u[(least * n) + k]) = (u[(least * n) + k], u[(i * n) + k]);
            }
        }
    }

    private static void PointForward<T>(T* vector, long n)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        long largest = 0;
        for (long k = 1; k < n; k++)
        {
            if (T.Abs(vector[k]) > T.Abs(vector[largest]))
                largest = k;
        }

        if (vector[largest] < T.Zero)
            RowMath<T>.Scale(-T.One, vector, n);
    }
}
