using System.Diagnostics;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <content>What clients note in the profile themselves.</content>
internal static unsafe partial class ProfilerCalls
{
    internal static void MXProfileCreateDomain(byte* domain, nint* @out)
    {
        string name = Text.Read(domain, nameof(domain));
        Create(ProfileObjectKind.Domain, name, name, @out);
    }

    internal static void MXProfileCreateTask(nint domain, byte* taskName, nint* @out) =>
        Create(ProfileObjectKind.Duration, Text.Read(taskName, "task_name"), Domain(domain), @out);

    internal static void MXProfileCreateFrame(nint domain, byte* frameName, nint* @out) =>
        Create(ProfileObjectKind.Duration, Text.Read(frameName, "frame_name"), Domain(domain), @out);

    internal static void MXProfileCreateEvent(byte* eventName, nint* @out) =>
        Create(ProfileObjectKind.Duration, Text.Read(eventName, "event_name"), "event", @out);

    internal static void MXProfileCreateCounter(nint domain, byte* counterName, nint* @out) =>
        Create(ProfileObjectKind.Counter, Text.Read(counterName, "counter_name"), Domain(domain), @out);

    internal static void MXProfileDestroyHandle(nint frameHandle) =>
        Handles.Remove(frameHandle, HandleKind.Profile, "frame_handle");

    internal static void MXProfileDurationStart(nint durationHandle) =>
        Find(durationHandle, ProfileObjectKind.Duration, "duration_handle").Began = Stopwatch.GetTimestamp();

    internal static void MXProfileDurationStop(nint durationHandle)
    {
        ProfileObject duration = Find(durationHandle, ProfileObjectKind.Duration, "duration_handle");
        if (duration.Began == 0)
            throw new EngineException($"'{duration.Name}' was not started.");
        if (Profiler.IsOn)
            Profiler.Record(duration.Name, duration.Domain, duration.Began);
        duration.Began = 0;
    }

    internal static void MXProfileSetCounter(nint counterHandle, ulong value)
    {
        ProfileObject counter = Find(counterHandle, ProfileObjectKind.Counter, "counter_handle");
        Profiler.Count(counter.Name, counter.Domain, counter.Set((long)value));
    }

    internal static void MXProfileAdjustCounter(nint counterHandle, long value)
    {
        ProfileObject counter = Find(counterHandle, ProfileObjectKind.Counter, "counter_handle");
        Profiler.Count(counter.Name, counter.Domain, counter.Add(value));
    }

    internal static void MXProfileSetMarker(nint domain, byte* instantMarkerName, byte* scope)
    {
        string name = Text.Read(instantMarkerName, "instant_marker_name");
        string domainName = Domain(domain);
        MarkScope reach = Text.Read(scope, nameof(scope)) switch
        {
            "global" => MarkScope.Global,
            "process" => MarkScope.Process,
            "thread" or "task" or "marker" => MarkScope.Thread,
            string other => throw new EngineException(
                $"'scope' is '{other}'; it must be global, process, thread, task or marker."
            ),
        };
        Profiler.Mark(name, domainName, reach);
    }

    private static void Create(ProfileObjectKind kind, string name, string domain, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(HandleKind.Profile, new ProfileObject(kind, name, domain));
    }

    private static string Domain(nint handle) => Find(handle, ProfileObjectKind.Domain, "domain").Name;

    private static ProfileObject Find(nint handle, ProfileObjectKind kind, string argument)
    {
        ProfileObject found = Handles.Get<ProfileObject>(handle, HandleKind.Profile, argument);
        return found.Kind == kind
            ? found
            : throw new HandleException($"'{argument}' must be the handle of a {kind}; it is that of a {found.Kind}.");
    }
}
