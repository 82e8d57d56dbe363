using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>How far the sums of a <see cref="WeightTile{V,R,T}"/> go: rows of elements, in several images.</summary>
internal struct WeightExtent
{
    /// <summary>Number of images.</summary>
    public long Images;

    /// <summary>Rows in each.</summary>
    public long Rows;

    /// <summary>Elements in a row, a multiple of the register.</summary>
    public long Width;

    /// <summary>Elements of dy from one row to the next, and from the end of an image's last row to the next image.</summary>
    public long DyPitch;

    /// <inheritdoc cref="DyPitch"/>
    public long DyImage;

    /// <summary>The same of the data.</summary>
    public long XPitch;

    /// <inheritdoc cref="XPitch"/>
    public long XImage;
}

/// <summary>
/// The innermost loop of the weights' gradient: sums of products of four channels of dy with the data under three taps, twelve
/// sums at a time. Both are read along the rows as they lie in memory, so neither needs to be transposed.
/// </summary>
internal static unsafe class WeightTile<V, R, T>
    where V : struct, IRegister<R, T>
    where R : struct
    where T : unmanaged, INumber<T>
{
    /// <summary>Writes the sum of channel i and tap j to <c>sums[4 * i + j]</c>.</summary>
    /// <param name="extent">What is summed over.</param>
    /// <param name="dy">The first of four channels.</param>
    /// <param name="channel">Elements from one of them to the next.</param>
    /// <param name="x0">What lies under the first tap.</param>
    /// <param name="x1">What lies under the second.</param>
    /// <param name="x2">What lies under the third.</param>
    /// <param name="sums">Twelve results, and four zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(in WeightExtent extent, T* dy, long channel, T* x0, T* x1, T* x2, T* sums)
    {
        R s00 = V.Zero,
            s10 = V.Zero,
            s20 = V.Zero,
            s30 = V.Zero;
        R s01 = V.Zero,
            s11 = V.Zero,
            s21 = V.Zero,
            s31 = V.Zero;
        R s02 = V.Zero,
            s12 = V.Zero,
            s22 = V.Zero,
            s32 = V.Zero;
        T* dy3 = dy + (3 * channel);
        long width = extent.Width;
        long dyStep = extent.DyPitch - width;
        long xStep = extent.XPitch - width;
        for (long image = extent.Images; image != 0; image--)
        {
            for (long row = extent.Rows; row != 0; row--)
            {
                for (long j = width; j != 0; j -= V.Count)
                {
                    R x = V.Load(x0);
                    R y = V.Load(x1);
                    R z = V.Load(x2);
                    R g = V.Load(dy);
                    s00 = V.MultiplyAdd(g, x, s00);
                    s01 = V.MultiplyAdd(g, y, s01);
                    s02 = V.MultiplyAdd(g, z, s02);
                    g = V.Load(dy + channel);
                    s10 = V.MultiplyAdd(g, x, s10);
                    s11 = V.MultiplyAdd(g, y, s11);
                    s12 = V.MultiplyAdd(g, z, s12);
                    g = V.Load(dy + (2 * channel));
                    s20 = V.MultiplyAdd(g, x, s20);
                    s21 = V.MultiplyAdd(g, y, s21);
                    s22 = V.MultiplyAdd(g, z, s22);
                    g = V.Load(dy3);
                    s30 = V.MultiplyAdd(g, x, s30);
                    s31 = V.MultiplyAdd(g, y, s31);
                    s32 = V.MultiplyAdd(g, z, s32);
                    x0 += V.Count;
                    x1 += V.Count;
                    x2 += V.Count;
                    dy += V.Count;
                    dy3 += V.Count;
                }

                x0 += xStep;
                x1 += xStep;
                x2 += xStep;
                dy += dyStep;
                dy3 += dyStep;
            }

            x0 += extent.XImage;
            x1 += extent.XImage;
            x2 += extent.XImage;
            dy += extent.DyImage;
            dy3 += extent.DyImage;
        }

        V.Sum(s00, s01, s02, V.Zero, sums);
        V.Sum(s10, s11, s12, V.Zero, sums + 4);
        V.Sum(s20, s21, s22, V.Zero, sums + 8);
        V.Sum(s30, s31, s32, V.Zero, sums + 12);
    }

    /// <summary>Brings the sums of some channels and taps of a tile to their weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Write(T* sums, T* dw, long stride, long channels, int taps, bool add)
    {
        for (; channels != 0; channels--)
        {
            T a = sums[0];
            T b = sums[1];
            T c = sums[2];
            if (add)
            {
                a += dw[0];
                b += taps > 1 ? dw[1] : T.Zero;
                c += taps > 2 ? dw[2] : T.Zero;
            }

            dw[0] = a;
            if (taps > 1)
                dw[1] = b;
            if (taps > 2)
                dw[2] = c;
            sums += 4;
            dw += stride;
        }
    }
}
