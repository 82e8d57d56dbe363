using System.Diagnostics;
using System.Text.Json;

namespace CoreEngine.Perf;

/// <summary>
/// A set's two-thread cases once more, in a process whose OpenMP threads sleep instead of spinning. The policy is read when
/// OpenMP is loaded, so it cannot change in this process; a run of both sides over there is interleaved like this one.
/// </summary>
internal static class PassiveRun
{
    private const int Threads = 2;

    /// <summary>True when this set and these options ask for such a run.</summary>
    public static bool IsWanted(IBenchSet set, BenchOptions options) =>
        set.HasOpenMpPeer && !options.Quick && !options.IsPassiveRun && options.ThreadCounts.Contains(Threads);

    /// <summary>Measures the set's cases in a process of its own.</summary>
    /// <exception cref="InvalidOperationException">That process failed.</exception>
    public static BenchRow[] Measure(string set, BenchOptions options)
    {
        string file = Path.GetTempFileName();
        try
        {
            string program = Environment.ProcessPath!;
            var info = new ProcessStartInfo(program) { RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            {
                info.ArgumentList.Add(typeof(PassiveRun).Assembly.Location);
            }

            string[] arguments = ["--set", set, "--threads", $"{Threads}", "--json", file, "--passive"];
            foreach (string argument in arguments)
            {
                info.ArgumentList.Add(argument);
            }

            if (options.Filter is { } filter)
            {
                info.ArgumentList.Add("--filter");
                info.ArgumentList.Add(filter);
            }

            info.Environment[PeerEnvironment.WaitPolicy] = "passive";
            using Process process = Process.Start(info)!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            // The file is empty when nothing matched the filter on two threads; rows below a floor end with code 1.
            string json = File.ReadAllText(file);
            return process.ExitCode <= 1 && json.Length > 0
                    ? JsonSerializer.Deserialize(json, BenchJson.Default.BenchRowArray)!
                : process.ExitCode <= 1 ? []
                : throw new InvalidOperationException($"The passive run of {set} ended with {process.ExitCode}.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Replaces rows by the passive run's where the peer does better there.</summary>
    /// <returns>The places of the rows that are new.</returns>
    public static IReadOnlyList<int> Merge(List<BenchRow> rows, IReadOnlyList<BenchRow> passive)
    {
        var changed = new List<int>();
        foreach (BenchRow other in passive.Where(row => row.Ratio is not null))
        {
            int i = rows.FindIndex(row => row.IsSameCase(other));
            if (i >= 0 && other.Ratio < rows[i].Ratio)
            {
                rows[i] = other with { Variant = $"{other.Variant}, passive".TrimStart(',', ' ') };
                changed.Add(i);
            }
        }

        return changed;
    }
}
