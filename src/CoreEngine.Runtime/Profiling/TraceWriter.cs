using System.Diagnostics;
using System.Text.Json;

namespace CoreEngine.Runtime;

/// <summary>
/// The trace event format: an object with a list of events; complete events ("X") have a start and a duration in
/// microseconds, counters ("C") a value, instant events ("i") a scope; metadata events ("M") name the threads.
/// </summary>
internal static class TraceWriter
{
    // Events between two flushes to the stream, so that memory stays bounded.
    private const int EventsPerFlush = 1000;

    /// <summary>Writes all rings as one trace.</summary>
    public static void Write(Utf8JsonWriter writer, ProfilerRing[] rings)
    {
        int process = Environment.ProcessId;
        long dropped = 0;
        int written = 0;
        writer.WriteStartObject();
        writer.WriteString("displayTimeUnit", "ns");
        writer.WriteStartArray("traceEvents");
        WriteName(writer, "process_name", process, 0, "CoreEngine");
        foreach (ProfilerRing ring in rings)
        {
            WriteName(writer, "thread_name", process, ring.ThreadId, ring.ThreadName);
            (ProfilerEvent[] events, long droppedHere) = ring.Copy();
            dropped += droppedHere;
            foreach (ref ProfilerEvent item in events.AsSpan())
            {
                WriteEvent(writer, process, ring.ThreadId, item);
                if (++written % EventsPerFlush == 0)
                {
                    writer.Flush();
                }
            }
        }
        writer.WriteEndArray();
        writer.WriteStartObject("otherData");
        writer.WriteNumber("droppedEvents", dropped);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
    }

    private static void WriteName(Utf8JsonWriter writer, string kind, int process, int thread, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("name", kind);
        writer.WriteString("ph", "M");
        writer.WriteNumber("pid", process);
        writer.WriteNumber("tid", thread);
        writer.WriteStartObject("args");
        writer.WriteString("name", name);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter writer, int process, int thread, in ProfilerEvent item)
    {
        writer.WriteStartObject();
        writer.WriteString("name", item.Name);
        writer.WriteString("cat", item.Category);
        writer.WriteString("ph", PhaseOf(item.Kind));
        writer.WriteNumber("ts", Microseconds(item.Start));
        if (item.Kind == ProfilerEventKind.Span)
            writer.WriteNumber("dur", Microseconds(item.End - item.Start));
        writer.WriteNumber("pid", process);
        writer.WriteNumber("tid", thread);
        if (item.Kind == ProfilerEventKind.Counter)
        {
            writer.WriteStartObject("args");
            writer.WriteNumber(item.Name, item.Value);
            writer.WriteEndObject();
        }
        else if (item.Kind != ProfilerEventKind.Span)
        {
            writer.WriteString("s", ScopeOf(item.Kind));
        }

        if (item.Device.IsValid)
        {
            writer.WriteStartObject("args");
            writer.WriteString("device", item.Device.ToString());
            writer.WriteNumber("priority", item.Priority);
            if (item.PushedAt != 0)
            {
                writer.WriteNumber("queued_us", Microseconds(item.Start - item.PushedAt));
            }
            if (item.Description is not null)
            {
                writer.WriteString("description", item.Description);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static string PhaseOf(ProfilerEventKind kind) =>
        kind switch
        {
            ProfilerEventKind.Span => "X",
            ProfilerEventKind.Counter => "C",
            _ => "i",
        };

    private static string ScopeOf(ProfilerEventKind kind) =>
        kind switch
        {
            ProfilerEventKind.ProcessMark => "p",
            ProfilerEventKind.GlobalMark => "g",
            _ => "t",
        };

    private static double Microseconds(long ticks) => Math.Round(ticks * 1e6 / Stopwatch.Frequency, 3);
}
