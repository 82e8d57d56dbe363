namespace CoreEngine.Runtime;

/// <summary>What an engine has done since it was made, and what it has to do now.</summary>
public readonly record struct EngineStatistics
{
    /// <summary>Operations that the engine took.</summary>
    public long Pushed { get; init; }

    /// <summary>Operations whose body ran to its end, with or without success.</summary>
    public long Executed { get; init; }

    /// <summary>Operations that did not run because something they read was faulted, or because of shutdown.</summary>
    public long Skipped { get; init; }

    /// <summary>Operations whose body failed.</summary>
    public long Failed { get; init; }

    /// <summary>
    /// Operations that ran, without passing through a queue, on the worker which made them ready or on the thread
    /// which pushed them.
    /// </summary>
    public long Inlined { get; init; }

    /// <summary>Operations that a worker took from its lane's queue.</summary>
    public long Queued { get; init; }

    /// <summary>Pushes that were merged into a larger operation by <see cref="Engine.Bulk"/>.</summary>
    public long Bulked { get; init; }

    /// <summary>How often a worker went to sleep for want of work.</summary>
    public long Parked { get; init; }

    /// <summary>How often a sleeping worker was woken.</summary>
    public long Woken { get; init; }

    /// <summary>Operations taken and not yet over.</summary>
    public long Pending { get; init; }

    /// <summary>
    /// Internal operation records in use: pending operations and waits that have not been answered. Zero when the
    /// engine is at rest; anything else then is a leak.
    /// </summary>
    public long RecordsInUse { get; init; }

    /// <summary>Worker threads that run now.</summary>
    public int Workers { get; init; }
}
