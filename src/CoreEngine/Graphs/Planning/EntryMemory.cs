namespace CoreEngine.Graphs.Planning;

/// <summary>What the planner of memory has to know about one entry.</summary>
/// <param name="Bytes">The size of its array.</param>
/// <param name="Use">Who provides the memory, and for how long the value is needed.</param>
/// <param name="Arena">The arena that it lies in, numbered from 0: one for each device, or for each purpose.</param>
public readonly record struct EntryMemory(long Bytes, EntryUse Use = EntryUse.Intermediate, int Arena = 0)
{
    /// <summary>True when the caller provides the array.</summary>
    public bool IsExternal => Use is EntryUse.External or EntryUse.ExternalSum;
}
