namespace CoreEngine.Runtime;

/// <summary>One span of time on one thread, or one moment. Times are ticks of the stopwatch.</summary>
internal struct ProfilerEvent
{
    public string Name;
    public string Category;
    public string? Description;
    public long PushedAt;
    public long Start;
    public long End;
    public Device Device;
    public int Priority;
    public ProfilerEventKind Kind;
    public double Value;
}
