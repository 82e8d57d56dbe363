using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Turning the profiler on and off, and writing what it recorded.</summary>
internal static unsafe partial class ProfilerCalls
{
    /// <summary>
    /// The environment variable that says which MXNet a client was written for, where functions of one name differ: "1.9"
    /// for 1.9, anything else for 1.0.
    /// </summary>
    private const string VersionVariable = "COREENGINE_C_API";

    private const string DefaultFile = "profile.json";

    private static readonly bool s_isNewer =
        Environment.GetEnvironmentVariable(VersionVariable)?.StartsWith("1.9", StringComparison.Ordinal) == true;

    // All that MXNet 1.9 knows; what is recorded here is always everything.
    private static readonly string[] s_settings =
    [
        "filename",
        "profile_all",
        "profile_symbolic",
        "profile_imperative",
        "profile_memory",
        "profile_api",
        "continuous_dump",
        "dump_period",
        "aggregate_stats",
        "profile_process",
        "gpu_memory_profile_filename_prefix",
    ];

    private static readonly Lock s_lock = new();
    private static string s_file = DefaultFile;
    private static bool s_hasStarted;

    internal static void MXSetProfilerConfig(int modeOrCount, void* fileNameOrKeys, void* values)
    {
        if (s_isNewer)
        {
            MXSetProcessProfilerConfig(modeOrCount, (byte**)fileNameOrKeys, (byte**)values, 0);
            return;
        }

        if (modeOrCount is not (0 or 1))
        {
            throw new EngineException(
                $"'mode' is {modeOrCount}; it must be 0 (symbolic) or 1 (all). A client written for MXNet 1.9 needs the "
                    + $"environment variable {VersionVariable}=1.9."
            );
        }

        SetFile(Text.Read((byte*)fileNameOrKeys, "filename"));
    }

    internal static void MXSetProcessProfilerConfig(int numParams, byte** keys, byte** vals, nint kvstoreHandle)
    {
        Dictionary<string, string> settings = Text.Attributes(keys, vals, numParams);
        foreach (string key in settings.Keys)
        {
            if (Array.IndexOf(s_settings, key) < 0)
            {
                throw new EngineException(
                    $"The profiler has no setting '{key}'; there are {string.Join(", ", s_settings)}."
                );
            }
        }

        if (settings.GetValueOrDefault("profile_process") is "server")
            throw OfServers();
        SetFile(settings.GetValueOrDefault("filename", DefaultFile));
    }

    internal static void MXSetProfilerState(int state)
    {
        if (state is not (0 or 1))
            throw new EngineException($"'state' is {state}; it must be 0 (stop) or 1 (run).");
        if (state == 1)
            Run();
        else
            Profiler.Stop();
    }

    internal static void MXSetProcessProfilerState(int state, int profileProcess, nint kvStoreHandle)
    {
        CheckProcess(profileProcess);
        MXSetProfilerState(state);
    }

    internal static void MXProfilePause(int paused)
    {
        if (paused != 0)
            Profiler.Stop();
        else
            Run();
    }

    internal static void MXProcessProfilePause(int paused, int profileProcess, nint kvStoreHandle)
    {
        CheckProcess(profileProcess);
        MXProfilePause(paused);
    }

    internal static void MXDumpProfile(int finished)
    {
        // What was scheduled while recording belongs to it.
        Engine.Default.WaitForAll();
        // In MXNet 1.0 the function takes nothing, and what is here is anything.
        if (!s_isNewer || finished != 0)
            Profiler.Stop();
        string file;
        lock (s_lock)
        {
            file = s_file;
        }

        Profiler.WriteTrace(file);
    }

    internal static void MXDumpProcessProfile(int finished, int profileProcess, nint kvStoreHandle)
    {
        CheckProcess(profileProcess);
        MXDumpProfile(finished);
    }

    internal static void MXAggregateProfileStatsPrint(byte** outStr, int reset) =>
        MXAggregateProfileStatsPrintEx(outStr, reset, format: 0, sortBy: 0, ascending: 0);

    internal static void MXAggregateProfileStatsPrintEx(byte** outStr, int reset, int format, int sortBy, int ascending)
    {
        Pointers.Require(outStr, "out_str");
        if (format is not (0 or 1))
            throw new EngineException($"'format' is {format}; it must be 0 (a table) or 1 (JSON).");
        Func<ProfilerSummary, double> key = sortBy switch
        {
            0 => sum => sum.Total,
            1 => sum => sum.Average,
            2 => sum => sum.Shortest,
            3 => sum => sum.Longest,
            4 => sum => sum.Count,
            _ => throw new EngineException(
                $"'sort_by' is {sortBy}; it must be 0 (total), 1 (average), 2 (minimum), 3 (maximum) or 4 (count)."
            ),
        };
        IEnumerable<ProfilerSummary> sums = Profiler.Summarize();
        ProfilerSummary[] sorted = [.. ascending != 0 ? sums.OrderBy(key) : sums.OrderByDescending(key)];
        byte* text = ReturnBuffers.Mx.Text(format == 0 ? ProfileTexts.Table(sorted) : ProfileTexts.Json(sorted));
        if (reset != 0)
            Forget();
        *outStr = text;
    }

    private static void Run()
    {
        lock (s_lock)
        {
            // The first run forgets what came before, for example from another library in this process.
            if (s_hasStarted)
                Profiler.Resume();
            else
                Profiler.Start();
            s_hasStarted = true;
        }
    }

    private static void Forget()
    {
        bool isOn = Profiler.IsOn;
        Profiler.Start();
        if (!isOn)
            Profiler.Stop();
    }

    private static void SetFile(string file)
    {
        if (file.Length == 0)
            throw new EngineException("'filename' is empty; name the file of the trace.");
        lock (s_lock)
        {
            s_file = file;
        }
    }

    private static void CheckProcess(int process)
    {
        if (process == 1)
            throw OfServers();
        if (process != 0)
            throw new EngineException($"'profile_process' is {process}; it must be 0 (worker) or 1 (server).");
    }

    private static NotSupportedException OfServers() =>
        new("Only this process can be profiled, not servers of a KVStore.");
}
