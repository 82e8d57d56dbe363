namespace CoreEngine.Perf;

/// <summary>A family of measurements. New sets are added to the list in Program.cs.</summary>
public interface IBenchSet
{
    /// <summary>The short name that rows carry and that <c>--filter</c> matches.</summary>
    public string Name { get; }

    /// <summary>Measures, one row after the other; rows are printed as they come.</summary>
    public IEnumerable<BenchRow> Run(BenchOptions options);
}
