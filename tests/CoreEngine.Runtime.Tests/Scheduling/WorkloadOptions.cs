namespace CoreEngine.Tests.Scheduling;

/// <summary>What a random workload contains beside plain operations.</summary>
public sealed record WorkloadOptions
{
    /// <summary>Variables may be listed twice, and as read and written.</summary>
    public bool Overlap { get; init; }

    /// <summary>Some operations throw.</summary>
    public bool Faults { get; init; }

    /// <summary>Operations go to several devices and lanes, with priorities, and some end later.</summary>
    public bool Lanes { get; init; }

    /// <summary>Some operations are pushed in bulks.</summary>
    public bool Bulk { get; init; }

    /// <summary>Some operations are quick, so that the thread that pushes them may run them.</summary>
    public bool Quick { get; init; }
}
