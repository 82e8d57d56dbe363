using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// Sorts pairs of a key (the high half) and a place (the low half), all places different: few of them by counting for each
/// how many are smaller, many by their keys' bytes, the lowest first (LSD radix sort).
/// </summary>
[SkipLocalsInit]
internal static unsafe class PairSort
{
    /// <summary>Up to here comparing all with all, several at a time and without a branch, is the fastest.</summary>
    private const int Few = 128;

    private const int Digits = 256;

    /// <summary>Sorts ascending; places must ascend already where keys are equal.</summary>
    /// <param name="pairs">The pairs; not kept.</param>
    /// <param name="other">Room for as many.</param>
    /// <param name="count">How many.</param>
    /// <returns>The sorted pairs, in one of the two arrays.</returns>
    internal static ulong* Run(ulong* pairs, ulong* other, int count)
    {
        if (count > Few)
            return ByDigits(pairs, other, count);
        if (Vector256.IsHardwareAccelerated && count >= 4)
        {
            ByCounting((long*)pairs, (long*)other, count);
            return other;
        }

        new Span<ulong>(pairs, count).Sort();
        return pairs;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ByCounting(long* pairs, long* sorted, int count)
    {
        // As signed numbers, of which there are vector comparisons, and with a tail that is not smaller than any.
        long* signed = stackalloc long[Few + 4];
        for (int i = 0; i < count; i++)
        {
            signed[i] = pairs[i] ^ long.MinValue;
        }

        for (int i = count; i < ((count + 3) & ~3); i++)
        {
            signed[i] = long.MaxValue;
        }

        for (int i = 0; i < count; i++)
        {
            var own = Vector256.Create(signed[i]);
            Vector256<long> smaller = Vector256<long>.Zero;
            for (int j = 0; j < count; j += 4)
            {
                smaller += Vector256.GreaterThan(own, Vector256.Load(signed + j));
            }

            sorted[-Vector256.Sum(smaller)] = pairs[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong* ByDigits(ulong* pairs, ulong* other, int count)
    {
        int* starts = stackalloc int[4 * Digits];
        Unsafe.InitBlockUnaligned(starts, 0, 4 * Digits * sizeof(int));
        for (int i = 0; i < count; i++)
        {
            uint key = (uint)(pairs[i] >> 32);
            starts[(byte)key]++;
            starts[Digits + (byte)(key >> 8)]++;
            starts[(2 * Digits) + (byte)(key >> 16)]++;
            starts[(3 * Digits) + (byte)(key >> 24)]++;
        }

        for (int digit = 0; digit < 4; digit++, starts += Digits)
        {
            int shift = 32 + (8 * digit);
            if (starts[(byte)(pairs[0] >> shift)] == count)
                continue; // All have the same digit here.
            int start = 0;
            for (int value = 0; value < Digits; value++)
            {
                int number = starts[value];
                starts[value] = start;
                start += number;
            }

            for (int i = 0; i < count; i++)
            {
                ulong pair = pairs[i];
                other[starts[(byte)(pair >> shift)]++] = pair;
            }

            ulong* sorted = other;
            other = pairs;
            pairs = sorted;
        }

        return pairs;
    }
}
