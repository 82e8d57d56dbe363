using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>How rows of some length are transformed, and what that takes.</summary>
internal static class FourierPlan
{
    /// <summary>The largest prime factor that is transformed by its definition.</summary>
    internal const long LargestPrime = 31;

    /// <summary>Length of the complex rows that real rows of this length become.</summary>
    internal static long ComplexLength(long length) => length % 2 == 0 ? length / 2 : length;

    /// <summary>Length of the complex rows that are worked with: longer ones where a convolution is needed.</summary>
    internal static long WorkLength(long length)
    {
        long complex = ComplexLength(length);
        return IsSmooth(complex) ? complex : checked((long)BitOperations.RoundUpToPowerOf2((ulong)(2 * complex)));
    }

    /// <summary>Elements of the tables: roots of unity for rows, and chirp, spectrum and roots for a convolution.</summary>
    internal static long Elements(long length)
    {
        long complex = ComplexLength(length);
        long work = WorkLength(length);
        return checked(2 * (length + (work == complex ? 0 : complex + (2 * work))) + 16) & -16;
    }

    private static bool IsSmooth(long length)
    {
        for (long prime = 2; prime <= LargestPrime && length > 1; prime++)
        {
            while (length % prime == 0)
            {
                length /= prime;
            }
        }

        return length == 1;
    }
}

/// <summary>The tables for rows of one length. They lie in the memory that <see cref="Make"/> was given.</summary>
internal unsafe struct FourierPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
{
    /// <summary>Numbers of a row.</summary>
    internal long Length;

    /// <summary>Numbers of the complex rows that are transformed.</summary>
    internal long ComplexLength;

    /// <summary>exp(-2 pi i k / length) for all k, interleaved.</summary>
    internal T* Roots;

    /// <summary>The stages of a transform of <see cref="ComplexLength"/>, where there is no convolution.</summary>
    internal FourierStages<T> Stages;

    /// <summary>Length of the convolution; 0 when none is needed.</summary>
    internal long Convolution;

    /// <summary>exp(-pi i k^2 / complex length), interleaved.</summary>
    internal T* Chirp;

    /// <summary>The transform of what is convolved with, divided by the length of the convolution.</summary>
    internal T* Spectrum;

    /// <summary>Fills the tables.</summary>
    /// <param name="length">Numbers of a row.</param>
    /// <param name="tables">Memory for <see cref="FourierPlan.Elements"/>.</param>
    /// <param name="work">Memory for two complex rows of <see cref="FourierPlan.WorkLength"/>.</param>
    internal static FourierPlan<T> Make(long length, T* tables, T* work)
    {
        long complex = FourierPlan.ComplexLength(length);
        long convolution = FourierPlan.WorkLength(length);
        var plan = new FourierPlan<T>
        {
            Length = length,
            ComplexLength = complex,
            Roots = tables,
        };
        FillRoots(plan.Roots, length);
        if (convolution == complex)
        {
            plan.Stages = new FourierStages<T>(complex, plan.Roots, length / complex);
            return plan;
        }

        plan.Convolution = convolution;
        plan.Chirp = plan.Roots + (2 * length);
        plan.Spectrum = plan.Chirp + (2 * complex);
        T* roots = plan.Spectrum + (2 * convolution);
        FillRoots(roots, convolution);
        plan.Stages = new FourierStages<T>(convolution, roots, 1);
        plan.FillChirp(work);
        return plan;
    }

    /// <summary>The roots of unity, as products of two shorter lists of them.</summary>
    private static void FillRoots(T* roots, long length)
    {
        const int Fine = 64;
        double* fine = stackalloc double[2 * Fine];
        for (int i = 0; i < Fine; i++)
        {
            (fine[(2 * i) + 1], fine[2 * i]) = double.SinCosPi(-2.0 * i / length);
        }

        for (long start = 0; start < length; start += Fine)
        {
            (double im, double re) = double.SinCosPi(-2.0 * start / length);
            for (long i = 0; i < Math.Min(Fine, length - start); i++)
            {
                (double a, double b) = (fine[2 * i], fine[(2 * i) + 1]);
                roots[2 * (start + i)] = T.CreateTruncating((re * a) - (im * b));
                roots[(2 * (start + i)) + 1] = T.CreateTruncating((re * b) + (im * a));
            }
        }
    }

    private void FillChirp(T* work)
    {
        long n = ComplexLength;
        long m = Convolution;
        for (long i = 0; i < 2 * m; i++)
        {
            work[i] = T.Zero;
        }

        long square = 0;
        for (long k = 0; k < n; k++)
        {
            (double sin, double cos) = double.SinCosPi((double)square / n);
            Chirp[2 * k] = T.CreateTruncating(cos);
            Chirp[(2 * k) + 1] = T.CreateTruncating(-sin);
            long mirror = k == 0 ? 0 : m - k;
            work[2 * mirror] = work[2 * k] = T.CreateTruncating(cos / m);
            work[(2 * mirror) + 1] = work[(2 * k) + 1] = T.CreateTruncating(sin / m);
            // (k + 1)^2 modulo 2 n.
            square = (square + (2 * k) + 1) % (2 * n);
        }

        T* spectrum = Stages.Run<SimdScalar<T>>(work, work + (2 * m));
        Buffer.MemoryCopy(spectrum, Spectrum, 2 * m * sizeof(T), 2 * m * sizeof(T));
    }
}
