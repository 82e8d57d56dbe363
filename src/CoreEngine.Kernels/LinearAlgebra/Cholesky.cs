using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>The Cholesky factorisation A = L L^T of symmetric positive definite matrices, row-major.</summary>
public static unsafe class Cholesky
{
    /// <summary>Up to this order a matrix is factorised directly; above, by halves.</summary>
    private const long Direct = 64;

    /// <summary>Rows of what is left that are brought up to date together.</summary>
    private const long Strip = 32;

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
        for (long row = 0; row < rest; row += Strip)
        {
            long rows = Math.Min(Strip, rest - row);
            byte* strip = a21 + (row * lda * size);
            byte* target = a22 + (row * lda * size);
            Gemm.Run(dtype, false, true, rows, row + rows, first, -1, strip, lda, a21, lda, 1, target, lda);
        }

        failed = Factorize(dtype, rest, a22, lda);
        return failed >= 0 ? first + failed : -1;
    }

    private static long FactorizeDirectly<T>(long n, T* a, long lda)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        // Turned over, so that what is subtracted from a row of L^T lies along rows.
        T* upper = stackalloc T[(int)(Direct * Direct)];
        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j <= i; j++)
            {
                upper[(j * Direct) + i] = a[(i * lda) + j];
            }
        }

        for (long i = 0; i < n; i++)
        {
            T* row = upper + (i * Direct);
            if (Vector512.IsHardwareAccelerated)
                SubtractRowsAbove<Simd512<T>, T>(i, n, upper);
            else if (Vector256.IsHardwareAccelerated)
                SubtractRowsAbove<Simd256<T>, T>(i, n, upper);
            else
                SubtractRowsAbove<Simd128<T>, T>(i, n, upper);
            if (!(row[i] > T.Zero))
                return i;
            T root = T.Sqrt(row[i]);
            for (long j = i; j < n; j++)
            {
                row[j] /= root;
            }
        }

        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j <= i; j++)
            {
                a[(i * lda) + j] = upper[(j * Direct) + i];
            }
        }

        return -1;
    }

    /// <summary>
    /// Row i of L^T before it is divided: less the rows above it, each times its element in column i. Columns before the
    /// diagonal are computed along and mean nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SubtractRowsAbove<V, T>(long i, long n, T* upper)
        where V : struct, ISimd<V>
        where T : unmanaged
    {
        int width = V.Count;
        T* row = upper + (i * Direct);
        for (long c = i / width * width; c < n; c += 2 * width)
        {
            // The second vector may begin beyond the last column; it stays within the block.
            long other = Math.Min(c + width, Direct - width);
            V x0 = V.Load(row + c);
            V x1 = V.Load(row + other);
            T* above = upper;
            for (long k = 0; k < i; k++)
            {
                V f = -V.Broadcast(above + i);
                x0 = V.MultiplyAdd(f, V.Load(above + c), x0);
                x1 = V.MultiplyAdd(f, V.Load(above + other), x1);
                above += Direct;
            }

            if (other != c)
                V.Store(x1, row + other);
            V.Store(x0, row + c);
        }
    }
}
