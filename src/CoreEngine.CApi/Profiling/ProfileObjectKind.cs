namespace CoreEngine.CApi;

/// <summary>What a client may profile.</summary>
internal enum ProfileObjectKind
{
    /// <summary>A group of others.</summary>
    Domain,

    /// <summary>Something with a start and an end.</summary>
    Duration,

    /// <summary>A number that changes.</summary>
    Counter,
}
