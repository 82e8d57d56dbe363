using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using CoreEngine.Kernels;
using CoreEngine.Operators;
using CoreEngine.Runtime;
using Spectre.Console;

namespace CoreEngine.Cli;

/// <summary><c>coreengine info</c>: what this machine offers and how the engine is set.</summary>
internal static class InfoCommand
{
    public static Command Create(IAnsiConsole output)
    {
        var command = new Command("info", "Print devices, instruction sets, caches, memory pools and engine settings.");
        command.SetAction(_ => Run(output));
        return command;
    }

    private static int Run(IAnsiConsole output)
    {
        // Settings that cannot be used are an error before anything is printed.
        EngineOptions options = Engine.Default.Options;
        // Names the pool of the device that every program uses.
        StoragePool.For(Device.Cpu());
        Section(
            output,
            "CoreEngine",
            ("version", Version()),
            (".NET", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}"),
            ("operators", $"{OperatorRegistry.Default.Operators.Count(op => !op.IsInternal)}")
        );
        Section(
            output,
            "Processor",
            ("name", CpuInfo.Name),
            ("logical processors", $"{CpuInfo.ProcessorCount}"),
            ("instruction sets in use", CpuInfo.InstructionSets),
            ("vector width", $"{CpuInfo.VectorBits} bits"),
            (
                "caches",
                $"L1 {CpuInfo.L1Bytes >> 10} KiB, L2 {CpuInfo.L2Bytes >> 10} KiB, L3 {CpuInfo.L3Bytes >> 10} KiB"
            ),
            ("threads of one kernel", $"{KernelTeam.Default.Size} (COREENGINE_THREADS, OMP_NUM_THREADS)")
        );
        Section(output, "Devices", (Device.Cpu().ToString(), $"{ByteSize.Format(Total())} of memory"));
        Section(output, "Memory pools", [.. StoragePool.All.Select(Describe)]);
        Section(
            output,
            "Engine",
            ("kind", $"{options.Kind} (COREENGINE_ENGINE, MXNET_ENGINE_TYPE)"),
            ("workers for each CPU device", $"{options.CpuWorkers} (COREENGINE_CPU_WORKERS)"),
            ("workers for prioritised work", $"{options.CpuPriorityWorkers} (COREENGINE_CPU_PRIORITY_NTHREADS)"),
            ("operations merged in bulk", $"{options.BulkLimit} (COREENGINE_BULK_LIMIT)"),
            ("idle workers spin", $"{options.SpinMicroseconds} us (COREENGINE_SPIN_MICROSECONDS)"),
            ("profile", Environment.GetEnvironmentVariable(Profiler.PathVariable) ?? $"off ({Profiler.PathVariable})")
        );
        return CommandHost.Success;
    }

    private static (string, string) Describe(StoragePool pool)
    {
        StorageStatistics now = pool.Statistics;
        return (
            pool.Device.ToString(),
            $"in use {ByteSize.Format(now.InUse)}, pooled {ByteSize.Format(now.Pooled)}, limit {ByteSize.Format(now.Limit)} "
                + $"(COREENGINE_MEMORY_LIMIT)"
        );
    }

    private static void Section(IAnsiConsole output, string title, params (string Name, string Value)[] rows)
    {
        output.MarkupLine($"[bold]{title}[/]");
        Grid grid = new Grid().AddColumn(new GridColumn().PadLeft(2).PadRight(3).NoWrap()).AddColumn();
        foreach ((string name, string value) in rows)
        {
            grid.AddRow(Markup.Escape(name), Markup.Escape(value));
        }

        output.Write(grid);
    }

    private static long Total() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static string Version() =>
        typeof(Engine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";
}
