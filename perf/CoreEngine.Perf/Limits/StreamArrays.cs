using System.Runtime.InteropServices;

namespace CoreEngine.Perf;

/// <summary>Three arrays of one thread, filled with ones.</summary>
internal sealed unsafe class StreamArrays : IDisposable
{
    /// <summary>A call lasts some hundred microseconds at least: as long as it takes to pass over so many floats.</summary>
    private const long FloatsPerCall = 1 << 21;

    /// <param name="length">Floats in each; a multiple of twice <see cref="StreamLoops.Step"/>.</param>
    public StreamArrays(long length)
    {
        Length = length;
        X = Filled(length);
        Y = Filled(length);
        Z = Filled(length);
    }

    /// <summary>Floats in each array.</summary>
    public long Length { get; }

    /// <summary>How often a call passes over the arrays.</summary>
    public int Passes => (int)Math.Max(1, FloatsPerCall / Length);

    public float* X { get; }

    public float* Y { get; }

    public float* Z { get; }

    public void Dispose()
    {
        NativeMemory.AlignedFree(X);
        NativeMemory.AlignedFree(Y);
        NativeMemory.AlignedFree(Z);
    }

    private static float* Filled(long length)
    {
        float* data = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 4096);
        new Span<float>(data, checked((int)length)).Fill(1);
        return data;
    }
}
