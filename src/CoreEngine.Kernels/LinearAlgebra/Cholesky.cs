using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>The Cholesky factorisation A = L L^T of symmetric positive definite matrices, row-major.</summary>
public static unsafe class Cholesky
{
    /// <summary>Up to this order a matrix is factorised directly; above, by halves.</summary>
    private const long Direct = 32;

    /// <summary>Replaces the lower triangle of A by L. The upper triangle is not read, and means nothing afterwards.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="n">Order of A.</param>
    /// <param name="a">The matrix A, then L.</param>
    /// <param name="lda">Elements from one row to the next.</param>
    /// <returns>-1, or the place of the first pivot that is not positive: A is not positive definite then.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The type is neither float32 nor float64.</exception>
    public static long Factorize(DType dtype, long n, void* a, long lda)
    {
        if (n > Direct)
            return FactorizeByHalves(dtype, n, (byte*)a, lda);
        return dtype switch
        {
            DType.Float32 => FactorizeDirectly(n, (float*)a, lda),
            DType.Float64 => FactorizeDirectly(n, (double*)a, lda),
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Use float32 or float64."),
        };
    }

    private static long FactorizeByHalves(DType dtype, long n, byte* a, long lda)
    {
        int size = dtype.ItemSize();
        long first = n / 2;
        long rest = n - first;
        byte* a21 = a + (first * lda * size);
        byte* a22 = a21 + (first * size);
        long failed = Factorize(dtype, first, a, lda);
        if (failed >= 0)
            return failed;
        Triangular.Solve(dtype, transpose: true, right: true, first, rest, a, lda, a21, lda);
        // By strips of rows, each up to its part of the diagonal block: the upper triangle inside these blocks is garbage
        // that nothing reads.
        for (long row = 0; row < rest; row += Direct)
        {
            long rows = Math.Min(Direct, rest - row);
            byte* strip = a21 + (row * lda * size);
            byte* target = a22 + (row * lda * size);
            Gemm.Run(dtype, false, true, rows, row + rows, first, -1, strip, lda, a21, lda, 1, target, lda);
        }

        failed = Factorize(dtype, rest, a22, lda);
        return failed >= 0 ? first + failed : -1;
    }

    private static long FactorizeDirectly<T>(long n, T* a, long lda)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j <= i; j++)
            {
                T sum = a[(i * lda) + j];
                for (long k = 0; k < j; k++)
                {
                    sum -= a[(i * lda) + k] * a[(j * lda) + k];
                }

                if (j < i)
                    a[(i * lda) + j] = sum / a[(j * lda) + j];
                else if (sum > T.Zero)
                    a[(i * lda) + i] = T.Sqrt(sum);
                else
                    return i;
            }
        }

        return -1;
    }
}
