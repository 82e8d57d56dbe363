namespace CoreEngine.Runtime;

/// <summary>How an operation ended.</summary>
internal enum Outcome : byte
{
    /// <summary>Its body ran and succeeded.</summary>
    Succeeded,

    /// <summary>Its body failed.</summary>
    Failed,

    /// <summary>Its body did not run.</summary>
    Skipped,
}
