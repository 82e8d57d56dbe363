namespace CoreEngine.Runtime;

/// <summary>
/// A device has no memory left for a request, after its pool gave up all that it kept. Nothing is broken: smaller
/// requests, and this one after others have ended, succeed.
/// </summary>
public sealed class DeviceOutOfMemoryException : EngineException
{
    internal DeviceOutOfMemoryException(long requested, in StorageStatistics statistics, string? tag)
        : base(Describe(requested, statistics, tag))
    {
        Device = statistics.Device;
        Requested = requested;
        InUse = statistics.InUse;
        Pooled = statistics.Pooled;
        Limit = statistics.Limit;
    }

    /// <summary>The device whose memory is exhausted.</summary>
    public Device Device { get; }

    /// <summary>Bytes asked for.</summary>
    public long Requested { get; }

    /// <summary>Bytes lent at that moment.</summary>
    public long InUse { get; }

    /// <summary>Bytes kept for later at that moment, after trimming.</summary>
    public long Pooled { get; }

    /// <summary>The pool's limit in bytes.</summary>
    public long Limit { get; }

    private static string Describe(long requested, in StorageStatistics statistics, string? tag) =>
        $"{statistics.Device} has no memory for {ByteSize.Format(requested)} ({requested:N0} bytes)"
        + (tag is null ? "" : $" for {tag}")
        + $": {ByteSize.Format(statistics.InUse)} in use in {statistics.BlocksInUse:N0} blocks, "
        + $"{ByteSize.Format(statistics.Pooled)} pooled, limit {ByteSize.Format(statistics.Limit)}. "
        + "Dispose of arrays that are no longer needed, use a smaller batch, or raise the limit "
        + $"({StorageSettings.LimitVariable} or {nameof(StoragePool)}.{nameof(StoragePool.Limit)}).";
}
