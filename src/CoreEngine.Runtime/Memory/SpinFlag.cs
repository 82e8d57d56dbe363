using System.Runtime.CompilerServices;

namespace CoreEngine.Runtime;

/// <summary>A lock for a handful of instructions: one atomic operation to enter, a plain store to leave.</summary>
/// <remarks>Unlike <see cref="SpinLock"/> it tracks no owner and needs no try/finally; nothing inside may throw.</remarks>
internal struct SpinFlag
{
    private int _taken;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
        {
            Wait(ref _taken);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Volatile.Write(ref _taken, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Wait(ref int taken)
    {
        var spin = new SpinWait();
        do
        {
            // Sleeping a whole millisecond would be out of proportion to what the lock guards.
            spin.SpinOnce(sleep1Threshold: -1);
        } while (Volatile.Read(ref taken) != 0 || Interlocked.CompareExchange(ref taken, 1, 0) != 0);
    }
}
