namespace CoreEngine.Perf;

/// <summary>What the user asked for.</summary>
/// <param name="Quick">Fewer rounds and smaller sizes: minutes become seconds, numbers become rough.</param>
/// <param name="Filter">Only cases whose "set/case" contains this text, in any letter case; null runs all.</param>
public sealed record BenchOptions(bool Quick, string? Filter)
{
    private static readonly int[] s_threadCounts = [1, 2];

    /// <summary>Only these sets, in any letter case; empty runs all.</summary>
    public IReadOnlyList<string> Sets { get; init; } = [];

    /// <summary>Only this number of threads; null runs one and two.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// True in the second run of a set with an OpenMP peer, under <c>OMP_WAIT_POLICY=passive</c>: peers without OpenMP may be
    /// left out.
    /// </summary>
    public bool IsPassiveRun { get; init; }

    /// <summary>Only these cases, by their exact names; null for no such restriction.</summary>
    public IReadOnlySet<string>? Cases { get; init; }

    /// <summary>Rounds to measure; <see cref="Paired"/> takes fewer of a body that lasts long.</summary>
    public int Rounds => Quick ? 3 : 9;

    /// <summary>
    /// The numbers of threads to measure with: one and two, as far as this process has processors for them and the user
    /// did not choose one of them.
    /// </summary>
    public IReadOnlyList<int> ThreadCounts =>
        [.. s_threadCounts.Where(count => count <= Environment.ProcessorCount && WantsThreads(count))];

    /// <summary>Makes sure that every chosen set exists.</summary>
    /// <exception cref="FormatException">One does not.</exception>
    public void RequireSets(IEnumerable<string> names)
    {
        string[] known = [.. names];
        if (Sets.FirstOrDefault(set => !known.Contains(set, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new FormatException($"There is no set '{unknown}'. Sets: {string.Join(", ", known)}.");
        }
    }

    /// <summary>True when a set is to run.</summary>
    public bool WantsSet(string set) => Sets.Count == 0 || Sets.Contains(set, StringComparer.OrdinalIgnoreCase);

    /// <summary>True when cases with so many threads are to run.</summary>
    public bool WantsThreads(int count) => Threads is null || Threads == count;

    /// <summary>True when a case is to run; ask before the work that prepares it.</summary>
    public bool Wants(string set, string name) =>
        (Filter is null || $"{set}/{name}".Contains(Filter, StringComparison.OrdinalIgnoreCase))
        && (Cases is null || Cases.Contains(name));
}
