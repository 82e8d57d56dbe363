namespace CoreEngine.Runtime;

/// <summary>Settings of <see cref="Profiler"/>.</summary>
public sealed record ProfilerOptions
{
    /// <summary>
    /// How many events are kept for each thread, 16 to 16,777,216; the oldest are dropped. Each takes 96 bytes.
    /// </summary>
    public int EventsPerThread { get; init; } = 65536;

    /// <summary>
    /// Whether each event also gets <see cref="OperationBody.Describe"/>, which costs time and memory per operation.
    /// </summary>
    public bool Descriptions { get; init; }
}
