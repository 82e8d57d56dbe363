using System.Diagnostics;

namespace CoreEngine.Runtime;

/// <summary>A span of time that ends when it is disposed of; made by <see cref="Profiler.Measure"/>.</summary>
public readonly ref struct ProfilerRange
{
    private readonly string? _name;
    private readonly string? _category;
    private readonly long _start;

    internal ProfilerRange(string name, string category)
    {
        _name = name;
        _category = category;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Ends the span.</summary>
    public void Dispose()
    {
        if (_name is not null && ProfilerSwitch.IsOn)
        {
            Profiler.Record(_name, _category!, _start);
        }
    }
}
