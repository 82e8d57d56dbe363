using System.Diagnostics.CodeAnalysis;

namespace CoreEngine.Runtime;

/// <summary>
/// One device's memory. Blocks that come back are kept by size class and lent again in nanoseconds; the system is
/// asked only when no kept block fits. Every member may be called from any thread.
/// </summary>
/// <remarks>
/// The pool tells the garbage collector, in coarse steps, how much native memory hangs on managed objects
/// (<see cref="GC.AddMemoryPressure"/>), so that forgotten arrays are found before memory runs out.
/// </remarks>
public sealed partial class StoragePool
{
    /// <summary>The garbage collector hears of changes in use from this size on, or from an eighth of what it knows.</summary>
    private const long MinPressureStep = 32 << 20;

    /// <summary>
    /// A fall is passed on this rarely, in milliseconds: what a training step gives back the next one takes again, and
    /// hearing of every rise would make the garbage collector run several times a step.
    /// </summary>
    private const long MinPressureFall = 10_000;

    private readonly FreeList?[] _lists = new FreeList?[SizeClass.Count];
    private long _limit;
    private long _reserved;
    private long _peakReserved;
    private long _heldBytes;
    private long _heldBlocks;
    private long _used;
    private long _peakUsed;
    private long _pressure;
    private int _adjustingPressure;
    private long _pressureFell = -MinPressureFall;
    private long _misses;
    private long _releasedReturns;
    private long _forgotten;
    private long _failures;

    /// <summary>Makes a pool of its own, apart from the process-wide ones of <see cref="For"/>.</summary>
    /// <param name="device">The device that leases report.</param>
    /// <param name="source">Where the memory comes from; the host's when null.</param>
    public StoragePool(Device device, MemorySource? source = null)
    {
        Device = device;
        Source = source ?? MemorySource.Host;
        _limit = Source.DefaultLimit;
    }

    /// <summary>The device whose memory this is.</summary>
    public Device Device { get; }

    /// <summary>Where the memory comes from.</summary>
    public MemorySource Source { get; }

