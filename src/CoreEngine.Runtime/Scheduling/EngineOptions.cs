using System.Globalization;

namespace CoreEngine.Runtime;

/// <summary>
/// The settings of an engine. <see cref="FromEnvironment"/> reads them from variables; each is checked when an engine
/// is made.
/// </summary>
public sealed record EngineOptions
{
    private const int MaxWorkers = 1024;

    /// <summary>Which engine.</summary>
    public EngineKind Kind { get; init; } = EngineKind.Threaded;

    /// <summary>
    /// Threads for each CPU device, 1 to 1024 (COREENGINE_CPU_WORKERS, MXNET_CPU_WORKER_NTHREADS). The default is
    /// half the processors, at least 1 and at most 4: large operations use the other processors themselves.
    /// </summary>
    public int CpuWorkers { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>
    /// Threads for prioritised CPU work, 1 to 1024, started when the first such work comes
    /// (COREENGINE_CPU_PRIORITY_NTHREADS, MXNET_CPU_PRIORITY_NTHREADS).
    /// </summary>
    public int CpuPriorityWorkers { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    /// <summary>
    /// Threads that launch work on each GPU, 1 to 1024 (COREENGINE_GPU_WORKERS, MXNET_GPU_WORKER_NTHREADS).
    /// </summary>
    public int GpuWorkers { get; init; } = 1;

    /// <summary>Threads for each direction of copies of each GPU, 1 to 1024 (COREENGINE_GPU_COPY_WORKERS, MXNET_GPU_COPY_NTHREADS).</summary>
    public int GpuCopyWorkers { get; init; } = 1;

    /// <summary>
    /// How many operations <see cref="Engine.Bulk"/> merges when it is given no limit, 1 or more
    /// (COREENGINE_BULK_LIMIT, MXNET_EXEC_BULK_EXEC_MAX_NODE_TRAIN).
    /// </summary>
    public int BulkLimit { get; init; } = 15;

    /// <summary>
    /// How long an idle worker looks for work before it sleeps, 0 to 1,000,000 (COREENGINE_SPIN_MICROSECONDS).
    /// </summary>
    public int SpinMicroseconds { get; init; } = Environment.ProcessorCount > 1 ? 20 : 0;

    /// <summary>
    /// How many operations may wait before threads that push are slowed to the workers' pace, 1 or more. They are
    /// never stopped: while no operation ends, pushes go on at full speed.
    /// </summary>
    public int BacklogLimit { get; init; } = 1024;

    /// <summary>
    /// How long <see cref="Engine.Dispose()"/> lets work in flight go on before it skips what has not started.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The settings of this process's environment. COREENGINE_ENGINE, else MXNET_ENGINE_TYPE, names the engine:
    /// NaiveEngine, ThreadedEngine or ThreadedEnginePerDevice (the same here: workers are always per device). Where
    /// both names of a setting are set, the one that begins with COREENGINE counts. An empty value counts as not set.
    /// </summary>
    /// <exception cref="EngineSettingsException">A value cannot be used; the message says which and what can.</exception>
    public static EngineOptions FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>The settings, from any source of name and value.</summary>
    /// <exception cref="EngineSettingsException">A value cannot be used; the message says which and what can.</exception>
    public static EngineOptions From(Func<string, string?> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        EngineOptions defaults = new();
        return new EngineOptions
        {
            Kind = ReadKind(variables, defaults.Kind),
            CpuWorkers = Read(
                variables,
                "COREENGINE_CPU_WORKERS",
                "MXNET_CPU_WORKER_NTHREADS",
                1,
                MaxWorkers,
                defaults.CpuWorkers
            ),
            CpuPriorityWorkers = Read(
                variables,
                "COREENGINE_CPU_PRIORITY_NTHREADS",
                "MXNET_CPU_PRIORITY_NTHREADS",
                1,
                MaxWorkers,
                defaults.CpuPriorityWorkers
            ),
            GpuWorkers = Read(
                variables,
                "COREENGINE_GPU_WORKERS",
                "MXNET_GPU_WORKER_NTHREADS",
                1,
                MaxWorkers,
                defaults.GpuWorkers
            ),
            GpuCopyWorkers = Read(
                variables,
                "COREENGINE_GPU_COPY_WORKERS",
                "MXNET_GPU_COPY_NTHREADS",
                1,
                MaxWorkers,
                defaults.GpuCopyWorkers
            ),
            BulkLimit = Read(
                variables,
                "COREENGINE_BULK_LIMIT",
                "MXNET_EXEC_BULK_EXEC_MAX_NODE_TRAIN",
                1,
                int.MaxValue,
                defaults.BulkLimit
            ),
            SpinMicroseconds = Read(
                variables,
                "COREENGINE_SPIN_MICROSECONDS",
                null,
                0,
                1_000_000,
                defaults.SpinMicroseconds
            ),
        };
    }

    /// <summary>Checks every value.</summary>
    /// <exception cref="EngineSettingsException">A value cannot be used; the message says which and what can.</exception>
    public void Validate()
    {
        if (Kind is not (EngineKind.Naive or EngineKind.Threaded))
        {
            throw new EngineSettingsException($"{nameof(Kind)} is {(int)Kind}: choose Naive or Threaded.");
        }
        Check(nameof(CpuWorkers), CpuWorkers, 1, MaxWorkers);
        Check(nameof(CpuPriorityWorkers), CpuPriorityWorkers, 1, MaxWorkers);
        Check(nameof(GpuWorkers), GpuWorkers, 1, MaxWorkers);
        Check(nameof(GpuCopyWorkers), GpuCopyWorkers, 1, MaxWorkers);
        Check(nameof(BulkLimit), BulkLimit, 1, int.MaxValue);
        Check(nameof(SpinMicroseconds), SpinMicroseconds, 0, 1_000_000);
        Check(nameof(BacklogLimit), BacklogLimit, 1, int.MaxValue);
        if (ShutdownTimeout < TimeSpan.Zero && ShutdownTimeout != Timeout.InfiniteTimeSpan)
        {
            throw new EngineSettingsException(
                $"{nameof(ShutdownTimeout)} is {ShutdownTimeout}: give zero or more, or Timeout.InfiniteTimeSpan."
            );
        }
    }

    private static void Check(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new EngineSettingsException($"{name} is {value}: give a whole number from {least} to {most}.");
        }
    }

    private static EngineKind ReadKind(Func<string, string?> variables, EngineKind otherwise)
    {
        (string name, string? text) = Pick(variables, "COREENGINE_ENGINE", "MXNET_ENGINE_TYPE");
        return text switch
        {
            null => otherwise,
            "NaiveEngine" => EngineKind.Naive,
            "ThreadedEngine" or "ThreadedEnginePerDevice" => EngineKind.Threaded,
            _ => throw new EngineSettingsException(
                $"The environment variable {name} is '{text}'. "
                    + "Set it to NaiveEngine, ThreadedEngine or ThreadedEnginePerDevice, or unset it."
            ),
        };
    }

    private static int Read(
        Func<string, string?> variables,
        string ownName,
        string? otherName,
        int least,
        int most,
        int otherwise
    )
    {
        (string name, string? text) = Pick(variables, ownName, otherName);
        if (text is null)
        {
            return otherwise;
        }
        return
            int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value)
            && value >= least
            && value <= most
            ? value
            : throw new EngineSettingsException(
                $"The environment variable {name} is '{text}'. "
                    + $"Set it to a whole number from {least} to {most}, or unset it."
            );
    }

    private static (string Name, string? Text) Pick(Func<string, string?> variables, string ownName, string? otherName)
    {
        string? text = variables(ownName);
        if (!string.IsNullOrWhiteSpace(text) || otherName is null)
        {
            return (ownName, string.IsNullOrWhiteSpace(text) ? null : text.Trim());
        }
        text = variables(otherName);
        return (otherName, string.IsNullOrWhiteSpace(text) ? null : text.Trim());
    }
}
