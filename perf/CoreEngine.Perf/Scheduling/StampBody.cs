using System.Diagnostics;
using CoreEngine.Runtime;

namespace CoreEngine.Perf;

/// <summary>An operation that notes when it was started.</summary>
internal sealed class StampBody : OperationBody
{
    private long _started;

    public override string Name => "stamp";

    /// <summary>The start of the last run, in ticks of the stopwatch.</summary>
    public long Started => Volatile.Read(ref _started);

    public override void Execute(ref OperationContext context) =>
        Volatile.Write(ref _started, Stopwatch.GetTimestamp());
}
