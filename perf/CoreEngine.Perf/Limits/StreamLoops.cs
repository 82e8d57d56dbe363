using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Perf;

/// <summary>
/// The plainest loops over memory, as in McCalpin's STREAM: what no memory-bound kernel can beat. Lengths are multiples of
/// <see cref="Step"/>, arrays are aligned to 64 bytes. On one thread.
/// </summary>
internal static unsafe partial class StreamLoops
{
    /// <summary>Elements of one iteration.</summary>
    public const int Step = 32;

    private const int Width = 8;

    /// <summary>target = source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, float* target, long length)
    {
        for (long i = 0; i < length; i += Step)
        {
            Vector256<float> v0 = Vector256.LoadAligned(source + i);
            Vector256<float> v1 = Vector256.LoadAligned(source + i + Width);
            Vector256<float> v2 = Vector256.LoadAligned(source + i + (2 * Width));
            Vector256<float> v3 = Vector256.LoadAligned(source + i + (3 * Width));
            v0.StoreAligned(target + i);
            v1.StoreAligned(target + i + Width);
            v2.StoreAligned(target + i + (2 * Width));
            v3.StoreAligned(target + i + (3 * Width));
        }
    }

    /// <summary>target = source, past the caches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyStreaming(float* source, float* target, long length)
    {
        for (long i = 0; i < length; i += Step)
        {
            Vector256<float> v0 = Vector256.LoadAligned(source + i);
            Vector256<float> v1 = Vector256.LoadAligned(source + i + Width);
            Vector256<float> v2 = Vector256.LoadAligned(source + i + (2 * Width));
            Vector256<float> v3 = Vector256.LoadAligned(source + i + (3 * Width));
            v0.StoreAlignedNonTemporal(target + i);
            v1.StoreAlignedNonTemporal(target + i + Width);
            v2.StoreAlignedNonTemporal(target + i + (2 * Width));
            v3.StoreAlignedNonTemporal(target + i + (3 * Width));
        }
    }

    /// <summary>The sum of all elements: reading alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Read(float* source, long length)
    {
        Vector256<float> s0 = default;
        Vector256<float> s1 = default;
        Vector256<float> s2 = default;
        Vector256<float> s3 = default;
        Vector256<float> s4 = default;
        Vector256<float> s5 = default;
        Vector256<float> s6 = default;
        Vector256<float> s7 = default;
        long i = 0;
        for (; i <= length - (2 * Step); i += 2 * Step)
        {
            s0 += Vector256.LoadAligned(source + i);
            s1 += Vector256.LoadAligned(source + i + Width);
            s2 += Vector256.LoadAligned(source + i + (2 * Width));
            s3 += Vector256.LoadAligned(source + i + (3 * Width));
            s4 += Vector256.LoadAligned(source + i + (4 * Width));
            s5 += Vector256.LoadAligned(source + i + (5 * Width));
            s6 += Vector256.LoadAligned(source + i + (6 * Width));
            s7 += Vector256.LoadAligned(source + i + (7 * Width));
        }

        for (; i < length; i += Width)
        {
            s0 += Vector256.LoadAligned(source + i);
        }

        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7);
    }

    /// <summary>target = x + scale y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Triad(float* x, float* y, float scale, float* target, long length)
    {
        Vector256<float> factor = Vector256.Create(scale);
        for (long i = 0; i < length; i += Step)
        {
            for (int j = 0; j < Step; j += Width)
            {
                Vector256
                    .MultiplyAddEstimate(Vector256.LoadAligned(y + i + j), factor, Vector256.LoadAligned(x + i + j))
                    .StoreAligned(target + i + j);
            }
        }
    }

    /// <summary>target = x + scale y, past the caches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TriadStreaming(float* x, float* y, float scale, float* target, long length)
    {
        Vector256<float> factor = Vector256.Create(scale);
        for (long i = 0; i < length; i += Step)
        {
            for (int j = 0; j < Step; j += Width)
            {
                Vector256
                    .MultiplyAddEstimate(Vector256.LoadAligned(y + i + j), factor, Vector256.LoadAligned(x + i + j))
                    .StoreAlignedNonTemporal(target + i + j);
            }
        }
    }

    /// <summary>The C library's memcpy.</summary>
    [LibraryImport("libc", EntryPoint = "memcpy")]
    public static partial void* CopyOfLibrary(void* target, void* source, nuint bytes);
}
