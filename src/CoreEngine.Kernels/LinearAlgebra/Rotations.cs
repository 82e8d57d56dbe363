using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// Rotations that make a symmetric tridiagonal matrix diagonal (implicit QL steps with Wilkinson's shift), applied to the rows
/// of a matrix: many sweeps at once, strip by strip of its columns, so that a strip stays in the first cache.
/// </summary>
/// <remarks>G. H. Golub, C. F. Van Loan: Matrix Computations, section 8.3.</remarks>
internal unsafe ref struct Rotations<T>
    where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
{
    /// <summary>Sweeps that are noted before they are applied.</summary>
    private const int MostSweeps = 64;

    /// <summary>More steps for one eigenvalue than any matrix needs.</summary>
    private const int MostSteps = 120;

    /// <summary>Columns of a strip: one vector.</summary>
    private static int Strip =>
        Vector512.IsHardwareAccelerated ? Simd512<T>.Count
        : Vector256.IsHardwareAccelerated ? Simd256<T>.Count
        : Simd128<T>.Count;

    private readonly long _n;
    private readonly T* _rows;
    private readonly T* _strip;

    // Of sweep s: the cosine and sine of the rotation of rows i and i + 1 at 2 * (s * n + i).
    private readonly T* _noted;
    private fixed long _first[MostSweeps];
    private fixed long _end[MostSweeps];
    private int _sweeps;

    /// <summary>Rotations of the rows of an n x n matrix.</summary>
    internal Rotations(long n, T* rows, T* scratch)
    {
        _n = n;
        _rows = rows;
        _noted = scratch;
        _strip = scratch + (2 * MostSweeps * n);
    }

    /// <summary>Elements of scratch memory for a matrix of order n.</summary>
    internal static long ScratchElements(long n) => n * ((2 * MostSweeps) + Strip);

    /// <summary>
    /// Diagonalises T = S diag S^T and multiplies the rows by S^T: of the identity it makes the eigenvectors as rows.
    /// </summary>
    /// <param name="diagonal">T's diagonal, then the eigenvalues in no order.</param>
    /// <param name="beside">The n - 1 elements beside it; room for n. Destroyed.</param>
    /// <returns>False when the steps do not end, which is when something is not finite.</returns>
    internal bool Diagonalize(double* diagonal, double* beside)
    {
        beside[_n - 1] = 0;
        for (long l = 0; l < _n; l++)
        {
            for (int step = 0; ; step++)
            {
                long m = l;
                while (m < _n - 1 && !IsNegligible(diagonal, beside, m))
                {
                    m++;
                }

                if (m == l)
                    break;
                if (step == MostSteps)
                    return false;
                Sweep(diagonal, beside, l, m);
            }
        }

        Apply();
        return true;
    }

    private static bool IsNegligible(double* diagonal, double* beside, long m)
    {
        // Half of what rounding to the type loses anyway.
        double precision = typeof(T) == typeof(float) ? 1.0 / (1 << 25) : 1.0 / (1L << 54);
        const double Tiny = 1e-290;
        return Math.Abs(beside[m]) <= (precision * (Math.Abs(diagonal[m]) + Math.Abs(diagonal[m + 1]))) + Tiny;
    }

    /// <summary>One QL step on the rows l to m, from the bottom up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sweep(double* diagonal, double* beside, long l, long m)
    {
        T* noted = _noted + (2 * _sweeps * _n);
        double g = (diagonal[l + 1] - diagonal[l]) / (2 * beside[l]);
        // The matrix was scaled: where squares vanish or overflow, the numbers do not matter or the limit is right.
        double r = Math.Sqrt((g * g) + 1);
        g = diagonal[m] - diagonal[l] + (beside[l] / (g + Math.CopySign(r, g)));
        double sine = 1;
        double cosine = 1;
        double p = 0;
        long i = m - 1;
        for (; i >= l; i--)
        {
            double f = sine * beside[i];
            double b = cosine * beside[i];
            r = Math.Sqrt((f * f) + (g * g));
            beside[i + 1] = r;
            if (r == 0)
            {
                // The matrix falls apart here: the step ends early.
                diagonal[i + 1] -= p;
                beside[m] = 0;
                break;
            }

            sine = f / r;
            cosine = g / r;
            g = diagonal[i + 1] - p;
            r = ((diagonal[i] - g) * sine) + (2 * cosine * b);
            p = sine * r;
            diagonal[i + 1] = g + p;
            g = (cosine * r) - b;
            if (typeof(T) == typeof(float))
                (((float*)noted)[2 * i], ((float*)noted)[(2 * i) + 1]) = ((float)cosine, (float)sine);
            else
                (((double*)noted)[2 * i], ((double*)noted)[(2 * i) + 1]) = (cosine, sine);
        }

        if (i < l)
        {
            diagonal[l] -= p;
            beside[l] = g;
            beside[m] = 0;
        }

        _first[_sweeps] = i + 1;
        _end[_sweeps] = m;
        if (++_sweeps == MostSweeps)
            Apply();
    }

    /// <summary>Applies what was noted.</summary>
    private void Apply()
    {
        for (long column = 0; column < _n && _sweeps > 0; column += Strip)
        {
            long count = Math.Min(Strip, _n - column);
            for (long i = 0; i < _n; i++)
            {
                T* line = _strip + (i * Strip);
                Buffer.MemoryCopy(_rows + (i * _n) + column, line, count * sizeof(T), count * sizeof(T));
                new Span<T>(line + count, (int)(Strip - count)).Clear();
            }

            if (Vector512.IsHardwareAccelerated)
                Rotate<Simd512<T>>();
            else if (Vector256.IsHardwareAccelerated)
                Rotate<Simd256<T>>();
            else
                Rotate<Simd128<T>>();
            for (long i = 0; i < _n; i++)
            {
                T* line = _strip + (i * Strip);
                Buffer.MemoryCopy(line, _rows + (i * _n) + column, count * sizeof(T), count * sizeof(T));
            }
        }

        _sweeps = 0;
    }

    /// <summary>Applies the sweeps to a strip, two at a time where the second one stays within the rows of the first.</summary>
    private readonly void Rotate<V>()
        where V : struct, ISimd<V>
    {
        for (int sweep = 0; sweep < _sweeps; sweep++)
        {
            T* noted = _noted + (2 * sweep * _n);
            long first = _first[sweep];
            long end = _end[sweep];
            int next = sweep + 1;
            if (next < _sweeps && _end[next] == end && _first[next] >= first && _first[next] < end - 1)
            {
                RotateTwice<V>(_strip, noted, noted + (2 * _n), first, _first[next], end);
                sweep = next;
            }
            else
            {
                V lower = RotateOnce<V>(_strip, noted, first, end, V.Load(_strip + (end * Strip)));
                V.Store(lower, _strip + (first * Strip));
            }
        }
    }

    /// <summary>
    /// Rotates the rows of a strip, last pair first; the upper row of one pair is the lower row of the next.
    /// </summary>
    /// <returns>The first row, which is not stored yet.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static V RotateOnce<V>(T* strip, T* noted, long first, long end, V lower)
        where V : struct, ISimd<V>
    {
        int length = Strip;
        T* row = strip + (end * length);
        for (long i = end - 1; i >= first; i--)
        {
            V cosine = V.Broadcast(noted + (2 * i));
            V sine = V.Broadcast(noted + (2 * i) + 1);
            V upper = V.Load(row - length);
            V.Store(V.MultiplyAdd(sine, upper, cosine * lower), row);
            // In this order only one step waits for the row below.
            lower = V.MultiplyAdd(-sine, lower, cosine * upper);
            row -= length;
        }

        return lower;
    }

    /// <summary>
    /// Two sweeps in one pass: the second follows the first one pair behind, so each row is read and written once, and the
    /// two hide each other's latency.
    /// </summary>
    /// <param name="strip">The strip.</param>
    /// <param name="noted">The first sweep's rotations.</param>
    /// <param name="later">The second sweep's.</param>
    /// <param name="first">The first sweep's first row.</param>
    /// <param name="laterFirst">The second sweep's first row, not before that.</param>
    /// <param name="end">The last row of both.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RotateTwice<V>(T* strip, T* noted, T* later, long first, long laterFirst, long end)
        where V : struct, ISimd<V>
    {
        int length = Strip;
        T* row = strip + (end * length);
        V lower = V.Load(row);
        V cosine = V.Broadcast(noted + (2 * (end - 1)));
        V sine = V.Broadcast(noted + (2 * (end - 1)) + 1);
        V upper = V.Load(row - length);
        // Row i + 1 after the first sweep, which the second one then joins with row i.
        V last = V.MultiplyAdd(sine, upper, cosine * lower);
        lower = V.MultiplyAdd(-sine, lower, cosine * upper);
        row -= length;
        long least = Math.Max(first, laterFirst - 1);
        for (long i = end - 2; i >= least; i--)
        {
            cosine = V.Broadcast(noted + (2 * i));
            sine = V.Broadcast(noted + (2 * i) + 1);
            upper = V.Load(row - length);
            V middle = V.MultiplyAdd(sine, upper, cosine * lower);
            lower = V.MultiplyAdd(-sine, lower, cosine * upper);
            cosine = V.Broadcast(later + (2 * (i + 1)));
            sine = V.Broadcast(later + (2 * (i + 1)) + 1);
            V.Store(V.MultiplyAdd(sine, middle, cosine * last), row + length);
            last = V.MultiplyAdd(-sine, last, cosine * middle);
            row -= length;
        }

        if (first == laterFirst)
        {
            // The second sweep's last pair: the first one is over.
            cosine = V.Broadcast(later + (2 * first));
            sine = V.Broadcast(later + (2 * first) + 1);
            V.Store(V.MultiplyAdd(sine, lower, cosine * last), row + length);
            V.Store(V.MultiplyAdd(-sine, last, cosine * lower), row);
            return;
        }

        V.Store(last, row + length);
        V.Store(RotateOnce(strip, noted, first, least, lower), strip + (first * length));
    }
}
