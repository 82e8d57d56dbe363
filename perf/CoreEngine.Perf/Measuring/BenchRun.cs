using System.Diagnostics;
using System.Globalization;

namespace CoreEngine.Perf;

/// <summary>Runs bench sets one after the other and prints their rows as they come.</summary>
internal sealed class BenchRun(IReadOnlyList<IBenchSet> sets, BenchOptions options)
{
    private readonly List<BenchRow> _rows = [];
    private readonly List<string> _failures = [];
    private readonly List<string> _durations = [];
    private readonly List<double> _speeds = [];

    /// <summary>Every row so far.</summary>
    public IReadOnlyList<BenchRow> Rows => _rows;

    /// <summary>The sets that broke off, with their reasons.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>How many rows each set gave and how long it took.</summary>
    public IReadOnlyList<string> Durations => _durations;

    /// <summary>
    /// How fast the processor was between the sets, in one line: a guest whose host is busy is slowed down without a trace.
    /// </summary>
    public string Speed =>
        _speeds.Count == 0
            ? "no set ran"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"multiply-adds on one thread between the sets: {_speeds.Min():0} to {_speeds.Max():0} GFLOP/s"
            );

    /// <summary>Runs all sets that the options ask for.</summary>
    public void Run()
    {
        foreach (IBenchSet set in sets.Where(set => options.WantsSet(set.Name)))
        {
            int before = _rows.Count;
            _speeds.Add(LimitsBench.MeasurePeak());
            long start = Stopwatch.GetTimestamp();
            try
            {
                foreach (BenchRow row in set.Run(options))
                {
                    Add(row);
                }

                IReadOnlyList<string> suspects = PassiveRun.Suspects(_rows[before..]);
                if (suspects.Count > 0 && !options.Quick && !options.IsPassiveRun)
                {
                    Merge(set, suspects);
                }
            }
            catch (Exception failure)
            {
                // The other sets' numbers are still worth having; the run as a whole fails at its end.
                _failures.Add($"{set.Name}: {failure}");
                Console.WriteLine($"{set.Name} broke off: {failure.Message}");
            }

            _durations.Add(
                $"{set.Name}: {_rows.Count - before} rows in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s"
            );
        }
    }

    private void Add(BenchRow row)
    {
        _rows.Add(row);
        Console.WriteLine(BenchTable.Line(row));
    }

    private void Merge(IBenchSet set, IReadOnlyList<string> cases)
    {
        foreach (int i in PassiveRun.Merge(_rows, PassiveRun.Measure(set.Name, cases)))
        {
            Console.WriteLine(BenchTable.Line(_rows[i]));
        }
    }
}
