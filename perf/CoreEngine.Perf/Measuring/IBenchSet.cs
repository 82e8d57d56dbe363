namespace CoreEngine.Perf;

/// <summary>A family of measurements. New sets are added to the list in Program.cs.</summary>
public interface IBenchSet
{
    /// <summary>The short name that rows carry and that <c>--set</c> and <c>--filter</c> match.</summary>
    public string Name { get; }

    /// <summary>
    /// Measures, one row after the other; rows are printed as they come. Takes the numbers of threads from
    /// <see cref="BenchOptions.ThreadCounts"/>.
    /// </summary>
    public IEnumerable<BenchRow> Run(BenchOptions options);
}
