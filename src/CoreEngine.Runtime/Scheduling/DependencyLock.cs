using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Runtime;

/// <summary>
/// The lock around the dependency state. It is held for some tens of nanoseconds at a time, so it spins first and
/// sleeps only when its holder seems to have been taken off its processor.
/// </summary>
internal sealed unsafe class DependencyLock
{
    private const int Free = 0;
    private const int Held = 1;
    private const int HeldWithSleepers = 2;
    private const int Spins = 100;
    private const int Padding = 32;

    private readonly int[] _storage = GC.AllocateArray<int>(2 * Padding, pinned: true);
    private readonly int* _state;

    public DependencyLock() =>
        _state = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_storage)) + Padding;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref *_state, Held, Free) != Free)
        {
            EnterContended();
        }
    }

    /// <summary>Enters if nobody is inside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter() => Interlocked.CompareExchange(ref *_state, Held, Free) == Free;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit()
    {
        if (Interlocked.Exchange(ref *_state, Free) == HeldWithSleepers)
        {
            Futex.Wake(_state, 1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterContended()
    {
        if (!Futex.IsSupported)
        {
            SpinWait portable = default;
            while (Interlocked.CompareExchange(ref *_state, Held, Free) != Free)
            {
                portable.SpinOnce();
            }
            return;
        }
        if (Environment.ProcessorCount > 1)
        {
            for (int i = 0; i < Spins; i++)
            {
                if (Volatile.Read(ref *_state) == Free && Interlocked.CompareExchange(ref *_state, Held, Free) == Free)
                {
                    return;
                }
                Thread.SpinWait(1);
            }
        }
        while (Interlocked.Exchange(ref *_state, HeldWithSleepers) != Free)
        {
            Futex.Wait(_state, HeldWithSleepers, Timeout.InfiniteTimeSpan);
        }
    }
}
