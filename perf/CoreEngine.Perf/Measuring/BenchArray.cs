using System.Numerics;
using System.Runtime.InteropServices;

namespace CoreEngine.Perf;

/// <summary>A native array, aligned to cache lines, of values between -0.5 and 0.5 that depend only on the seed.</summary>
internal sealed unsafe class BenchArray<T> : IDisposable
    where T : unmanaged, IFloatingPoint<T>
{
    // Random numbers take their time. A prime: no row or column of a matrix has the same length.
    private const long Period = 65_521;

    public BenchArray(long length, int seed)
    {
        Length = length;
        Data = (T*)NativeMemory.AlignedAlloc((nuint)(length * sizeof(T)), 64);
        var random = new Random(seed);
        for (long i = 0; i < length; i++)
        {
            Data[i] = i < Period ? T.CreateTruncating(random.NextDouble() - 0.5) : Data[i - Period];
        }
    }

    public long Length { get; }

    public T* Data { get; }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(Data);
}
