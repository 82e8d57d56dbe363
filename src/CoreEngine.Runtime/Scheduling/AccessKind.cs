namespace CoreEngine.Runtime;

/// <summary>How an operation uses one of its variables.</summary>
internal enum AccessKind : byte
{
    /// <summary>Reads it.</summary>
    Read,

    /// <summary>Overwrites it: a fault that was there before does not matter.</summary>
    Write,

    /// <summary>Listed under reads and writes: ordered as a write, but depends on what was there.</summary>
    ReadWrite,

    /// <summary>Listed twice; the first entry counts.</summary>
    Duplicate,

    /// <summary>A second entry under writes: takes no part in the ordering, but was counted as a write when pushed.</summary>
    DuplicateWrite,
}
