using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Which processor a thread may run on, as far as a team cares: Linux with glibc or musl; elsewhere every question has the
/// answer "unknown" and nothing is placed.
/// </summary>
internal static unsafe partial class ThreadPlacement
{
    /// <summary>Words of a processor mask: 1024 processors, what the system's own mask type holds.</summary>
    private const int MaskWords = 16;

    private static readonly bool s_supported = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>The processor that runs this thread now; -1 when unknown.</summary>
    public static int CurrentProcessor => s_supported ? GetProcessor() : -1;

    /// <summary>The system's number of this thread; 0 when unknown.</summary>
    public static int CurrentThread => s_supported ? GetThread() : 0;

    /// <summary>Lets a thread of this process run on all of the process's processors but one.</summary>
    /// <param name="thread">What <see cref="CurrentThread"/> said in that thread.</param>
    /// <param name="processor">The processor to keep off.</param>
    /// <param name="needed">Number of processors that must be in the process's mask, or nothing changes.</param>
    public static void KeepOff(int thread, int processor, int needed)
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        if (GetMask(Environment.ProcessId, MaskWords * sizeof(ulong), mask) < 0)
        {
            return;
        }

        int allowed = 0;
        for (int i = 0; i < MaskWords; i++)
        {
            allowed += System.Numerics.BitOperations.PopCount(mask[i]);
        }

        if (allowed >= Math.Max(needed, 2) && (uint)processor < MaskWords * 64)
        {
            mask[processor / 64] &= ~(1UL << (processor % 64));
            _ = SetMask(thread, MaskWords * sizeof(ulong), mask);
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressGCTransition]
    private static partial int GetProcessor();

    [LibraryImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetThread();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetMask(int thread, nint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetMask(int thread, nint bytes, ulong* mask);
}
