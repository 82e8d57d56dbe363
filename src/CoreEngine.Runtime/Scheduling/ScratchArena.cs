using System.Numerics;
using System.Runtime.InteropServices;

namespace CoreEngine.Runtime;

/// <summary>
/// One worker's temporary memory: renting moves a pointer, and everything is given back at once when the operation
/// ends. It grows to what the largest operation needed and stays there. Used by one thread at a time.
/// </summary>
public sealed unsafe class ScratchArena : IDisposable
{
    /// <summary>Every rented block starts at a multiple of this many bytes.</summary>
    public const int Alignment = 64;

    private const long FirstBlock = 64 * 1024;

    private byte* _block;
    private long _blockLength;
    private long _used;
    private long _usedInRetired;
    private long _peak;
    private List<nint>? _retired;

    // Debug mode: what was rented, oldest first, and the mark before each.
    private List<(nint Address, long Bytes, long Mark)>? _guarded;

    /// <summary>An arena without memory.</summary>
    public ScratchArena() { }

    /// <summary>Gives memory back that nobody disposed of.</summary>
    ~ScratchArena() => Free();

    /// <summary>Bytes of native memory held now.</summary>
    public long Capacity => _blockLength;

    /// <summary>
    /// Memory for the running operation, not cleared, aligned to <see cref="Alignment"/>. Zero bytes give a pointer
    /// that must not be read.
    /// </summary>
    /// <remarks>
    /// While the host's pool is in debug mode (<see cref="StoragePool.Debug"/>), each block has guard zones, which are
    /// checked when it is given back; damage stands among the pool's <see cref="StoragePool.Findings"/>.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="DeviceOutOfMemoryException">
    /// The system has no such memory, or it is more than the host's pool may reserve; nothing was changed.
    /// </exception>
    public byte* Rent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (StoragePool.IsHostDebugged)
        {
            return RentGuarded(bytes);
        }
        return RentPlain(bytes);
    }

    private byte* RentPlain(long bytes)
    {
        if (bytes > long.MaxValue - Alignment)
        {
            ThrowOutOfMemory(bytes);
        }
        long rounded = (bytes + Alignment - 1) & -Alignment;
        if (rounded > _blockLength - _used)
        {
            Grow(rounded);
        }
        byte* result = _block + _used;
        _used += rounded;
        return result;
    }

    /// <summary>How much is rented now, for <see cref="Release"/>.</summary>
    public long Mark => _usedInRetired + _used;

    /// <summary>
    /// Gives back what was rented since a mark was taken, so that an operation of many parts needs as much as the
    /// greediest of them, not as all together.
    /// </summary>
    /// <param name="mark">A value of <see cref="Mark"/> from the same operation.</param>
    public void Release(long mark)
    {
        if (_guarded is { Count: > 0 })
        {
            CheckGuards(mark);
        }
        _peak = Math.Max(_peak, _used);
        // When the mark lies in a block that has been outgrown, all of the present one came after it.
        _used = Math.Max(0, mark - _usedInRetired);
    }

    /// <summary>Everything rented is free again.</summary>
    public void Reset()
    {
        if (_guarded is { Count: > 0 })
        {
            CheckGuards(0);
        }
        if (_used != 0 || _retired is { Count: > 0 })
        {
            ResetUsed();
        }
        _peak = 0;
    }

    /// <summary>Gives the memory back to the system. The arena can be used again afterwards.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void ResetUsed()
    {
        if (_retired is { Count: > 0 })
        {
            // The operation did not fit into one block: next time it will.
            long needed = _usedInRetired + Math.Max(_peak, _used);
            Free();
            TryAllocate(needed);
        }
        _used = 0;
    }

    private void Grow(long bytes)
    {
        if (bytes > StoragePool.For(Device.Cpu()).Limit)
        {
            ThrowOutOfMemory(bytes);
        }
        byte* old = _block;
        long oldUsed = _used;
        long length = Math.Max(Math.Max(FirstBlock, bytes), _blockLength * 2);
        _retired ??= [];
        _retired.EnsureCapacity(_retired.Count + 1);
        byte* fresh = Allocate(length);
        if (old is not null)
        {
            _retired.Add((nint)old);
            _usedInRetired += oldUsed;
        }
        _block = fresh;
        _blockLength = length;
        _used = 0;
    }

    private static byte* Allocate(long bytes)
    {
        try
        {
            return (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        }
        catch (OutOfMemoryException)
        {
            ThrowOutOfMemory(bytes);
            return null;
        }
    }

    private static void ThrowOutOfMemory(long bytes) =>
        throw new DeviceOutOfMemoryException(
            bytes,
            StoragePool.For(Device.Cpu()).Statistics,
            "the temporary memory of an operation"
        );

    /// <summary>A block with guard zones before and behind it, filled with what reads as NaN.</summary>
    private byte* RentGuarded(long bytes)
    {
        long mark = Mark;
        byte* start = RentPlain(bytes > long.MaxValue - (4 * GuardZone.Bytes) ? bytes : bytes + (2 * GuardZone.Bytes));
        (_guarded ??= []).Add(((nint)start, bytes, mark));
        GuardZone.Draw(start, bytes);
        return start + GuardZone.Bytes;
    }

    /// <summary>Checks what was rented since a mark was taken, and forgets it.</summary>
    private void CheckGuards(long mark)
    {
        for (int i = _guarded!.Count - 1; i >= 0 && _guarded[i].Mark >= mark; i--)
        {
            (nint start, long bytes, _) = _guarded[i];
            _guarded.RemoveAt(i);
            if (!GuardZone.IsWhole((byte*)start, bytes))
            {
                StoragePool
                    .For(Device.Cpu())
                    .RememberFinding($"Something wrote outside its {bytes:N0} bytes of temporary memory.");
            }
        }
    }

    private void TryAllocate(long bytes)
    {
        long length = (long)BitOperations.RoundUpToPowerOf2((ulong)bytes);
        try
        {
            _block = (byte*)NativeMemory.AlignedAlloc((nuint)length, Alignment);
            _blockLength = length;
        }
        catch (OutOfMemoryException)
        {
            // Between two operations there is nobody to tell; the next Rent tries again with what it needs.
            _block = null;
            _blockLength = 0;
        }
    }

    private void Free()
    {
        if (_retired is not null)
        {
            foreach (nint block in _retired)
            {
                NativeMemory.AlignedFree((void*)block);
            }
            _retired.Clear();
        }
        if (_block is not null)
        {
            NativeMemory.AlignedFree(_block);
        }
        _block = null;
        _blockLength = 0;
        _used = 0;
        _usedInRetired = 0;
    }
}
