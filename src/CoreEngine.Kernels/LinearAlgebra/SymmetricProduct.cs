using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// A symmetric matrix times a vector. Each element above the diagonal is read once and serves twice: reading is what this
/// takes time for.
/// </summary>
internal static unsafe class SymmetricProduct<T>
    where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
{
    private const int Rows = 4;

    /// <summary>y = A x, of A the upper triangle.</summary>
    /// <param name="n">Order of A.</param>
    /// <param name="a">The matrix A.</param>
    /// <param name="lda">Elements from one row to the next.</param>
    /// <param name="x">The vector x.</param>
    /// <param name="y">The vector y.</param>
    internal static void Run(long n, T* a, long lda, T* x, T* y)
    {
        new Span<T>(y, checked((int)n)).Clear();
        long i = 0;
        for (; i + Rows <= n; i += Rows)
        {
            T* corner = a + (i * lda) + i;
            AddTriangle(Rows, corner, lda, x + i, y + i);
            long rest = n - i - Rows;
            if (Vector512.IsHardwareAccelerated)
                AddRows<Simd512<T>>(rest, corner + Rows, lda, x + i, y + i);
            else if (Vector256.IsHardwareAccelerated)
                AddRows<Simd256<T>>(rest, corner + Rows, lda, x + i, y + i);
            else
                AddRows<Simd128<T>>(rest, corner + Rows, lda, x + i, y + i);
        }

        AddTriangle(n - i, a + (i * lda) + i, lda, x + i, y + i);
    }

    private static void AddTriangle(long n, T* a, long lda, T* x, T* y)
    {
        for (long i = 0; i < n; i++)
        {
            y[i] += a[(i * lda) + i] * x[i];
            for (long j = i + 1; j < n; j++)
            {
                y[i] += a[(i * lda) + j] * x[j];
                y[j] += a[(i * lda) + j] * x[i];
            }
        }
    }

    /// <summary>Adds what four rows contribute right of their triangle: to themselves, and to the rows that mirror them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows<V>(long n, T* a, long lda, T* x, T* y)
        where V : struct, ISimd<V>
    {
        T* b = a + lda;
        T* c = b + lda;
        T* d = c + lda;
        V xa = V.Broadcast(x);
        V xb = V.Broadcast(x + 1);
        V xc = V.Broadcast(x + 2);
        V xd = V.Broadcast(x + 3);
        V sumA = V.Zero,
            sumB = V.Zero,
            sumC = V.Zero,
            sumD = V.Zero;
        T* others = x + Rows;
        T* mirrored = y + Rows;
        long j = 0;
        for (; j + V.Count <= n; j += V.Count)
        {
            V right = V.Load(others + j);
            V sum = V.Load(mirrored + j);
            V row = V.Load(a + j);
            sumA = V.MultiplyAdd(row, right, sumA);
            sum = V.MultiplyAdd(row, xa, sum);
            row = V.Load(b + j);
            sumB = V.MultiplyAdd(row, right, sumB);
            sum = V.MultiplyAdd(row, xb, sum);
            row = V.Load(c + j);
            sumC = V.MultiplyAdd(row, right, sumC);
            sum = V.MultiplyAdd(row, xc, sum);
            row = V.Load(d + j);
            sumD = V.MultiplyAdd(row, right, sumD);
            sum = V.MultiplyAdd(row, xd, sum);
            V.Store(sum, mirrored + j);
        }

        y[0] += Sum(sumA);
        y[1] += Sum(sumB);
        y[2] += Sum(sumC);
        y[3] += Sum(sumD);
        for (; j < n; j++)
        {
            y[0] += a[j] * others[j];
            y[1] += b[j] * others[j];
            y[2] += c[j] * others[j];
            y[3] += d[j] * others[j];
            mirrored[j] += (a[j] * x[0]) + (b[j] * x[1]) + (c[j] * x[2]) + (d[j] * x[3]);
        }
    }

    private static T Sum<V>(V lanes)
        where V : struct, ISimd<V>
    {
        T* values = stackalloc T[16];
        V.Store(lanes, values);
        T sum = T.Zero;
        for (int i = 0; i < V.Count; i++)
        {
            sum += values[i];
        }

        return sum;
    }
}
