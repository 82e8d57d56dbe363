using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Eigenvalues and eigenvectors of symmetric matrices, A = U^T diag(values) U, by cyclic Jacobi rotations: simple, accurate,
/// and fast enough for matrices of moderate order.
/// </summary>
/// <remarks>
/// Values are ascending; the rows of U are the eigenvectors, each with its component of largest magnitude positive. G. H.
/// Golub, C. F. Van Loan: Matrix Computations, section 8.5.
/// </remarks>
public static unsafe class SymmetricEigen
{
    private const int MaxSweeps = 60;

    /// <summary>Decomposes A, of which the lower triangle is read.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="n">Order of A.</param>
    /// <param name="a">The matrix A; destroyed.</param>
    /// <param name="u">The eigenvectors, n x n.</param>
    /// <param name="values">The eigenvalues.</param>
    /// <returns>False when A holds NaN or infinity, or its elements are so large that the rotations overflow.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The type is neither float32 nor float64.</exception>
    public static bool Decompose(DType dtype, long n, void* a, void* u, void* values) =>
        dtype switch
        {
            DType.Float32 => Decompose(n, (float*)a, (float*)u, (float*)values),
            DType.Float64 => Decompose(n, (double*)a, (double*)u, (double*)values),
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Use float32 or float64."),
        };

    private static bool Decompose<T>(long n, T* a, T* u, T* values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j < n; j++)
            {
                u[(i * n) + j] = i == j ? T.One : T.Zero;
                if (j > i)
                    a[(i * n) + j] = a[(j * n) + i];
            }
        }

        // Rotations combine elements beside the diagonal only with each other, so these fall below any fraction of A.
        T negligible = (T.BitIncrement(T.One) - T.One) * Largest(n, a);
        bool converged = false;
        for (int sweep = 0; sweep < MaxSweeps && !converged; sweep++)
        {
            converged = !Sweep(n, a, u, negligible);
        }

        for (long i = 0; i < n; i++)
        {
            values[i] = a[(i * n) + i];
            converged &= T.IsFinite(values[i]);
        }

        SortAscending(n, u, values);
        for (long i = 0; i < n; i++)
        {
            PointForward(u + (i * n), n);
        }

        return converged;
    }

    /// <summary>Rotates every element beside the diagonal to zero once.</summary>
    /// <returns>False when all of them were negligible.</returns>
    private static bool Sweep<T>(long n, T* a, T* u, T negligible)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool rotated = false;
        for (long p = 0; p < n - 1; p++)
        {
            for (long q = p + 1; q < n; q++)
            {
                if (T.Abs(a[(p * n) + q]) <= negligible)
                    continue;
                rotated = true;
                Rotate(n, a, u, p, q);
            }
        }

        return rotated;
    }

    private static T Largest<T>(long n, T* a)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = T.Zero;
        for (long i = 0; i < n * n; i++)
        {
            largest = T.Max(largest, T.Abs(a[i]));
        }

        return largest;
    }

    private static void Rotate<T>(long n, T* a, T* u, long p, long q)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T two = T.One + T.One;
        T theta = (a[(q * n) + q] - a[(p * n) + p]) / (two * a[(p * n) + q]);
        T root = T.Hypot(T.One, theta);
        T tangent = theta >= T.Zero ? T.One / (theta + root) : T.One / (theta - root);
        T cosine = T.One / T.Hypot(T.One, tangent);
        T sine = tangent * cosine;
        for (long k = 0; k < n; k++)
        {
            Turn(ref a[(k * n) + p], ref a[(k * n) + q], cosine, sine);
        }

        for (long k = 0; k < n; k++)
        {
            Turn(ref a[(p * n) + k], ref a[(q * n) + k], cosine, sine);
            Turn(ref u[(p * n) + k], ref u[(q * n) + k], cosine, sine);
        }

        a[(p * n) + q] = T.Zero;
        a[(q * n) + p] = T.Zero;
    }

    private static void Turn<T>(ref T x, ref T y, T cosine, T sine)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        (x, y) = ((cosine * x) - (sine * y), (sine * x) + (cosine * y));

    private static void SortAscending<T>(long n, T* u, T* values)
        where T : unmanaged, IFloatingPointIeee754<T>
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
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long largest = 0;
        for (long k = 1; k < n; k++)
        {
            if (T.Abs(vector[k]) > T.Abs(vector[largest]))
                largest = k;
        }

        if (vector[largest] >= T.Zero)
            return;
        for (long k = 0; k < n; k++)
        {
            vector[k] = -vector[k];
        }
    }
}
