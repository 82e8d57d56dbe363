using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The stages of a complex transform, one for each factor of its length: every stage reads one array and writes the other,
/// and the last leaves the numbers in order (Stockham's form; Van Loan, "Computational Frameworks for the Fast Fourier
/// Transform", 1992).
/// </summary>
/// <remarks>
/// A complex number is a register of real parts and one of imaginary parts; each lane is a transform of its own.
/// </remarks>
internal unsafe struct FourierStages<T>
    where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
{
    private const int MostFactors = 64;

    private readonly long _length;
    private readonly T* _roots;
    private readonly long _rootStride;
    private readonly int _count;
    private fixed byte _factors[MostFactors];

    /// <summary>A transform of <paramref name="length"/>, whose prime factors are small.</summary>
    /// <param name="length">Its length.</param>
    /// <param name="roots">Roots of unity, interleaved.</param>
    /// <param name="rootStride">Which of them, counted in complex numbers, are those of the length.</param>
    internal FourierStages(long length, T* roots, long rootStride)
    {
        _length = length;
        _roots = roots;
        _rootStride = rootStride;
        long rest = length;
        while (rest % 4 == 0)
        {
            _factors[_count++] = 4;
            rest /= 4;
        }

        for (byte prime = 2; rest > 1; prime++)
        {
            while (rest % prime == 0)
            {
                _factors[_count++] = prime;
                rest /= prime;
            }
        }
    }

    /// <summary>Transforms <paramref name="x"/>; both arrays are overwritten, and the one with the result is returned.</summary>
    internal T* Run<V>(T* x, T* y)
        where V : struct, ISimd<V>
    {
        long rest = _length;
        long done = 1;
        for (int i = 0; i < _count; i++)
        {
            int factor = _factors[i];
            rest /= factor;
            switch (factor)
            {
                case 4:
                    Four<V>(x, y, rest, done);
                    break;
                case 2:
                    Two<V>(x, y, rest, done);
                    break;
                default:
                    Odd<V>(x, y, rest, done, factor);
                    break;
            }

            done *= factor;
            T* spent = x;
            x = y;
            y = spent;
        }

        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Four<V>(T* x, T* y, long rest, long done)
        where V : struct, ISimd<V>
    {
        long width = 2 * V.Count;
        long step = width * done;
        for (long k = 0; k < rest; k++)
        {
            T* root1 = Root(k * done);
            T* root2 = Root(2 * k * done);
            T* root3 = Root(3 * k * done);
            (V c1, V s1) = (V.Broadcast(root1), V.Broadcast(root1 + 1));
            (V c2, V s2) = (V.Broadcast(root2), V.Broadcast(root2 + 1));
            (V c3, V s3) = (V.Broadcast(root3), V.Broadcast(root3 + 1));
            T* from = x + (k * step);
            T* to = y + (4 * k * step);
            for (long q = 0; q < step; q += width)
            {
                T* p = from + q;
                (V ar, V ai) = (V.Load(p), V.Load(p + V.Count));
                p += rest * step;
                (V br, V bi) = (V.Load(p), V.Load(p + V.Count));
                p += rest * step;
                (V cr, V ci) = (V.Load(p), V.Load(p + V.Count));
                p += rest * step;
                (V dr, V di) = (V.Load(p), V.Load(p + V.Count));
                (V er, V ei) = (ar + cr, ai + ci);
                (V fr, V fi) = (ar - cr, ai - ci);
                (V gr, V gi) = (br + dr, bi + di);
                (V hr, V hi) = (br - dr, bi - di);
                T* r = to + q;
                V.Store(er + gr, r);
                V.Store(ei + gi, r + V.Count);
                Rotate(fr + hi, fi - hr, c1, s1, r + step);
                Rotate(er - gr, ei - gi, c2, s2, r + (2 * step));
                Rotate(fr - hi, fi + hr, c3, s3, r + (3 * step));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Two<V>(T* x, T* y, long rest, long done)
        where V : struct, ISimd<V>
    {
        long width = 2 * V.Count;
        long step = width * done;
        for (long k = 0; k < rest; k++)
        {
            T* root = Root(k * done);
            (V c, V s) = (V.Broadcast(root), V.Broadcast(root + 1));
            T* from = x + (k * step);
            T* to = y + (2 * k * step);
            for (long q = 0; q < step; q += width)
            {
                T* a = from + q;
                T* b = a + (rest * step);
                (V ar, V ai) = (V.Load(a), V.Load(a + V.Count));
                (V br, V bi) = (V.Load(b), V.Load(b + V.Count));
                V.Store(ar + br, to + q);
                V.Store(ai + bi, to + q + V.Count);
                Rotate(ar - br, ai - bi, c, s, to + q + step);
            }
        }
    }

    /// <summary>An odd factor by its definition, where terms j and factor - j share their products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Odd<V>(T* x, T* y, long rest, long done, int factor)
        where V : struct, ISimd<V>
    {
        long width = 2 * V.Count;
        long step = width * done;
        int half = factor / 2;
        // Sums and differences of pairs of numbers, 64 bytes for each part.
        byte* memory = stackalloc byte[(int)FourierPlan.LargestPrime * 2 * 64];
        var sums = (T*)memory;
        T* differences = sums + (half * width);
        for (long k = 0; k < rest; k++)
        {
            for (long q = 0; q < step; q += width)
            {
                T* from = x + (k * step) + q;
                T* to = y + (factor * k * step) + q;
                (V firstReal, V firstImaginary) = (V.Load(from), V.Load(from + V.Count));
                (V real, V imaginary) = (firstReal, firstImaginary);
                for (int j = 1; j <= half; j++)
                {
                    T* a = from + (j * rest * step);
                    T* b = from + ((factor - j) * rest * step);
                    (V ar, V ai) = (V.Load(a), V.Load(a + V.Count));
                    (V br, V bi) = (V.Load(b), V.Load(b + V.Count));
                    T* sum = sums + ((j - 1) * width);
                    T* difference = differences + ((j - 1) * width);
                    V.Store(ar + br, sum);
                    V.Store(ai + bi, sum + V.Count);
                    V.Store(ar - br, difference);
                    V.Store(ai - bi, difference + V.Count);
                    real += ar + br;
                    imaginary += ai + bi;
                }

                V.Store(real, to);
                V.Store(imaginary, to + V.Count);
                for (int r = 1; r <= half; r++)
                {
                    (real, imaginary) = (firstReal, firstImaginary);
                    (V turnedReal, V turnedImaginary) = (V.Zero, V.Zero);
                    for (int j = 1; j <= half; j++)
                    {
                        T* root = Root(j * r % factor * (_length / factor));
                        (V cos, V sin) = (V.Broadcast(root), V.Broadcast(root + 1));
                        T* sum = sums + ((j - 1) * width);
                        T* difference = differences + ((j - 1) * width);
                        real = V.MultiplyAdd(cos, V.Load(sum), real);
                        imaginary = V.MultiplyAdd(cos, V.Load(sum + V.Count), imaginary);
                        turnedReal = V.MultiplyAdd(sin, V.Load(difference + V.Count), turnedReal);
                        turnedImaginary = V.MultiplyAdd(sin, V.Load(difference), turnedImaginary);
                    }

                    // sin is minus the sine of the angle: the roots turn clockwise.
                    T* near = Root(k * r * done);
                    T* far = Root(k * (factor - r) * done);
                    Rotate(
                        real - turnedReal,
                        imaginary + turnedImaginary,
                        V.Broadcast(near),
                        V.Broadcast(near + 1),
                        to + (r * step)
                    );
                    Rotate(
                        real + turnedReal,
                        imaginary - turnedImaginary,
                        V.Broadcast(far),
                        V.Broadcast(far + 1),
                        to + ((factor - r) * step)
                    );
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly T* Root(long index) => _roots + (2 * index * _rootStride);

    /// <summary>Stores a product of complex numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate<V>(V real, V imaginary, V cos, V sin, T* target)
        where V : struct, ISimd<V>
    {
        V.Store((real * cos) - (imaginary * sin), target);
        V.Store(V.MultiplyAdd(imaginary, cos, real * sin), target + V.Count);
    }
}
