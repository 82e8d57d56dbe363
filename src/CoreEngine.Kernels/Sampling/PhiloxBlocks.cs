using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Uniform numbers of many consecutive indices of a stream; four indices at once where the processor can.</summary>
internal static unsafe class PhiloxBlocks
{
    /// <summary>Four float32 per index, from <paramref name="first"/> on; <paramref name="count"/> is a multiple of 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Uniform(float* values, ulong seed, ulong stream, ulong first, int count)
    {
        if (Avx2.IsSupported)
        {
            Vector256<float> scale = Vector256.Create(1f / (1 << 24));
            for (int i = 0; i < count; i += 16)
            {
                (Vector256<ulong> low, Vector256<ulong> high) = Four(seed, stream, first + ((ulong)i / 4), block: 0);
                Vector256<ulong> even = Avx2.UnpackLow(low, high);
                Vector256<ulong> odd = Avx2.UnpackHigh(low, high);
                Vector256<int> a = Avx2.Permute2x128(even, odd, 0x20).AsInt32() >>> 8;
                Vector256<int> b = Avx2.Permute2x128(even, odd, 0x31).AsInt32() >>> 8;
                (Avx.ConvertToVector256Single(a) * scale).Store(values + i);
                (Avx.ConvertToVector256Single(b) * scale).Store(values + i + 8);
            }

            return;
        }

        for (int i = 0; i < count; i += 4)
        {
            (uint w0, uint w1, uint w2, uint w3) = Philox.Words(seed, stream, first + ((ulong)i / 4), 0);
            values[i] = Philox.ToSingle(w0);
            values[i + 1] = Philox.ToSingle(w1);
            values[i + 2] = Philox.ToSingle(w2);
            values[i + 3] = Philox.ToSingle(w3);
        }
    }

    /// <summary>Two float64 per index, from <paramref name="first"/> on.</summary>
    internal static void Uniform(double* values, ulong seed, ulong stream, ulong first, int count)
    {
        for (int i = 0; i < count; i += 2)
        {
            (uint w0, uint w1, uint w2, uint w3) = Philox.Words(seed, stream, first + ((ulong)i / 2), 0);
            values[i] = Philox.ToDouble(((ulong)w1 << 32) | w0);
            values[i + 1] = Philox.ToDouble(((ulong)w3 << 32) | w2);
        }
    }

    /// <summary>The words of the first blocks of consecutive indices, index by index, four words a block.</summary>
    /// <param name="words">Room for 4 * <paramref name="blocks"/> words per index.</param>
    /// <param name="seed">Chosen by the user.</param>
    /// <param name="stream">Different for every call.</param>
    /// <param name="first">The first index.</param>
    /// <param name="count">Number of indices, a multiple of 4.</param>
    /// <param name="blocks">Blocks of each index.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Words(uint* words, ulong seed, ulong stream, ulong first, int count, uint blocks)
    {
        for (int i = 0; i < count; i += 4)
        {
            for (uint block = 0; block < blocks; block++)
            {
                uint* target = words + (4 * ((i * blocks) + block));
                uint step = 4 * blocks;
                if (Avx2.IsSupported)
                {
                    (Vector256<ulong> low, Vector256<ulong> high) = Four(seed, stream, first + (ulong)i, block);
                    Vector256<ulong> even = Avx2.UnpackLow(low, high);
                    Vector256<ulong> odd = Avx2.UnpackHigh(low, high);
                    even.GetLower().AsUInt32().Store(target);
                    odd.GetLower().AsUInt32().Store(target + step);
                    even.GetUpper().AsUInt32().Store(target + (2 * step));
                    odd.GetUpper().AsUInt32().Store(target + (3 * step));
                    continue;
                }

                for (int k = 0; k < 4; k++)
                {
                    uint* own = target + (k * step);
                    (own[0], own[1], own[2], own[3]) = Philox.Words(seed, stream, first + (ulong)(i + k), block);
                }
            }
        }
    }

    /// <summary>The words of one block of four indices: in each lane the first two words of an index as one number, and the last two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<ulong> Low, Vector256<ulong> High) Four(ulong seed, ulong stream, ulong first, uint block)
    {
        // Words stand in the low halves of lanes. What products leave in the high halves does no harm: multiplication
        // reads low halves only.
        Vector256<ulong> index = Vector256.Create(first) + Vector256.Create(0ul, 1ul, 2ul, 3ul);
        ulong key = seed ^ (stream & 0xFFFFFFFF00000000);
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        Vector256<ulong> c0 = Vector256.Create((ulong)block);
        Vector256<ulong> c1 = index;
        Vector256<ulong> c2 = index >>> 32;
        Vector256<ulong> c3 = Vector256.Create((ulong)(uint)stream);
        for (int round = 0; round < 10; round++)
        {
            Vector256<ulong> p0 = Avx2.Multiply(c0.AsUInt32(), Vector256.Create(Philox.Multiplier0));
            Vector256<ulong> p1 = Avx2.Multiply(c2.AsUInt32(), Vector256.Create(Philox.Multiplier1));
            c0 = (p1 >>> 32) ^ c1 ^ Vector256.Create((ulong)k0);
            c1 = p1;
            c2 = (p0 >>> 32) ^ c3 ^ Vector256.Create((ulong)k1);
            c3 = p0;
            k0 += Philox.Weyl0;
            k1 += Philox.Weyl1;
        }

        Vector256<ulong> word = Vector256.Create(0xFFFFFFFFul);
        return ((c0 & word) | (c1 << 32), (c2 & word) | (c3 << 32));
    }
}
