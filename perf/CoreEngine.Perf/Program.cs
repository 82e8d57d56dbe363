using System.Text.Json;
using CoreEngine.Perf;

// The bench sets, in the order in which they run and stand in the README's table.
IBenchSet[] sets =
[
    new GemmBench(),
    new BatchedGemmBench(),
    new ConvolutionBench(),
    new ScalingBench(),
    new ElementwiseBench(),
    new SchedulingBench(),
];

BenchArguments arguments;
try
{
    arguments = BenchArguments.Parse(args);
    string? unknown = arguments.Options.Sets.FirstOrDefault(name =>
        !sets.Any(set => set.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
    );
    if (unknown is not null)
    {
        throw new FormatException(
            $"There is no set '{unknown}'. Sets: {string.Join(", ", sets.Select(set => set.Name))}."
        );
    }
}
catch (FormatException error)
{
    await Console.Error.WriteLineAsync($"{error.Message}\n{BenchArguments.Usage}");
    return 2;
}

IReadOnlyList<string> traps = PeerEnvironment.Prepare();
Console.WriteLine(BenchEnvironment.Describe());
foreach (string line in BenchEnvironment.State().Concat(traps))
{
    Console.WriteLine(line);
}

Console.WriteLine();
Console.WriteLine(BenchTable.Heading);
var rows = new List<BenchRow>();
foreach (
    BenchRow row in sets.Where(set => arguments.Options.WantsSet(set.Name))
        .SelectMany(set => set.Run(arguments.Options))
)
{
    rows.Add(row);
    Console.WriteLine(BenchTable.Line(row));
}

Console.WriteLine();
if (rows.Count == 0)
{
    await Console.Error.WriteLineAsync(
        $"No case matches '{arguments.Options.Filter}'. Sets: {string.Join(", ", sets.Select(set => set.Name))}."
    );
    return 1;
}

if (arguments.Json is { } json)
{
    File.WriteAllText(json, JsonSerializer.Serialize(rows.ToArray(), BenchJson.Default.BenchRowArray) + "\n");
    Console.WriteLine($"{rows.Count} rows are in {json}");
}

if (arguments.Readme is { } readme)
{
    File.WriteAllText(readme, BenchTable.Replace(File.ReadAllText(readme), BenchEnvironment.Describe(), rows));
    Console.WriteLine($"The table of {readme} is new");
}

BenchRow[] broken = [.. rows.Where(row => row.Ratio < row.Floor)];
foreach (BenchRow row in broken)
{
    await Console.Error.WriteLineAsync($"Below its floor: {row.Set}/{row.Case}: {row.Ratio:0.00} < {row.Floor:0.00}");
}

// Quick numbers are too rough to call anything broken.
return broken.Length == 0 || arguments.Options.Quick ? 0 : 1;
