using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Between eight rows of memory and vectors that hold one element of each row.</summary>
internal static unsafe class LaneTransposition
{
    /// <summary>Rows that make a vector.</summary>
    internal const int Lanes = 8;

    /// <summary>
    /// Writes element i of row l to <c>target[8 * i + l]</c>; lanes without a row are 0. Up to seven vectors behind the
    /// last one are overwritten too.
    /// </summary>
    /// <param name="source">The first row.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="rows">Number of rows, at most 8.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="readable">Elements that may be read from the start of each row, at least <paramref name="count"/>.</param>
    /// <param name="target">The vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gather(float* source, long stride, int rows, long count, long readable, float* target)
    {
        long i = 0;
        if (rows == Lanes && Avx.IsSupported)
        {
            for (; i + 8 <= count; i += 8)
            {
                Block(source + i, stride, target + (8 * i), 8);
            }

            if (i < count && i + 8 <= readable)
            {
                Block(source + i, stride, target + (8 * i), 8);
                return;
            }

            if (i < count && count >= 8)
            {
                Block(source + count - 8, stride, target + (8 * (count - 8)), 8);
                return;
            }
        }

        for (; i < count; i++)
        {
            float* to = target + (8 * i);
            for (int l = 0; l < rows; l++)
            {
                to[l] = source[(l * stride) + i];
            }

            for (int l = rows; l < Lanes; l++)
            {
                to[l] = 0;
            }
        }
    }

    /// <summary>Transposes 8 x 8 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Block(float* source, long stride, float* target, long targetStride)
    {
        if (!Avx.IsSupported)
        {
            for (int r = 0; r < 8; r++)
            {
                for (int c = 0; c < 8; c++)
                {
                    target[(c * targetStride) + r] = source[(r * stride) + c];
                }
            }

            return;
        }

        // Halves of rows r and r + 4 side by side first: then everything else stays within 128 bits.
        float* low = source;
        float* high = source + (4 * stride);
        Vector256<float> a0 = Halves(low, high);
        Vector256<float> a1 = Halves(low + stride, high + stride);
        Vector256<float> a2 = Halves(low + (2 * stride), high + (2 * stride));
        Vector256<float> a3 = Halves(low + (3 * stride), high + (3 * stride));
        Quarter(a0, a1, a2, a3, target, targetStride);
        a0 = Halves(low + 4, high + 4);
        a1 = Halves(low + stride + 4, high + stride + 4);
        a2 = Halves(low + (2 * stride) + 4, high + (2 * stride) + 4);
        a3 = Halves(low + (3 * stride) + 4, high + (3 * stride) + 4);
        Quarter(a0, a1, a2, a3, target + (4 * targetStride), targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* low, float* high) =>
        Avx.InsertVector128(Vector256.Create(Vector128.Load(low), default), Vector128.Load(high), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(
        Vector256<float> a0,
        Vector256<float> a1,
        Vector256<float> a2,
        Vector256<float> a3,
        float* target,
        long stride
    )
    {
        Vector256<float> low1 = Avx.UnpackLow(a0, a1);
        Vector256<float> low2 = Avx.UnpackLow(a2, a3);
        Vector256<float> high1 = Avx.UnpackHigh(a0, a1);
        Vector256<float> high2 = Avx.UnpackHigh(a2, a3);
        Avx.Shuffle(low1, low2, 0x44).Store(target);
        Avx.Shuffle(low1, low2, 0xEE).Store(target + stride);
        Avx.Shuffle(high1, high2, 0x44).Store(target + (2 * stride));
        Avx.Shuffle(high1, high2, 0xEE).Store(target + (3 * stride));
    }
}
