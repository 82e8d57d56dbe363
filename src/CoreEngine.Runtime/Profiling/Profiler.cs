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
        ProfilerRing[] rings;
        lock (s_lock)
        {
            rings = [.. s_rings];
        }
        using Utf8JsonWriter writer = new(stream);
        TraceWriter.Write(writer, rings);
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
