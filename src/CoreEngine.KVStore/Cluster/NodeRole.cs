namespace CoreEngine.KVStore;

/// <summary>What a process does in a distributed job.</summary>
public enum NodeRole
{
    /// <summary>It computes gradients: also every process that belongs to no job.</summary>
    Worker,

    /// <summary>It holds a part of the parameters.</summary>
    Server,

    /// <summary>It tells the others of each other.</summary>
    Scheduler,
}
