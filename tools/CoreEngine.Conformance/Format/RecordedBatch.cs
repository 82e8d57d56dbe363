namespace CoreEngine.Conformance;

/// <summary>A batch as it was recorded.</summary>
public sealed record RecordedBatch
{
    /// <summary>The examples: one array.</summary>
    public required List<GoldenArray> Data { get; init; }

    /// <summary>The labels: one array.</summary>
    public required List<GoldenArray> Label { get; init; }

    /// <summary>How many examples only fill the batch up.</summary>
    public int Pad { get; init; }

    /// <summary>The examples' numbers.</summary>
    public required List<long> Index { get; init; }
}
