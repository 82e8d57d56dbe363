using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Sleeping on a 32-bit word until another thread changes it: the Linux futex, which wakes several times faster than
/// any .NET primitive. Elsewhere a monitor stands in.
/// </summary>
internal static unsafe partial class Futex
{
    private const int WaitPrivate = 128;
    private const int WakePrivate = 129;

    private static readonly long s_syscall =
        !OperatingSystem.IsLinux() ? 0
        : RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 202
        : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98
        : 0;

    private static readonly object s_monitor = new();

    /// <summary>Sleeps while the word holds <paramref name="expected"/>; may return early, so the caller checks again.</summary>
    public static void Wait(int* word, int expected)
    {
        if (s_syscall != 0)
        {
            _ = SystemCall(s_syscall, word, WaitPrivate, expected, null, null, 0);
            return;
        }

        lock (s_monitor)
        {
            if (Volatile.Read(ref Unsafe.AsRef<int>(word)) == expected)
            {
                Monitor.Wait(s_monitor);
            }
        }
    }

    /// <summary>Wakes up to <paramref name="count"/> sleepers; the word must have been changed before.</summary>
    public static void Wake(int* word, int count)
    {
        if (s_syscall != 0)
        {
            _ = SystemCall(s_syscall, word, WakePrivate, count, null, null, 0);
            return;
        }

        lock (s_monitor)
        {
            Monitor.PulseAll(s_monitor);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(
        long number,
        int* word,
        long operation,
        long value,
        void* timeout,
        void* second,
        long third
    );
}
