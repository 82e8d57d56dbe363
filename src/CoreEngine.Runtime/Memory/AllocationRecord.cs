namespace CoreEngine.Runtime;

/// <summary>What debug mode remembers of one loan.</summary>
/// <param name="Number">Counts the pool's loans in debug mode from 1.</param>
/// <param name="Bytes">Bytes asked for.</param>
/// <param name="Tag">What the caller named it; null when it gave no name.</param>
/// <param name="Origin">The stack of the allocating thread.</param>
public sealed record AllocationRecord(long Number, long Bytes, string? Tag, string Origin)
{
    /// <summary>Size, tag and origin.</summary>
    public override string ToString() =>
        $"loan {Number} of {Bytes:N0} bytes{(Tag is null ? "" : $" for {Tag}")}, allocated{Environment.NewLine}{Origin}";
}
