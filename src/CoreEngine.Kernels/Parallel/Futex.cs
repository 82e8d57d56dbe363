using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Sleeping on a 32-bit word until another thread changes it: the Linux futex, which wakes several times faster than
/// any .NET primitive. Elsewhere a monitor stands in. Kernel teams and the scheduler both sleep here.
/// </summary>
internal static unsafe partial class Futex
{
    private const int WaitPrivate = 128;
    private const int WakePrivate = 129;

    private static readonly nint s_syscall = NumberOfSystemCall();

    private static readonly object s_monitor = new();

    /// <summary>Whether this is the real thing; where not, callers may know a better primitive than the monitor.</summary>
    public static bool IsSupported => s_syscall != 0;

    /// <summary>Sleeps while the word holds <paramref name="expected"/>; may return early, so the caller checks again.</summary>
    public static void Wait(int* word, int expected) => Wait(word, expected, Timeout.InfiniteTimeSpan);

    /// <summary>
    /// Sleeps while the word holds <paramref name="expected"/>, until a wake or the end of the time; may return early,
    /// so the caller checks again.
    /// </summary>
    public static void Wait(int* word, int expected, TimeSpan timeout)
    {
        if (s_syscall != 0)
        {
            Timespec time = new()
            {
                Seconds = (nint)Math.Min((long)timeout.TotalSeconds, int.MaxValue),
                Nanoseconds = (nint)(timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
            };
            Timespec* limit = timeout == Timeout.InfiniteTimeSpan ? null : &time;
            _ = SystemCall(s_syscall, word, WaitPrivate, expected, limit, null, 0);
            return;
        }

        lock (s_monitor)
        {
            if (Volatile.Read(ref Unsafe.AsRef<int>(word)) == expected)
            {
                Monitor.Wait(s_monitor, timeout);
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

    private static nint NumberOfSystemCall()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return 0;
        return RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 202,
            Architecture.Arm64 => 98,
            _ => 0,
        };
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(
        nint number,
        int* word,
        nint operation,
        nint value,
        Timespec* timeout,
        void* second,
        nint third
    );

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
