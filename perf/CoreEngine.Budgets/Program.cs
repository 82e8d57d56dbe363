using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BenchmarkDotNet.Validators;
using CoreEngine.Budgets;

const string Usage = "usage: CoreEngine.Budgets BUDGETS.json [--filter NAME] [--write]";
string? file = null;
string? filter = null;
bool write = false;
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--write")
    {
        write = true;
    }
    else if (args[i] == "--filter" && i + 1 < args.Length)
    {
        filter = args[++i];
    }
    else if (file is null && !args[i].StartsWith('-'))
    {
        file = args[i];
    }
    else
    {
        await Console.Error.WriteLineAsync($"'{args[i]}' is not understood.\n{Usage}");
        return 2;
    }
}

if (file is null)
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

// In this process: nothing is built or restored, and the bytes are the same as in a process of its own.
ManualConfig config = ManualConfig
    .CreateEmpty()
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddValidator(JitOptimizationsValidator.FailOnError)
    .AddLogger(NullLogger.Instance)
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "CoreEngine.Budgets"));
if (filter is not null)
{
    config.AddFilter(
        new SimpleFilter(benchmark => Title(benchmark).Contains(filter, StringComparison.OrdinalIgnoreCase))
    );
}

Summary summary = BenchmarkRunner.Run<CallBenchmarks>(config);
var measured = new Dictionary<string, long>();
foreach (BenchmarkReport report in summary.Reports)
{
    long? bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
    if (!report.Success || bytes is null || report.ResultStatistics is null)
    {
        await Console.Error.WriteLineAsync($"{Title(report.BenchmarkCase)} failed.");
        return 1;
    }

    measured[Title(report.BenchmarkCase)] = bytes.Value;
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Title(report.BenchmarkCase), -40} {report.ResultStatistics.Median, 10:0} ns {bytes, 8} B"
        )
    );
}

if (measured.Count == 0)
{
    await Console.Error.WriteLineAsync(
        summary.ValidationErrors.IsDefaultOrEmpty
            ? $"No benchmark matches '{filter}'."
            : string.Join('\n', summary.ValidationErrors.Select(error => error.Message))
    );
    return 1;
}

if (write)
{
    Dictionary<string, long> budgets = File.Exists(file) ? BudgetFile.Read(file) : [];
    foreach ((string call, long bytes) in measured)
    {
        budgets[call] = bytes;
    }

    BudgetFile.Write(file, budgets);
    Console.WriteLine($"{measured.Count} budgets in {file} are what was measured.");
    return 0;
}

IReadOnlyList<string> broken = BudgetFile.Check(measured, BudgetFile.Read(file));
foreach (string line in broken)
{
    await Console.Error.WriteLineAsync($"Over budget: {line}");
}

Console.WriteLine($"{measured.Count - broken.Count} of {measured.Count} calls are within their budgets.");
return broken.Count == 0 ? 0 : 1;

static string Title(BenchmarkCase benchmark) => benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
