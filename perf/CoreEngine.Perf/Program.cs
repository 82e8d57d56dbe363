using System.Text.Json;
using CoreEngine.Perf;

if (args is [MemoryContender.Argument, var work])
{
    return MemoryContender.Run(work);
}

// The bench sets, in the order in which they run and stand in the README's table.
IBenchSet[] sets =
[
    new LimitsBench(),
    new GemmBench(),
    new BatchedGemmBench(),
    new ConvolutionBench(),
    new DeconvolutionBench(),
    new ScalingBench(),
    new RecurrentBench(),
    new ElementwiseBench(),
    new BandwidthBench(),
    new PoolingBench(),
    new NormalizationBench(),
    new SoftmaxBench(),
    new NetworkBench(),
    new MovementBench(),
    new ReductionBench(),
    new SortBench(),
    new IndexingBench(),
    new SchedulingBench(),
    new DispatchBench(),
    new TrainingBench(),
    new GraphBench(),
    new LatencyBench(),
    new MemoryBench(),
    new FusionBench(),
    new OperatorBench(),
];

BenchArguments arguments;
try
{
    arguments = BenchArguments.Parse(args);
    arguments.Options.RequireSets(sets.Select(set => set.Name));
}
catch (FormatException error)
{
    await Console.Error.WriteLineAsync($"{error.Message}\n{BenchArguments.Usage}");
    return 2;
}

List<string> environment =
[
    BenchEnvironment.Describe(),
    .. BenchEnvironment.State(),
    .. PeerEnvironment.Prepare(arguments.Options.IsPassiveRun),
];
environment.ForEach(Console.WriteLine);
Console.WriteLine();
Console.WriteLine(BenchTable.Heading);
(double Used, double Stolen, double All) ticks = BenchEnvironment.Ticks();
var run = new BenchRun(sets, arguments.Options);
run.Run();
Console.WriteLine();
IReadOnlyList<BenchRow> rows = run.Rows;
if (rows.Count == 0 && run.Failures.Count == 0)
{
    await Console.Error.WriteLineAsync(
        $"No case matches '{arguments.Options.Filter}'. Sets: {string.Join(", ", sets.Select(set => set.Name))}."
    );
    return 1;
}

IReadOnlyList<BenchSummary> summaries = BenchSummary.Of(rows);
if (summaries.Count > 0)
{
    Console.WriteLine(BenchTable.SummaryHeading);
    foreach (BenchSummary line in summaries)
    {
        Console.WriteLine(BenchTable.Line(line));
    }

    Console.WriteLine();
}

string usage = $"{BenchEnvironment.Usage(ticks)}; {run.Speed}";
Console.WriteLine(usage);
Console.WriteLine(string.Join("; ", run.Durations));
MakeFolders(arguments.Json, arguments.Results);
environment.AddRange([usage, .. MissingPeers.Lines]);
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

if (arguments.Results is { } results)
{
    string before = File.Exists(results) ? File.ReadAllText(results) : "";
    File.WriteAllText(results, BenchTable.Results(environment, rows, before));
    Console.WriteLine($"Every row is in {results}");
}

if (arguments.Plots is { } plots)
{
    IReadOnlyList<string> pictures = BenchPlots.Save(plots, rows);
    Console.WriteLine($"{pictures.Count} pictures are in {plots}: {string.Join(", ", pictures)}");
}

BenchRow[] broken = [.. rows.Where(row => row.Ratio < row.Floor)];
foreach (BenchRow row in broken)
{
    await Console.Error.WriteLineAsync(
        $"Below its floor: {row.Set}/{row.Case}, {row.Threads} threads: {row.Ratio:0.00} < {row.Floor:0.00}"
    );
}

foreach (string failure in run.Failures)
{
    await Console.Error.WriteLineAsync($"Broke off: {failure}");
}

// Quick numbers are too rough to call anything broken.
return run.Failures.Count > 0 || (broken.Length > 0 && !arguments.Options.Quick) ? 1 : 0;

static void MakeFolders(params string?[] files)
{
    foreach (string? file in files)
    {
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }
    }
}
