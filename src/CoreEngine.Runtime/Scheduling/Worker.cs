namespace CoreEngine.Runtime;

/// <summary>One thread of a lane.</summary>
internal sealed class Worker(Lane lane, ExecutionSite site) : Padded
{
    /// <summary>The lane that it serves.</summary>
    public Lane Lane { get; } = lane;

    /// <summary>Where its operations run.</summary>
    public ExecutionSite Site { get; } = site;

    /// <summary>Its thread.</summary>
    public Thread? Thread { get; set; }

    /// <summary>The system's number of its thread, once it runs.</summary>
    public volatile int SystemThread;

    /// <summary>An operation that it made ready itself and runs next; under the dependency lock.</summary>
    public Operation? Next;

    /// <summary>Whether nothing was ready when <see cref="Next"/> became so: then it is older than all that is now.</summary>
    public bool NextIsOldest;

    /// <summary>How many such operations it has run in a row.</summary>
    public int InlineStreak;

    /// <summary>Operations taken since it last looked at new submissions.</summary>
    public int SinceDrain;

    /// <summary>Whether its lane counts it as searching.</summary>
    public bool IsSearching;
}
