using System.Diagnostics;
using System.Text.Json;

namespace CoreEngine.Perf;

/// <summary>
/// Cases of oneDNN on two threads once more, in a process whose OpenMP threads sleep instead of spinning. The policy is read
/// when OpenMP is loaded, so it cannot change in this process; a run of both sides over there is interleaved like this one.
/// </summary>
internal static class PassiveRun
{
    private const int Threads = 2;

    /// <summary>A peer that gains so much from its second thread has not collapsed; sleeping would gain it next to nothing.</summary>
    private const double GoodScaling = 1.6;

    /// <summary>
    /// The two-thread cases whose peer may do better with sleeping threads: those where two threads are not much better for
    /// it than one, as far as that was measured.
    /// </summary>
    public static IReadOnlyList<string> Suspects(IReadOnlyList<BenchRow> rows) =>
        [
            .. rows.Where(row => row.Threads == Threads && row.Peer == OneDnn.Name)
                .Where(row =>
                {
                    BenchRow? one = rows.FirstOrDefault(other => other.IsSameCase(row with { Threads = 1 }));
                    return one is null || Gain(one, row) < GoodScaling;
                })
                .Select(row => row.Case)
                .Distinct(),
        ];

    /// <summary>Measures cases of a set in a process of its own.</summary>
    /// <exception cref="InvalidOperationException">That process failed.</exception>
    public static BenchRow[] Measure(string set, IReadOnlyList<string> cases)
    {
        string rows = Path.GetTempFileName();
        string names = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(names, cases);
            string program = Environment.ProcessPath!;
            var info = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
            if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            {
                info.ArgumentList.Add(typeof(PassiveRun).Assembly.Location);
            }

            string[] arguments = ["--set", set, "--threads", $"{Threads}", "--json", rows, "--passive", names];
            Array.ForEach(arguments, info.ArgumentList.Add);
            info.Environment[PeerEnvironment.WaitPolicy] = "passive";
            using Process process = Process.Start(info)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            // Code 1 says only that rows are below their floors, or that a set broke off after some rows.
            string json = File.ReadAllText(rows);
            return json.Length > 0
                ? JsonSerializer.Deserialize(json, BenchJson.Default.BenchRowArray)!
                : throw new InvalidOperationException($"The passive run of {set} ended with {process.ExitCode}.");
        }
        finally
        {
            File.Delete(rows);
            File.Delete(names);
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

    // How many times faster the peer is on two threads.
    private static double Gain(BenchRow one, BenchRow two) =>
        one.Unit is "us" or "ms"
            ? one.PeerValue!.Value / two.PeerValue!.Value
            : two.PeerValue!.Value / one.PeerValue!.Value;
}
