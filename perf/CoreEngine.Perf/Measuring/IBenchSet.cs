namespace CoreEngine.Perf;

/// <summary>A family of measurements. New sets are added to the list in Program.cs.</summary>
public interface IBenchSet
{
    /// <summary>The short name that rows carry and that <c>--set</c> and <c>--filter</c> match.</summary>
    public string Name { get; }

    /// <summary>
    /// True when a peer of this set runs OpenMP's threads in this process (oneDNN does). On two threads such a set runs once
    /// more in a process with <c>OMP_WAIT_POLICY=passive</c>, which OpenMP reads when it is loaded, and each row keeps the
    /// run in which the peer does better.
    /// </summary>
    public bool HasOpenMpPeer => false;

    /// <summary>
    /// Measures, one row after the other; rows are printed as they come. Takes the numbers of threads from
    /// <see cref="BenchOptions.ThreadCounts"/>.
    /// </summary>
    public IEnumerable<BenchRow> Run(BenchOptions options);
}