    /// <summary>
    /// Bytes that the pool may hold from the system, lent and kept together. Lowering it trims kept blocks at once, and
    /// blocks that come back while the pool is above its limit are freed.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is zero or negative.</exception>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            Volatile.Write(ref _limit, value);
            long excess = Volatile.Read(ref _reserved) - value;
            if (excess > 0)
            {
                Free(excess);
            }
        }
    }

    /// <summary>What the pool holds and did. Exact when no other thread uses the pool meanwhile.</summary>
    public StorageStatistics Statistics
    {
        get
        {
            var counts = default(FreeListCounts);
            foreach (FreeList? list in _lists)
            {
                list?.Count(ref counts);
            }

            long inUse = Math.Max(0, Volatile.Read(ref _heldBytes) - counts.PooledBytes);
            RaiseTo(ref _peakUsed, inUse);
            return new StorageStatistics
            {
                Device = Device,
                InUse = inUse,
                PeakInUse = Volatile.Read(ref _peakUsed),
                Pooled = counts.PooledBytes,
                Reserved = Volatile.Read(ref _reserved),
                PeakReserved = Volatile.Read(ref _peakReserved),
                Limit = Limit,
                BlocksInUse = Math.Max(0, Volatile.Read(ref _heldBlocks) - counts.PooledBlocks),
                BlocksPooled = counts.PooledBlocks,
                Hits = counts.Taken,
                Misses = Volatile.Read(ref _misses),
                Returns = counts.Returned + Volatile.Read(ref _releasedReturns),
                Forgotten = Volatile.Read(ref _forgotten),
                Failures = Volatile.Read(ref _failures),
            };
        }
    }

    /// <summary>Lends memory as an object. Allocates that object, 40 bytes, and nothing else in steady state.</summary>
    /// <param name="bytes">How many bytes, 0 or more; their contents are undefined.</param>
    /// <param name="tag">What they are for; errors and debug mode's reports name it.</param>
    /// <exception cref="DeviceOutOfMemoryException">The memory is exhausted, even after trimming.</exception>
    /// <exception cref="MemoryCorruptionException">Debug mode: the block was written to after it was freed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    public Buffer Allocate(long bytes, string? tag = null) => new(Lease(bytes, tag));

    /// <summary>Lends memory without any managed allocation in steady state.</summary>
    /// <param name="bytes">How many bytes, 0 or more; their contents are undefined.</param>
    /// <param name="tag">What they are for; errors and debug mode's reports name it.</param>
    /// <exception cref="DeviceOutOfMemoryException">The memory is exhausted, even after trimming.</exception>
    /// <exception cref="MemoryCorruptionException">Debug mode: the block was written to after it was freed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    public MemoryLease Lease(long bytes, string? tag = null)
    {
        if ((ulong)bytes > SizeClass.MaxBytes)
        {
            ThrowBadSize(bytes, tag);
        }

        int sizeClass = SizeClass.IndexOf(bytes);
        FreeList list = _lists[sizeClass] ?? AddList(sizeClass);
        Block block = list.TryTake() ?? AllocateBlock(list, bytes, tag);
        block.RequestedBytes = bytes;
        if (block.Guarded)
        {
            BeginGuardedLoan(block, tag);
        }

        return new MemoryLease(block, block.StartLoan(), bytes);
    }

    /// <summary>Gives kept blocks back to the system, the largest first, until no more than <paramref name="keep"/> bytes are kept.</summary>
    /// <returns>Bytes given back.</returns>
    /// <exception cref="MemoryCorruptionException">Debug mode: a kept block was written to after it was freed.</exception>
    public long Trim(long keep = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        return Free(keep == 0 ? long.MaxValue : Statistics.Pooled - keep);
    }

    internal void Return(Block block)
    {
        if (block.Guarded)
        {
            EndGuardedLoan(block);
        }

        if (Volatile.Read(ref _reserved) > Volatile.Read(ref _limit) || block.Guarded != _debug)
        {
            Interlocked.Increment(ref _releasedReturns);
            ReportUse(-block.List.BlockBytes);
            Release(block);
        }
        else
        {
            block.List.Put(block);
        }
    }

    /// <summary>Takes back a block whose user forgot it. Runs on the finaliser's thread, where nothing may be thrown.</summary>
    internal void ReturnForgotten(Block block)
    {
        Interlocked.Increment(ref _forgotten);
        GC.ReRegisterForFinalize(block);
        if (block.Record is { } record)
        {
            RememberForgotten(record);
        }

        try
        {
            Return(block);
        }
        catch (MemoryCorruptionException)
        {
            // It stands among the findings.
        }
    }

    /// <summary>Free lists report changes in use here, in steps of 64 KiB or of one larger block.</summary>
    internal void ReportUse(long change)
    {
        long used = Interlocked.Add(ref _used, change);
        if (change > 0)
        {
            RaiseTo(ref _peakUsed, used);
        }

        long pressure = Volatile.Read(ref _pressure);
        if (Math.Abs(used - pressure) >= Math.Max(MinPressureStep, pressure >> 3))
        {
            AdjustPressure();
        }
    }

    private void AdjustPressure()
    {
        // Whoever comes second leaves it to the next report: the figure is coarse anyway.
        if (Interlocked.Exchange(ref _adjustingPressure, 1) != 0)
        {
            return;
        }

        long target = Math.Max(0, Volatile.Read(ref _used));
        long change = target - _pressure;
        if (change < 0)
        {
            long now = Environment.TickCount64;
            if (now - _pressureFell < MinPressureFall)
            {
                Volatile.Write(ref _adjustingPressure, 0);
                return;
            }

            _pressureFell = now;
        }

        Volatile.Write(ref _pressure, target);
        Volatile.Write(ref _adjustingPressure, 0);
        if (change > 0)
        {
            GC.AddMemoryPressure(change);
        }
        else if (change < 0)
        {
            GC.RemoveMemoryPressure(-change);
        }
    }

    private FreeList AddList(int sizeClass)
    {
        var list = new FreeList(this, sizeClass);
        return Interlocked.CompareExchange(ref _lists[sizeClass], list, null) ?? list;
    }

    private Block AllocateBlock(FreeList list, long bytes, string? tag)
    {
        Block? block = TryAllocateBlock(list);
        if (block is not null)
        {
            return block;
        }

        bool couldFit = NativeBytes(list) <= Limit;
        if (couldFit)
        {
            Free(NativeBytes(list));
            block = TryAllocateBlock(list) ?? WaitForMemory(list);
        }

        if (block is null)
        {
            Interlocked.Increment(ref _failures);
            throw new DeviceOutOfMemoryException(bytes, Statistics, tag);
        }

        return block;
    }

    /// <summary>
    /// The last resort: finds forgotten buffers and gives operations under way a moment to return theirs. Waits in
    /// short sleeps, because waiting for finalisers or for the scheduler outright could wait for this very thread.
    /// </summary>
    private Block? WaitForMemory(FreeList list)
    {
        GC.Collect();
        for (int milliseconds = 1; milliseconds <= 64; milliseconds *= 2)
        {
            Thread.Sleep(milliseconds);
            if (list.TryTake() is { } returned)
            {
                return returned;
            }

            Free(NativeBytes(list));
            if (TryAllocateBlock(list) is { } block)
            {
                return block;
            }
        }

        return null;
    }

    private Block? TryAllocateBlock(FreeList list)
    {
        long nativeBytes = NativeBytes(list);
        if (!TryReserve(nativeBytes))
        {
            return null;
        }

        nint address = Source.TryAllocate(nativeBytes, list.Alignment);
        if (address == 0)
        {
            Interlocked.Add(ref _reserved, -nativeBytes);
            return null;
        }

        bool guarded = nativeBytes != list.BlockBytes;
        nint payload = guarded ? address + (nint)FrontBytes(list) : address;
        var block = new Block(this, list, address, nativeBytes, payload, guarded);
        Interlocked.Increment(ref _misses);
        Interlocked.Increment(ref _heldBlocks);
        Interlocked.Add(ref _heldBytes, list.BlockBytes);
        ReportUse(list.BlockBytes);
        return block;
    }

    /// <summary>Counts bytes against the limit; false when they do not fit.</summary>
    private bool TryReserve(long bytes)
    {
        long reserved = Volatile.Read(ref _reserved);
        while (true)
        {
            if (bytes > Volatile.Read(ref _limit) - reserved)
            {
                return false;
            }

            long seen = Interlocked.CompareExchange(ref _reserved, reserved + bytes, reserved);
            if (seen == reserved)
            {
                RaiseTo(ref _peakReserved, reserved + bytes);
                return true;
            }

            reserved = seen;
        }
    }

    /// <summary>Frees kept blocks, the largest first, until at least this many bytes are freed or none is left.</summary>
    private long Free(long bytes)
    {
        long freed = 0;
        MemoryCorruptionException? damage = null;
        for (int i = _lists.Length - 1; i >= 0 && freed < bytes; i--)
        {
            while (freed < bytes && _lists[i]?.TryRemove() is { } block)
            {
                damage ??= CheckFree(block);
                freed += block.NativeBytes;
                Release(block);
            }
        }

        return damage is null ? freed : throw damage;
    }

    private void Release(Block block)
    {
        block.Dispose();
        Interlocked.Add(ref _heldBytes, -block.List.BlockBytes);
        Interlocked.Decrement(ref _heldBlocks);
        Interlocked.Add(ref _reserved, -block.NativeBytes);
    }

    private static void RaiseTo(ref long peak, long value)
    {
        long seen = Volatile.Read(ref peak);
        while (value > seen)
        {
            long before = Interlocked.CompareExchange(ref peak, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    [DoesNotReturn]
    private void ThrowBadSize(long bytes, string? tag)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Interlocked.Increment(ref _failures);
        throw new DeviceOutOfMemoryException(bytes, Statistics, tag);
    }
}
