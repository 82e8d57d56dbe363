using System.Runtime.InteropServices;

namespace CoreEngine.Perf;

/// <summary>The float32 arrays of one case, aligned as pools align them.</summary>
internal sealed unsafe class BenchArrays : IDisposable
{
    private readonly List<nint> _arrays = [];
    private readonly Random _random = new(1);

    /// <summary>Uniform numbers from -1 up to 1, the same in every run.</summary>
    public float* Random(long length)
    {
        float* array = Zeros(length);
        for (long i = 0; i < length; i++)
        {
            array[i] = (2 * _random.NextSingle()) - 1;
        }

        return array;
    }

    /// <summary>An array of one number.</summary>
    public float* Filled(long length, float value)
    {
        float* array = Zeros(length);
        new Span<float>(array, checked((int)length)).Fill(value);
        return array;
    }

    /// <summary>Zeros, every page touched.</summary>
    public float* Zeros(long length)
    {
        void* array = NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
        NativeMemory.Clear(array, (nuint)length * sizeof(float));
        _arrays.Add((nint)array);
        return (float*)array;
    }

    public void Dispose()
    {
        foreach (nint array in _arrays)
        {
            NativeMemory.AlignedFree((void*)array);
        }

        _arrays.Clear();
    }
}
