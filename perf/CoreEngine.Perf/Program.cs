using System.Text.Json;
using CoreEngine.Perf;

// The bench sets, in the order in which they run and stand in the README's table.
IBenchSet[] sets = [new GemmBench()];

bool quick = args.Contains("--quick");
var options = new BenchOptions(quick, Argument("--filter"));
var rows = new List<BenchRow>();
foreach (IBenchSet set in sets)
{
    foreach (BenchRow row in set.Run(options))
    {
        rows.Add(row);
        Console.WriteLine(BenchTable.Line(row));
    }
}

if (Argument("--json") is { } path)
{
    File.WriteAllText(path, JsonSerializer.Serialize(rows.ToArray(), BenchJson.Default.BenchRowArray));
}

string? Argument(string name)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
