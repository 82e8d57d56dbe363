using System.Runtime.InteropServices;

namespace CoreEngine.Runtime;

/// <summary>
/// Linux's wait on a word of memory: the cheapest way to let a thread sleep (waking takes a third of what the
/// portable primitives need). Where it does not exist the callers use a portable primitive.
/// </summary>
internal static unsafe partial class Futex
{
    private const int WaitPrivate = 128;
    private const int WakePrivate = 129;

    private static readonly nint s_number = NumberOfSystemCall();

    /// <summary>Whether the calls below can be used.</summary>
    public static bool IsSupported => s_number != 0;

    /// <summary>
    /// Sleeps while the word holds the expected value, until a wake or the end of the time. Returns early now and
    /// then: the caller looks at the word again.
    /// </summary>
    public static void Wait(int* word, int expected, TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            _ = SystemCall(s_number, word, WaitPrivate, expected, null);
            return;
        }
        Timespec time = new()
        {
            Seconds = (nint)Math.Min((long)timeout.TotalSeconds, int.MaxValue),
            Nanoseconds = (nint)(timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
        };
        _ = SystemCall(s_number, word, WaitPrivate, expected, &time);
    }

    /// <summary>Wakes up to so many of those that sleep on the word.</summary>
    public static void Wake(int* word, int count) => _ = SystemCall(s_number, word, WakePrivate, count, null);

    private static nint NumberOfSystemCall()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return 0;
        }
        return RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 202,
            Architecture.Arm64 => 98,
            _ => 0,
        };
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, int* word, nint operation, nint value, Timespec* timeout);

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
