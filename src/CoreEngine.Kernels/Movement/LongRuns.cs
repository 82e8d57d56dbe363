using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>Fills and copies runs of elements; unlike a span, a run may have more elements than 32 bits count.</summary>
internal static unsafe class LongRuns
{
    /// <summary>How many elements are given to a span at once.</summary>
    private const long Most = 1 << 30;

    /// <summary>Writes zeros.</summary>
    internal static void Clear<T>(T* run, long count)
        where T : unmanaged => NativeMemory.Clear(run, checked((nuint)(count * sizeof(T))));

    /// <summary>Writes one value everywhere.</summary>
    internal static void Fill<T>(T* run, long count, T value)
        where T : unmanaged
    {
        for (long done = 0; done < count; done += Most)
        {
            new Span<T>(run + done, (int)Math.Min(Most, count - done)).Fill(value);
        }
    }

    /// <summary>Copies elements; the runs may overlap.</summary>
    internal static void Copy<T>(T* source, T* target, long count)
        where T : unmanaged
    {
        long bytes = checked(count * sizeof(T));
        Buffer.MemoryCopy(source, target, bytes, bytes);
    }
}
