using System.Runtime.InteropServices;

namespace CoreEngine.Runtime;

/// <summary>
/// The host's memory. Small blocks come from the C allocator. On Linux, large ones are mapped, aligned to huge pages
/// and marked for them: touching 64 MB then takes 32 page faults instead of 16,384.
/// </summary>
internal sealed unsafe partial class HostMemorySource : MemorySource
{
    private const int ProtRead = 1;
    private const int ProtWrite = 2;
    private const int MapPrivate = 2;
    private const int MapAnonymous = 0x20;
    private const int MadviseHugePage = 14;

    private HostMemorySource() { }

    public static HostMemorySource Instance { get; } = new();

    public override bool IsHostVisible => true;

    /// <summary>What the machine, or the container that we run in, has in total: more would wake the kernel's OOM killer.</summary>
    public override long DefaultLimit { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public override nint TryAllocate(long bytes, long alignment)
    {
        if (OperatingSystem.IsLinux() && alignment >= SizeClass.HugePageBytes)
        {
            return TryMap(bytes, alignment);
        }

        try
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)bytes, (nuint)alignment);
        }
        catch (OutOfMemoryException)
        {
            return 0;
        }
    }

    public override void Free(nint address, long bytes, long alignment)
    {
        if (OperatingSystem.IsLinux() && alignment >= SizeClass.HugePageBytes)
        {
            _ = MemoryUnmap(address, (nuint)RoundToPage(bytes));
        }
        else
        {
            NativeMemory.AlignedFree((void*)address);
        }
    }

    private static nint TryMap(long bytes, long alignment)
    {
        // The kernel aligns to 4 KB pages only: map more, then give back what lies before and behind.
        long length = RoundToPage(bytes);
        long mapped = length + alignment;
        nint start = MemoryMap(0, (nuint)mapped, ProtRead | ProtWrite, MapPrivate | MapAnonymous, -1, 0);
        if (start == -1)
        {
            return 0;
        }

        nint address = (nint)(((long)start + alignment - 1) & -alignment);
        long before = address - start;
        if (before > 0)
        {
            _ = MemoryUnmap(start, (nuint)before);
        }

        long behind = mapped - before - length;
        if (behind > 0)
        {
            _ = MemoryUnmap(address + (nint)length, (nuint)behind);
        }

        // A kernel without transparent huge pages refuses; ordinary pages are then what there is.
        _ = MemoryAdvise(address, (nuint)length, MadviseHugePage);
        return address;
    }

    private static long RoundToPage(long bytes)
    {
        long page = Environment.SystemPageSize;
        return (bytes + page - 1) & -page;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint MemoryMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MemoryUnmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(nint address, nuint length, int advice);
}
