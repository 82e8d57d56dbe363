namespace CoreEngine.Graphs.Planning;

/// <summary>The ways in which entries may share memory; each can be switched off.</summary>
[Flags]
public enum MemorySharing
{
    /// <summary>Every entry has memory of its own.</summary>
    None = 0,

    /// <summary>Entries that are not needed at the same time may lie in the same place.</summary>
    Reuse = 1,

    /// <summary>An output may take the place of an input that nobody needs any more, where the operator allows it.</summary>
    Inplace = 2,

    /// <summary>The parts of a sum are added up in one place as they are computed; the sum itself is no step any more.</summary>
    Sums = 4,

    /// <summary>All of them.</summary>
    All = Reuse | Inplace | Sums,
}
