using System.Globalization;
using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>What the numbers were measured on: without it they mean nothing.</summary>
internal static class BenchEnvironment
{
    /// <summary>The machine, in one line.</summary>
    public static string Describe() =>
        $"{CpuInfo.Name}, {CpuInfo.ProcessorCount} logical processors, {CpuInfo.InstructionSets}; "
        + $"caches {CpuInfo.L1Bytes >> 10} KiB / {CpuInfo.L2Bytes >> 10} KiB / {CpuInfo.L3Bytes >> 10} KiB; "
        + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";

    /// <summary>What else goes on here and how this process stands among it, one line each.</summary>
    public static IEnumerable<string> State()
    {
        yield return $"processors allowed: {StatusField("Cpus_allowed_list") ?? "unknown"} of {Online()}";
        yield return $"nice value: {Nice()?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}";
        string? load = ReadLine("/proc/loadavg");
        yield return $"load average at the start: {load ?? "unknown"}";
        if (load is not null && double.Parse(load.Split(' ')[0], CultureInfo.InvariantCulture) > 0.5)
        {
            yield return "  other processes are running or were a minute ago: single rows may be off by a third";
        }

        string? governor = ReadLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
        yield return $"frequency governor: {governor ?? "not readable"}";
    }

    /// <summary>
    /// Processor time of the whole machine so far, in ticks: used by anybody, taken by the hypervisor for other guests, all.
    /// </summary>
    public static (double Used, double Stolen, double All) Ticks()
    {
        string[]? fields = ReadLine("/proc/stat")?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is null)
        {
            return default;
        }

        // user nice system idle iowait irq softirq steal
        double[] ticks = [.. fields[1..9].Select(field => double.Parse(field, CultureInfo.InvariantCulture))];
        return (ticks.Sum() - ticks[3] - ticks[4] - ticks[7], ticks[7], ticks.Sum());
    }

    /// <summary>How the machine's processors were used since, in one line.</summary>
    public static string Usage((double Used, double Stolen, double All) since)
    {
        (double used, double stolen, double all) = Ticks();
        double elapsed = all - since.All;
        return elapsed > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"processors during the run: {(used - since.Used) / elapsed:0 %} used, "
                    + $"{(stolen - since.Stolen) / elapsed:0.0 %} stolen by the hypervisor"
            )
            : "processors during the run: unknown";
    }

    private static string Online() => ReadLine("/sys/devices/system/cpu/online") ?? "unknown";

    private static string? StatusField(string name) =>
        File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status")
                .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))
                ?[(name.Length + 1)..].Trim()
            : null;

    // The 19th field; the second one is the program's name in parentheses and may hold blanks.
    private static int? Nice()
    {
        string? line = ReadLine("/proc/self/stat");
        string[]? fields = line?[(line.LastIndexOf(')') + 2)..].Split(' ');
        return fields is { Length: > 16 } ? int.Parse(fields[16], CultureInfo.InvariantCulture) : null;
    }

    private static string? ReadLine(string file) => File.Exists(file) ? File.ReadLines(file).FirstOrDefault() : null;
}
