using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Brings the engine through the fork of a process that it is loaded into, as Python's <c>multiprocessing</c> does it. The
/// .NET runtime does not provide for forks, but bears them when no thread that it knows is within managed code, or has
/// a stack that the child would use again. So all threads of the engine end before a fork. The parent starts them
/// anew; the child stays without for life and runs every operation on the thread that calls for it.
/// </summary>
/// <remarks>
/// Meant for the library that native programs load, which calls <see cref="Watch"/>. Programs written in .NET do not
/// fork: to start a process, .NET uses vfork, which runs no such handlers.
/// </remarks>
public static unsafe partial class ProcessFork
{
    private const int NoSuchThread = 3;

    /// <summary>What the system's thread attributes take, and some more.</summary>
    private const int AttributeBytes = 256;

    private const nuint LargerBy = 1 << 20;

    private static readonly Lock s_lock = new();
    private static readonly List<(ForkPhase Phase, WeakReference<IForkParticipant> Participant)> s_participants = [];
    private static IForkParticipant[] s_stopped = [];
    private static bool s_watching;
    private static volatile bool s_isChild;

    /// <summary>Whether this process was forked from one that had the engine loaded: then no thread may be started.</summary>
    public static bool IsChild => s_isChild;

    /// <summary>Sees to it that participants hear of forks from now on. Linux with glibc only; elsewhere nothing happens.</summary>
    public static void Watch()
    {
        lock (s_lock)
        {
            if (s_watching || !OperatingSystem.IsLinux())
            {
                return;
            }

            s_watching = RegisterAtFork(&BeforeFork, &AfterForkInParent, &AfterForkInChild, null) == 0;
        }
    }

    /// <summary>Adds a participant. It is not kept alive.</summary>
    public static void Register(IForkParticipant participant, ForkPhase phase)
    {
        ArgumentNullException.ThrowIfNull(participant);
        lock (s_lock)
        {
            s_participants.RemoveAll(static entry => !entry.Participant.TryGetTarget(out _));
            s_participants.Add((phase, new WeakReference<IForkParticipant>(participant)));
        }
    }

    /// <summary>The system's number of the calling thread, for <see cref="AwaitEnd"/>; 0 when unknown.</summary>
    public static int CurrentThread => ThreadPlacement.CurrentThread;

    /// <summary>
    /// Waits until a thread that has left managed code for good is gone: a join returns somewhat earlier, while the thread
    /// still takes leave of the runtime.
    /// </summary>
    /// <param name="systemThread">What <see cref="CurrentThread"/> said in it; with 0 nothing happens.</param>
    public static void AwaitEnd(int systemThread)
    {
        if (systemThread == 0 || !OperatingSystem.IsLinux())
        {
            return;
        }

        int process = GetProcess();
        SpinWait spin = default;
        while (SignalThread(process, systemThread, 0) == 0 || Marshal.GetLastPInvokeError() != NoSuchThread)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    // The lock is held from here until after the fork, on the same thread, so a participant can neither come nor go.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void BeforeFork()
    {
        s_lock.Enter();
        if (s_isChild)
        {
            return;
        }

        s_stopped =
        [
            .. s_participants
                .OrderBy(static entry => entry.Phase)
                .Select(static entry => entry.Participant.TryGetTarget(out IForkParticipant? target) ? target : null)
                .OfType<IForkParticipant>(),
        ];
        foreach (IForkParticipant participant in s_stopped)
        {
            Tell(participant, static participant => participant.BeforeFork());
        }

        // The finalizer's thread, too, should be asleep.
        GC.WaitForPendingFinalizers();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void AfterForkInParent()
    {
        End(static participant => participant.AfterForkInParent());
        s_lock.Exit();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void AfterForkInChild()
    {
        End(static participant => participant.AfterForkInChild());
        if (!s_isChild)
        {
            KeepStacksOfTheDead();
        }

        s_isChild = true;
        s_lock.Exit();
    }

    /// <summary>
    /// Makes the stacks of threads to come larger than those that the child has inherited. The C library would give these
    /// to new threads, but the runtime's records of the threads that they belonged to lie there, and the garbage collector
    /// goes on reading them.
    /// </summary>
    private static void KeepStacksOfTheDead()
    {
        void* attributes = stackalloc byte[AttributeBytes];
        nuint size;
        if (GetDefaultAttributes(attributes) == 0 && GetStackSize(attributes, &size) == 0)
        {
            _ = SetStackSize(attributes, size + LargerBy);
            _ = SetDefaultAttributes(attributes);
        }
    }

    private static void End(Action<IForkParticipant> tell)
    {
        for (int i = s_stopped.Length - 1; i >= 0; i--)
        {
            Tell(s_stopped[i], tell);
        }

        s_stopped = [];
    }

    // Nothing may leave a handler: there is nobody above that could catch it.
    private static void Tell(IForkParticipant participant, Action<IForkParticipant> tell)
    {
        try
        {
            tell(participant);
        }
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine($"CoreEngine: {participant} was not ready for a fork: {exception.Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "__register_atfork")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RegisterAtFork(
        delegate* unmanaged[Cdecl]<void> before,
        delegate* unmanaged[Cdecl]<void> inParent,
        delegate* unmanaged[Cdecl]<void> inChild,
        void* library
    );

    [LibraryImport("libc", EntryPoint = "getpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetProcess();

    [LibraryImport("libc", EntryPoint = "tgkill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SignalThread(int process, int thread, int signal);

    [LibraryImport("libc", EntryPoint = "pthread_getattr_default_np")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetDefaultAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_setattr_default_np")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetDefaultAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_getstacksize")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetStackSize(void* attributes, nuint* size);

    [LibraryImport("libc", EntryPoint = "pthread_attr_setstacksize")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetStackSize(void* attributes, nuint size);
}
