using System.Diagnostics;
using System.Text.Json;

namespace CoreEngine.Runtime;

/// <summary>
/// Records what every thread does, and writes it as a trace for Chrome (chrome://tracing) or Perfetto
/// (ui.perfetto.dev). While it is off it costs one test of a flag per operation. With the environment variable
/// COREENGINE_PROFILE set to a path it starts with the first engine and writes the trace when the process ends.
/// </summary>
public static class Profiler
{
    /// <summary>The environment variable that holds the path of a trace of the whole process.</summary>
    public const string PathVariable = "COREENGINE_PROFILE";

    private const int FewestEvents = 16;
    private const int MostEvents = 1 << 24;

    private static readonly Lock s_lock = new();
    private static readonly List<ProfilerRing> s_rings = [];
    private static ProfilerOptions s_options = new();
    private static int s_session;
    private static int s_threads;
    private static bool s_environmentRead;

    [ThreadStatic]
    private static ProfilerRing? t_ring;

    /// <summary>Whether events are recorded.</summary>
    public static bool IsOn => ProfilerSwitch.IsOn;

    /// <summary>Starts recording, and forgets what was recorded before.</summary>
    /// <exception cref="EngineSettingsException">An option is out of its range.</exception>
    public static void Start(ProfilerOptions? options = null)
    {
        options ??= new ProfilerOptions();
        if (options.EventsPerThread is < FewestEvents or > MostEvents)
        {
            throw new EngineSettingsException(
                $"{nameof(ProfilerOptions.EventsPerThread)} is {options.EventsPerThread}: "
                    + $"give a number from {FewestEvents} to {MostEvents}."
            );
        }
        lock (s_lock)
        {
            s_options = options;
            s_rings.Clear();
            s_threads = 0;
            Volatile.Write(ref s_session, s_session + 1);
            ProfilerSwitch.IsOn = true;
        }
    }

    /// <summary>Goes on recording after a stop, and keeps what was recorded before.</summary>
    public static void Resume()
    {
        lock (s_lock)
        {
            ProfilerSwitch.IsOn = true;
        }
    }

    /// <summary>Stops recording. What was recorded is kept until the next start.</summary>
    public static void Stop() => ProfilerSwitch.IsOn = false;

    /// <summary>
    /// A span of the calling thread for the trace, from now until the result is disposed of:
    /// <c>using (Profiler.Measure("load batch", "data")) { ... }</c>. Does nothing while the profiler is off.
    /// </summary>
    /// <param name="name">What is done; a constant string, since it is kept.</param>
    /// <param name="category">The group for filters.</param>
    public static ProfilerRange Measure(string name, string category) =>
        ProfilerSwitch.IsOn ? new ProfilerRange(name, category) : default;

    /// <summary>A value for the trace, which has it from now on. Does nothing while the profiler is off.</summary>
    /// <param name="name">What has the value.</param>
    /// <param name="category">The group for filters.</param>
    /// <param name="value">The value.</param>
    public static void Count(string name, string category, double value)
    {
        if (ProfilerSwitch.IsOn)
            RecordMoment(ProfilerEventKind.Counter, name, category, value);
    }

    /// <summary>A moment for the trace: now. Does nothing while the profiler is off.</summary>
    /// <param name="name">What happens.</param>
    /// <param name="category">The group for filters.</param>
    /// <param name="scope">How far it is drawn.</param>
    public static void Mark(string name, string category, MarkScope scope = MarkScope.Thread)
    {
        if (!ProfilerSwitch.IsOn)
            return;
        ProfilerEventKind kind = scope switch
        {
            MarkScope.Process => ProfilerEventKind.ProcessMark,
            MarkScope.Global => ProfilerEventKind.GlobalMark,
            _ => ProfilerEventKind.ThreadMark,
        };
        RecordMoment(kind, name, category, 0);
    }

