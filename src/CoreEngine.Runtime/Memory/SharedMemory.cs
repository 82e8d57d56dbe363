using System.Globalization;
using System.Runtime.InteropServices;

namespace CoreEngine.Runtime;

/// <summary>
/// A piece of memory that several processes see: a POSIX shared-memory object, named by two numbers that one process
/// tells another. It goes away with its last reference.
/// </summary>
/// <remarks>
/// The object's first 64 bytes are a header: a magic number, the number of references, the payload's length. Every
/// open handle is a reference. A process that hands the numbers over first makes a reference for the receiver
/// (<see cref="AddReference"/>), which the receiver's <see cref="Open"/> takes: the sender may end meanwhile.
/// Only the user who created the object may open it. Linux only.
/// </remarks>
public sealed unsafe partial class SharedMemory : IDisposable
{
    private const int HeaderBytes = 64;
    private const long Magic = 0x314D48534E474E45; // "ENGNSHM1"
    private const int OpenReadWrite = 2;
    private const int OpenCreate = 0x40;
    private const int OpenExclusive = 0x80;
    private const int OwnerReadWrite = 0x180;
    private const int ProtReadWrite = 3;
    private const int MapShared = 1;
    private const int FileExists = 17;
    private const int Interrupted = 4;

    private readonly long _length;
    private nint _start;

    private SharedMemory(int processId, int id, nint start, long length)
    {
        ProcessId = processId;
        Id = id;
        _start = start;
        _length = length;
    }

    /// <summary>Ends the reference of a handle that nobody disposed of.</summary>
    ~SharedMemory() => Close();

    /// <summary>The first number of the name: the process that created the object.</summary>
    public int ProcessId { get; }

    /// <summary>The second number of the name, random.</summary>
    public int Id { get; }

    /// <summary>Bytes that the creator asked for.</summary>
    public long Length => _length;

    /// <summary>The device that arrays in this memory report.</summary>
    public Device Device { get; } = new(DeviceType.CpuShared, 0);

    /// <summary>The first byte, a multiple of 64.</summary>
    /// <exception cref="ObjectDisposedException">This handle was disposed of.</exception>
    public void* Pointer
    {
        get
        {
            nint start = Volatile.Read(ref _start);
            ObjectDisposedException.ThrowIf(start == 0, this);
            return (byte*)start + HeaderBytes;
        }
    }

    /// <summary>References at this moment: open handles, and those made for peers that have not opened yet.</summary>
    public int References => Volatile.Read(ref Counter());

    /// <summary>Makes a new object, filled with zeros.</summary>
    /// <param name="bytes">Its length, 1 or more.</param>
    /// <exception cref="SharedMemoryException">The system has no room for it, or no shared memory.</exception>
    public static SharedMemory Create(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        RequireLinux();
        int processId = Environment.ProcessId;
        long total = checked(bytes + HeaderBytes);
        while (true)
        {
            // Forked processes draw different ones, too.
            int id = Guid.NewGuid().GetHashCode() & int.MaxValue;
            string name = NameOf(processId, id);
            int file = ShmOpen(name, OpenReadWrite | OpenCreate | OpenExclusive, OwnerReadWrite);
            if (file < 0 && Marshal.GetLastPInvokeError() == FileExists)
            {
                continue;
            }

            if (file < 0)
            {
                throw Failure($"Shared memory {name} cannot be created", Marshal.GetLastPInvokeError());
            }

            // Space is claimed now: a file with holes would kill the process at a later write when the space runs out.
            int error;
            do
            {
                error = PosixAllocate(file, 0, (nint)total);
            } while (error == Interrupted);

            nint start = error == 0 ? Map(file, total, out error) : 0;
            _ = CloseFile(file);
            if (start == 0)
            {
                _ = ShmUnlink(name);
                throw Failure(
                    $"There is no room for {ByteSize.Format(bytes)} of shared memory; enlarge /dev/shm (docker run "
                        + "--shm-size) or free some of it",
                    error
                );
            }

            var header = (long*)start;
            header[1] = 1;
            header[2] = bytes;
            Volatile.Write(ref header[0], Magic);
            return new SharedMemory(processId, id, start, bytes);
        }
    }

    /// <summary>Opens an object by the numbers of its name and takes the reference that the sender made.</summary>
    /// <exception cref="SharedMemoryException">There is no such object, or it is none of CoreEngine's.</exception>
    public static SharedMemory Open(int processId, int id)
    {
        RequireLinux();
        string name = NameOf(processId, id);
        int file = ShmOpen(name, OpenReadWrite, 0);
        if (file < 0)
        {
            throw Failure($"Shared memory {name} cannot be opened", Marshal.GetLastPInvokeError());
        }

        long total = Seek(file, 0, 2);
        int error = 0;
        nint start = total >= HeaderBytes ? Map(file, total, out error) : 0;
        _ = CloseFile(file);
        if (start == 0)
        {
            throw Failure($"Shared memory {name} cannot be mapped", error);
        }

        var header = (long*)start;
        long length = header[2];
        if (Volatile.Read(ref header[0]) != Magic || length <= 0 || length != total - HeaderBytes)
        {
            _ = Unmap(start, (nuint)total);
            throw new SharedMemoryException($"Shared memory {name} was not made by CoreEngine.");
        }

        return new SharedMemory(processId, id, start, length);
    }

    /// <summary>Makes a reference for a process that is about to be told the numbers.</summary>
    /// <exception cref="ObjectDisposedException">This handle was disposed of.</exception>
    public void AddReference() => Interlocked.Increment(ref Counter());

    /// <summary>Ends this handle's reference and unmaps the memory; the last reference removes the object.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        nint start = Interlocked.Exchange(ref _start, 0);
        if (start == 0)
        {
            return;
        }

        if (Interlocked.Decrement(ref ((int*)start)[2]) == 0)
        {
            _ = ShmUnlink(NameOf(ProcessId, Id));
        }

        _ = Unmap(start, (nuint)(_length + HeaderBytes));
    }

    private ref int Counter() => ref ((int*)((byte*)Pointer - HeaderBytes))[2];

    private static string NameOf(int processId, int id) =>
        string.Create(CultureInfo.InvariantCulture, $"/mx_{processId:x}_{id:x}");

    private static nint Map(int file, long bytes, out int error)
    {
        nint start = MemoryMap(0, (nuint)bytes, ProtReadWrite, MapShared, file, 0);
        error = start == -1 ? Marshal.GetLastPInvokeError() : 0;
        return start == -1 ? 0 : start;
    }

    private static SharedMemoryException Failure(string what, int error) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");

    private static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new SharedMemoryException(
                "Memory between processes is available on Linux only; copy the data instead."
            );
        }
    }

    [LibraryImport("libc", EntryPoint = "shm_open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ShmOpen(string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "shm_unlink", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ShmUnlink(string name);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int PosixAllocate(int file, nint offset, nint length);

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial nint Seek(int file, nint offset, int origin);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int file);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MemoryMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
