using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Runtime;

/// <summary>Where threads sleep until they get one of the tokens that <see cref="Release"/> gives out.</summary>
internal sealed unsafe class Parking
{
    private const int Padding = 32;

    // Pinned, so that its address can be given to the kernel; the word stands alone on its cache lines.
    private readonly int[] _storage = GC.AllocateArray<int>(2 * Padding, pinned: true);
    private readonly int* _tokens;
    private readonly SemaphoreSlim? _portable;

    public Parking()
        : this(Futex.IsSupported) { }

    /// <summary>The portable form can be asked for, so that it is tested on machines that do not need it.</summary>
    public Parking(bool useFutex)
    {
        _tokens = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_storage)) + Padding;
        _portable = useFutex ? null : new SemaphoreSlim(0);
    }

    /// <summary>Gives out tokens: so many threads that sleep, or come to sleep, go on.</summary>
    public void Release(int count = 1)
    {
        if (_portable is not null)
        {
            _portable.Release(count);
            return;
        }
        Interlocked.Add(ref *_tokens, count);
        Futex.Wake(_tokens, count);
    }

    /// <summary>Takes a token, sleeping until there is one. False when the time is over first.</summary>
    public bool Wait(in Deadline deadline)
    {
        if (_portable is not null)
        {
            TimeSpan remaining = deadline.Remaining;
            TimeSpan most = TimeSpan.FromMilliseconds(int.MaxValue);
            return _portable.Wait(remaining > most ? most : remaining);
        }
        while (true)
        {
            int tokens = Volatile.Read(ref *_tokens);
            if (tokens > 0)
            {
                if (Interlocked.CompareExchange(ref *_tokens, tokens - 1, tokens) == tokens)
                {
                    return true;
                }
                continue;
            }
            if (deadline.IsOver)
            {
                return false;
            }
            Futex.Wait(_tokens, 0, deadline.Remaining);
        }
    }
}
