namespace CoreEngine.Runtime;

/// <summary>Debug mode found that something wrote outside its memory, or into memory that it had given back.</summary>
/// <remarks>The block in question is kept aside and never lent again.</remarks>
public sealed class MemoryCorruptionException : EngineException
{
    internal MemoryCorruptionException(string message, AllocationRecord? loan)
        : base(message) => Loan = loan;

    /// <summary>The loan whose memory or guard zone was damaged; null when it is not known.</summary>
    public AllocationRecord? Loan { get; }
}
