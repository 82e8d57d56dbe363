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
    private const int MostSweeps = 32;

    /// <summary>More steps for one eigenvalue than any matrix needs.</summary>
    private const int MostSteps = 120;

    /// <summary>Columns of a strip.</summary>
    private const int Strip = 32;

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
        const double Precision = 1.1102230246251565e-16;
        const double Tiny = 1e-290;
        return Math.Abs(beside[m]) <= (Precision * (Math.Abs(diagonal[m]) + Math.Abs(diagonal[m + 1]))) + Tiny;
    }

    /// <summary>One QL step on the rows l to m, from the bottom up.</summary>
    private void Sweep(double* diagonal, double* beside, long l, long m)
    {
        T* noted = _noted + (2 * _sweeps * _n);
        double g = (diagonal[l + 1] - diagonal[l]) / (2 * beside[l]);
        double r = Length(g, 1);
        g = diagonal[m] - diagonal[l] + (beside[l] / (g + Math.CopySign(r, g)));
        double sine = 1;
        double cosine = 1;
        double p = 0;
        long i = m - 1;
        for (; i >= l; i--)
        {
            double f = sine * beside[i];
            double b = cosine * beside[i];
            r = Length(f, g);
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
            noted[2 * i] = T.CreateTruncating(cosine);
            noted[(2 * i) + 1] = T.CreateTruncating(sine);
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

    // The matrix was scaled: squares stay within the range, unless both are so small that they do not matter.
    private static double Length(double x, double y)
    {
        double squares = (x * x) + (y * y);
        return squares is > 1e-280 and < 1e280 ? Math.Sqrt(squares) : double.Hypot(x, y);
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

            for (int sweep = 0; sweep < _sweeps; sweep++)
            {
                T* noted = _noted + (2 * sweep * _n);
                if (Vector512.IsHardwareAccelerated)
                    Rotate<Simd512<T>>(_strip, noted, _first[sweep], _end[sweep]);
                else if (Vector256.IsHardwareAccelerated)
                    Rotate<Simd256<T>>(_strip, noted, _first[sweep], _end[sweep]);
                else
                    Rotate<Simd128<T>>(_strip, noted, _first[sweep], _end[sweep]);
            }

            for (long i = 0; i < _n; i++)
            {
                T* line = _strip + (i * Strip);
                Buffer.MemoryCopy(line, _rows + (i * _n) + column, count * sizeof(T), count * sizeof(T));
            }
        }

        _sweeps = 0;
    }

    /// <summary>Rotates the rows of a strip, last pair first; the upper row of one pair is the lower row of the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rotate<V>(T* strip, T* noted, long first, long end)
        where V : struct, ISimd<V>
    {
        int width = V.Count;
        for (int column = 0; column < Strip; column += 2 * width)
        {
            T* row = strip + (end * Strip) + column;
            V lower0 = V.Load(row);
            V lower1 = V.Load(row + width);
            for (long i = end - 1; i >= first; i--)
            {
                V cosine = V.Broadcast(noted + (2 * i));
                V sine = V.Broadcast(noted + (2 * i) + 1);
                V upper0 = V.Load(row - Strip);
                V upper1 = V.Load(row - Strip + width);
                V.Store(V.MultiplyAdd(sine, upper0, cosine * lower0), row);
                V.Store(V.MultiplyAdd(sine, upper1, cosine * lower1), row + width);
                lower0 = V.MultiplyAdd(cosine, upper0, -(sine * lower0));
                lower1 = V.MultiplyAdd(cosine, upper1, -(sine * lower1));
                row -= Strip;
            }

            V.Store(lower0, row);
            V.Store(lower1, row + width);
        }
    }
}