    /// <summary>What was recorded, summed up by name: those of one category together, in no particular order.</summary>
    public static IReadOnlyList<ProfilerSummary> Summarize()
    {
        var sums = new Dictionary<(string, string), ProfilerSummary>();
        foreach (ProfilerRing ring in Rings())
        {
            foreach (ref readonly ProfilerEvent item in ring.Copy().Events.AsSpan())
            {
                if (item.Kind != ProfilerEventKind.Span)
                    continue;
                double time = (item.End - item.Start) * 1e3 / Stopwatch.Frequency;
                (string, string) key = (item.Category, item.Name);
                sums[key] = sums.TryGetValue(key, out ProfilerSummary sum)
                    ? sum with
                    {
                        Count = sum.Count + 1,
                        Total = sum.Total + time,
                        Shortest = Math.Min(sum.Shortest, time),
                        Longest = Math.Max(sum.Longest, time),
                    }
                    : new ProfilerSummary(item.Category, item.Name, 1, time, time, time);
            }
        }

        return [.. sums.Values];
    }

    /// <summary>
    /// Writes what was recorded, as JSON. The file is put in place when it is complete: an error leaves a previous
    /// file as it was.
    /// </summary>
    /// <exception cref="EngineException">The file cannot be written.</exception>
    public static void WriteTrace(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                WriteTrace(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            DeleteQuietly(temporary);
            throw new EngineException(
                $"The trace cannot be written to '{path}': {e.Message} Choose another path or make room; "
                    + "what was there before is unchanged.",
                e
            );
        }
    }

    /// <summary>Writes what was recorded, as JSON in UTF-8.</summary>
    public static void WriteTrace(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using Utf8JsonWriter writer = new(stream);
        TraceWriter.Write(writer, Rings());
    }

    /// <summary>Starts a trace of the whole process when the environment asks for it; only the first call counts.</summary>
    internal static void StartFromEnvironment()
    {
        lock (s_lock)
        {
            if (s_environmentRead)
            {
                return;
            }
            s_environmentRead = true;
        }
        string? path = Environment.GetEnvironmentVariable(PathVariable);
        if (string.IsNullOrWhiteSpace(path))
        {
            return;
        }
        Start();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            Stop();
            try
            {
                WriteTrace(path);
            }
            catch (EngineException e)
            {
                // The process is ending: there is nobody left who could catch this.
                Console.Error.WriteLine(e.Message);
            }
        };
    }

    /// <summary>Notes an operation that has just ended on this thread.</summary>
    internal static void Record(Operation operation, ExecutionSite site, long start)
    {
        ProfilerEvent added = new()
        {
            Category = operation.Property.ToString(),
            PushedAt = operation.PushedAt,
            Start = start,
            End = Stopwatch.GetTimestamp(),
            Device = operation.Device,
            Priority = operation.Priority,
        };
        try
        {
            added.Name = operation.Name;
            added.Description = s_options.Descriptions ? operation.Body?.Describe() : null;
        }
        catch (Exception e)
        {
            // Telling about an operation must not make it fail.
            added.Name ??= $"(its name failed: {e.Message})";
        }
        Ring(site.Name).Add(added);
    }

    /// <summary>Notes a span that has just ended on this thread.</summary>
    internal static void Record(string name, string category, long start) =>
        Ring(null)
            .Add(
                new ProfilerEvent
                {
                    Name = name,
                    Category = category,
                    Start = start,
                    End = Stopwatch.GetTimestamp(),
                }
            );

    private static void RecordMoment(ProfilerEventKind kind, string name, string category, double value)
    {
        long now = Stopwatch.GetTimestamp();
        Ring(null)
            .Add(
                new ProfilerEvent
                {
                    Kind = kind,
                    Name = name,
                    Category = category,
                    Start = now,
                    End = now,
                    Value = value,
                }
            );
    }

    private static ProfilerRing[] Rings()
    {
        lock (s_lock)
        {
            return [.. s_rings];
        }
    }

    private static ProfilerRing Ring(string? siteName)
    {
        ProfilerRing? ring = t_ring;
        return ring is not null && ring.Session == Volatile.Read(ref s_session) ? ring : MakeRing(siteName);
    }

    private static ProfilerRing MakeRing(string? siteName)
    {
        string name = siteName ?? Thread.CurrentThread.Name ?? $"thread {Environment.CurrentManagedThreadId}";
        lock (s_lock)
        {
            ProfilerRing ring = new(s_session, s_options.EventsPerThread, name, ++s_threads);
            s_rings.Add(ring);
            t_ring = ring;
            return ring;
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // The first error is the one to tell.
        }
    }
}
