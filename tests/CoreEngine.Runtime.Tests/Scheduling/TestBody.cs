using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>A body made of delegates that counts what the engine does with it.</summary>
public sealed class TestBody(string name, ContextAction? execute, Action? finished) : OperationBody
{
    private int _pushes;
    private int _executions;
    private int _finishedCalls;

    public override string Name => name;

    public int Pushes => Volatile.Read(ref _pushes);

    public int Executions => Volatile.Read(ref _executions);

    public int FinishedCalls => Volatile.Read(ref _finishedCalls);

    public string? Description { get; init; }

    public bool Quick { get; set; }

    public override bool IsQuick => Quick;

    public override string Describe() => Description ?? name;

    public override void Execute(ref OperationContext context)
    {
        Interlocked.Increment(ref _executions);
        execute?.Invoke(context);
    }

    public override void Finished()
    {
        Interlocked.Increment(ref _finishedCalls);
        finished?.Invoke();
    }

    /// <summary>Pushes the body; it counts when the engine took it.</summary>
    public void Push(Engine engine, ReadOnlySpan<Var> reads, ReadOnlySpan<Var> writes, PushOptions? options = null)
    {
        engine.Push(this, reads, writes, options ?? PushOptions.Cpu);
        Interlocked.Increment(ref _pushes);
    }

    /// <summary>Counts a push that was made in another way.</summary>
    public void CountPush() => Interlocked.Increment(ref _pushes);
}
