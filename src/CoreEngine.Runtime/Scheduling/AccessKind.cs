namespace CoreEngine.Runtime;

/// <summary>How an operation uses one of its variables.</summary>
internal enum AccessKind : byte
{
    /// <summary>Reads it.</summary>
    Read,

    /// <summary>Overwrites it: a fault that was there before does not matter.</summary>
    Write,

    /// <summary>
    /// A second entry of a variable that is in the list already, under reads: takes no part in the ordering, but the
    /// operation depends on the contents.
    /// </summary>
    DuplicateRead,

    /// <summary>A second entry under writes: takes no part in the ordering, but was counted when pushed.</summary>
    DuplicateWrite,
}
