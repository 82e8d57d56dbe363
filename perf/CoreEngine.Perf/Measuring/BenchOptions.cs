namespace CoreEngine.Perf;

/// <summary>What the user asked for.</summary>
/// <param name="Quick">Fewer rounds and smaller sizes: minutes become seconds, numbers become rough.</param>
/// <param name="Filter">Only cases whose "set/case" contains this text, in any letter case; null runs all.</param>
public sealed record BenchOptions(bool Quick, string? Filter)
{
    /// <summary>True when a case is to run; ask before the work that prepares it.</summary>
    public bool Wants(string set, string name) =>
        Filter is null || $"{set}/{name}".Contains(Filter, StringComparison.OrdinalIgnoreCase);

    /// <summary>Rounds to measure.</summary>
    public int Rounds => Quick ? 5 : 21;
}
