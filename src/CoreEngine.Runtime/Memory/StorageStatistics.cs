namespace CoreEngine.Runtime;

/// <summary>What a <see cref="StoragePool"/> holds and did; sizes in bytes of whole blocks.</summary>
public readonly record struct StorageStatistics
{
    /// <summary>The pool's device.</summary>
    public required Device Device { get; init; }

    /// <summary>Lent at present.</summary>
    public required long InUse { get; init; }

    /// <summary>
    /// The most that was lent at once, to within the 64 KiB by which each free list of small blocks may lag behind.
    /// </summary>
    public required long PeakInUse { get; init; }

    /// <summary>Free and kept for later.</summary>
    public required long Pooled { get; init; }

    /// <summary>Held from the system: lent, kept, and debug mode's guard zones.</summary>
    public required long Reserved { get; init; }

    /// <summary>The most that was held from the system at once.</summary>
    public required long PeakReserved { get; init; }

    /// <summary>The most that may be held from the system.</summary>
    public required long Limit { get; init; }

    /// <summary>Blocks lent at present.</summary>
    public required long BlocksInUse { get; init; }

    /// <summary>Free blocks kept for later.</summary>
    public required long BlocksPooled { get; init; }

    /// <summary>Loans that a kept block served.</summary>
    public required long Hits { get; init; }

    /// <summary>Loans that needed memory from the system.</summary>
    public required long Misses { get; init; }

    /// <summary>Loans that ended.</summary>
    public required long Returns { get; init; }

    /// <summary>Loans that the garbage collector ended because nobody had disposed of them.</summary>
    public required long Forgotten { get; init; }

    /// <summary>Requests refused because the memory was exhausted.</summary>
    public required long Failures { get; init; }

    /// <summary>Loans in total.</summary>
    public long Allocations => Hits + Misses;

    /// <summary>One line for people.</summary>
    public override string ToString() =>
        $"{Device}: {ByteSize.Format(InUse)} in use ({BlocksInUse:N0} blocks, peak {ByteSize.Format(PeakInUse)}), "
        + $"{ByteSize.Format(Pooled)} pooled ({BlocksPooled:N0} blocks), {ByteSize.Format(Reserved)} reserved of "
        + $"{ByteSize.Format(Limit)}; {Allocations:N0} allocations, {Hits:N0} from the pool, {Forgotten:N0} forgotten";
}
