using System.Collections.Concurrent;

namespace CoreEngine.Runtime;

/// <summary>
/// Runs each operation inside the call that pushes it, whatever the thread and even inside other operations: the engine
/// of code that itself is an operation (<see cref="Engine.RunInline"/>). Its variables order nothing; threads that share
/// one must agree among themselves.
/// </summary>
/// <remarks>
/// It may read what variables of other engines stand for, when nothing is pending that writes it: to wait for it inside
/// an operation could take for ever.
/// </remarks>
internal sealed class InlineEngine : Engine
{
    // One for each operation that runs at the same moment, nested ones included.
    private readonly ConcurrentBag<ExecutionSite> _free = [];
    private long _pushed;
    private long _skipped;
    private long _failed;

    private InlineEngine()
        : base(new EngineOptions { Kind = EngineKind.Naive }) { }

    /// <summary>The one such engine: arrays that one operation keeps can be used by the next.</summary>
    internal static InlineEngine Instance { get; } = new();

    /// <inheritdoc/>
    public override EngineStatistics Statistics =>
        new()
        {
            Pushed = Volatile.Read(ref _pushed),
            Executed = Volatile.Read(ref _pushed) - Volatile.Read(ref _skipped),
            Skipped = Volatile.Read(ref _skipped),
            Failed = Volatile.Read(ref _failed),
        };

    private protected override bool IsInsideOperation => false;

    /// <inheritdoc/>
    public override void Push(
        OperationBody body,
        ReadOnlySpan<Var> reads,
        ReadOnlySpan<Var> writes,
        in PushOptions options
    )
    {
        CheckPush(body, [], writes, options);
        OperationException? fault = null;
        foreach (Var var in reads)
        {
            CheckReadable(var);
            fault ??= Volatile.Read(ref var.FaultRecord);
        }

        Interlocked.Increment(ref _pushed);
        if (fault is null)
            fault = Run(body, options);
        else
            Interlocked.Increment(ref _skipped);
        try
        {
            body.Finished();
        }
        catch (Exception e)
        {
            fault ??= new OperationException(body.Name, body.Name, options.Device, e);
        }

        foreach (Var var in writes)
        {
            Volatile.Write(ref var.FaultRecord, fault);
            Interlocked.Increment(ref var.PushedWrites);
            Interlocked.Increment(ref var.FinishedWrites);
        }
    }

    /// <inheritdoc/>
    public override void DeleteVar(Var var, OperationBody? onDeleted = null)
    {
        ClaimDeletion(var);
        if (onDeleted is null)
            return;
        Run(onDeleted, new PushOptions(Device.Cpu(), int.MaxValue, OperationProperty.DeleteVariable));
        onDeleted.Finished();
    }

    /// <inheritdoc/>
    public override IDisposable Bulk(int limit = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return new NoScope();
    }

    /// <summary>There are no workers to stop.</summary>
    public override void Suspend() { }

    /// <inheritdoc/>
    public override void Resume() { }

    /// <inheritdoc/>
    public override string DumpPending() => "InlineEngine: nothing is pending.";

    internal override void FinishAsync(Operation operation, Exception? error) =>
        throw new NotSupportedException("Asynchronous operations cannot be pushed inside an operation.");

    private protected override void Dispose(bool disposing) { }

    private protected override void WaitForWrites(Var var, in Deadline deadline) { }

    private protected override void WaitForAccesses(Var var, in Deadline deadline) { }

    private protected override void WaitForIdle(in Deadline deadline) { }

    private protected override void CheckWait(Var var) => CheckReadable(var);

    private void CheckReadable(Var var)
    {
        ArgumentNullException.ThrowIfNull(var);
        if (var.Owner == this || Volatile.Read(ref var.FinishedWrites) >= Volatile.Read(ref var.PushedWrites))
            return;
        throw new WaitInsideOperationException(
            "Code that runs as an operation uses something from outside that is still being computed. Give it as an "
                + "input, or wait for it before."
        );
    }

    private OperationException? Run(OperationBody body, in PushOptions options)
    {
        if (options.Property == OperationProperty.Async)
            throw new NotSupportedException("Asynchronous operations cannot be pushed inside an operation.");
        if (!_free.TryTake(out ExecutionSite? site))
            site = new ExecutionSite(this, 0, "inline", CancellationToken.None);
        var record = new Operation
        {
            Owner = this,
            Body = body,
            Device = options.Device,
            Priority = options.Priority,
            Property = options.Property,
        };
        try
        {
            var context = new OperationContext(record, site);
            body.Execute(ref context);
            return null;
        }
        catch (Exception e)
        {
            Interlocked.Increment(ref _failed);
            return FaultOf(record, e);
        }
        finally
        {
            site.Scratch.Reset();
            _free.Add(site);
        }
    }

    private sealed class NoScope : IDisposable
    {
        public void Dispose() { }
    }
}
