using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace CoreEngine.Runtime;

/// <summary>
/// Runs each operation inside the call that pushes it, one at a time. What an operation pushes runs when that
/// operation is over, in the order of the pushes and before the outermost push returns. An asynchronous operation is
/// waited for, so its completion must not depend on a later push.
/// </summary>
public sealed class NaiveEngine : Engine
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly ExecutionSite _site;
    private readonly Operation _record = new();
    private readonly ManualResetEventSlim _asyncOver = new();

    // The managed id of the thread that runs operations, or 0. Taking it is the engine's lock.
    private int _runner;
    private Operation? _pushedInsideFirst;
    private Operation? _pushedInsideLast;
    private long _pushedInsideCount;
    private Exception? _asyncError;
    private volatile bool _disposed;
    private long _pushed;
    private long _skipped;
    private long _failed;

    /// <summary>An engine that runs everything inline.</summary>
    /// <exception cref="EngineSettingsException">An option has a value that cannot be used.</exception>
    public NaiveEngine(EngineOptions? options = null)
        : base((options ?? new EngineOptions()) with { Kind = EngineKind.Naive })
    {
        _site = new ExecutionSite(this, 0, "inline", _cancellation.Token);
        _record.Owner = this;
    }

    /// <inheritdoc/>
    public override EngineStatistics Statistics =>
        new()
        {
            Pushed = Volatile.Read(ref _pushed),
            Executed = Volatile.Read(ref _pushed) - Volatile.Read(ref _skipped) - (IsRunning ? 1 : 0),
            Skipped = Volatile.Read(ref _skipped),
            Failed = Volatile.Read(ref _failed),
            Pending = Volatile.Read(ref _pushedInsideCount) + (IsRunning ? 1 : 0),
            RecordsInUse = Volatile.Read(ref _pushedInsideCount) + (IsRunning ? 1 : 0),
        };

    private bool IsRunning => Volatile.Read(ref _runner) != 0;

    private protected override bool IsInsideOperation =>
        Volatile.Read(ref _runner) == Environment.CurrentManagedThreadId;

    /// <inheritdoc/>
    public override void Push(
        OperationBody body,
        ReadOnlySpan<Var> reads,
        ReadOnlySpan<Var> writes,
        in PushOptions options
    )
    {
        CheckPush(body, reads, writes, options);
        int thread = Environment.CurrentManagedThreadId;
        if (Volatile.Read(ref _runner) == thread)
        {
            PushInside(body, reads, writes, options);
            return;
        }
        Enter(thread);
        if (_disposed)
        {
            Exit();
            throw Disposed();
        }
        Run(body, reads, writes, options);
        if (_pushedInsideFirst is not null)
        {
            RunPushedInside();
        }
        Exit();
    }

    /// <inheritdoc/>
    public override void DeleteVar(Var var, OperationBody? onDeleted = null)
    {
        ClaimDeletion(var);
        PushOptions options = new(Device.Cpu(), int.MaxValue, OperationProperty.DeleteVariable);
        int thread = Environment.CurrentManagedThreadId;
        if (Volatile.Read(ref _runner) == thread)
        {
            if (onDeleted is not null)
            {
                PushInside(onDeleted, [], [var], options);
            }
            return;
        }
        Enter(thread);
        if (_disposed)
        {
            Exit();
            throw Disposed();
        }
        if (onDeleted is not null)
        {
            Run(onDeleted, [], [var], options);
            RunPushedInside();
        }
        Exit();
    }

    /// <summary>Checks the limit; there is nothing to merge, since every operation runs at once.</summary>
    /// <inheritdoc/>
    public override IDisposable Bulk(int limit = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return NoScope.Instance;
    }

    /// <summary>Waits for the operation that another thread may be running; there are no workers to stop.</summary>
    /// <inheritdoc/>
    public override void Suspend()
    {
        CheckNotInside();
        if (_disposed)
        {
            throw Disposed();
        }
        Enter(Environment.CurrentManagedThreadId);
        Exit();
    }

    /// <inheritdoc/>
    public override void Resume()
    {
        if (_disposed)
        {
            throw Disposed();
        }
    }

    /// <inheritdoc/>
    public override string DumpPending()
    {
        if (!IsRunning)
        {
            return "NaiveEngine: nothing is pending.";
        }
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"NaiveEngine: running '{_record.Name}' on {_record.Device}, pushed by thread {Volatile.Read(ref _runner)}; "
        );
        text.Append(CultureInfo.InvariantCulture, $"{Volatile.Read(ref _pushedInsideCount)} pushed from inside wait.");
        return text.ToString();
    }

    internal override void FinishAsync(Operation operation, Exception? error)
    {
        _asyncError = error;
        _asyncOver.Set();
    }

    private protected override void Dispose(bool disposing)
    {
        CheckNotInside();
        Deadline deadline = new(Options.ShutdownTimeout, default);
        int thread = Environment.CurrentManagedThreadId;
        if (!TryEnter(thread, deadline))
        {
            _cancellation.Cancel();
            Enter(thread);
        }
        if (!_disposed)
        {
            _disposed = true;
            _cancellation.Cancel();
            _site.Dispose();
        }
        Exit();
    }

    private protected override void WaitForWrites(Var var, in Deadline deadline) => WaitForRunner(deadline, var);

    private protected override void WaitForAccesses(Var var, in Deadline deadline) => WaitForRunner(deadline, var);

    private protected override void WaitForIdle(in Deadline deadline) => WaitForRunner(deadline, null);

    private void WaitForRunner(in Deadline deadline, Var? var)
    {
        if (!TryEnter(Environment.CurrentManagedThreadId, deadline))
        {
            throw TimedOut(var?.ToString() ?? "all operations", deadline.Time);
        }
        Exit();
    }

    private void PushInside(
        OperationBody body,
        ReadOnlySpan<Var> reads,
        ReadOnlySpan<Var> writes,
        in PushOptions options
    )
    {
        Operation operation = ThreadState.Current.Pool.Rent();
        operation.Body = body;
        operation.Device = options.Device;
        operation.Priority = options.Priority;
        operation.Property = options.Property;
        operation.SetAccesses(reads, writes);
        if (_pushedInsideLast is null)
        {
            _pushedInsideFirst = operation;
        }
        else
        {
            _pushedInsideLast.Next = operation;
        }
        _pushedInsideLast = operation;
        _pushedInsideCount++;
    }

    private void RunPushedInside()
    {
        Var[] vars = [];
        while (_pushedInsideFirst is { } operation)
        {
            _pushedInsideFirst = operation.Next;
            if (_pushedInsideFirst is null)
            {
                _pushedInsideLast = null;
            }
            _pushedInsideCount--;
            if (vars.Length < operation.AccessCount)
            {
                vars = new Var[operation.AccessCount * 2];
            }
            for (int i = 0; i < operation.AccessCount; i++)
            {
                vars[i] = operation.Accesses[i].Var;
            }
            Run(
                operation.Body!,
                vars.AsSpan(operation.WriteCount, operation.AccessCount - operation.WriteCount),
                vars.AsSpan(0, operation.WriteCount),
                new PushOptions(operation.Device, operation.Priority, operation.Property)
            );
            ThreadState.Current.Pool.Return(operation);
        }
    }

    // Holds the lock.
    private void Run(OperationBody body, ReadOnlySpan<Var> reads, ReadOnlySpan<Var> writes, in PushOptions options)
    {
        Operation record = _record;
        record.Body = body;
        record.Device = options.Device;
        record.Priority = options.Priority;
        record.Property = options.Property;
        _pushed++;
        OperationException? fault = null;
        foreach (Var var in reads)
        {
            if (var.FaultRecord is not null)
            {
                fault = var.FaultRecord;
                break;
            }
        }
        if (fault is not null)
        {
            _skipped++;
        }
        else if (ProfilerSwitch.IsOn)
        {
            fault = ExecuteProfiled(record);
        }
        else
        {
            fault = Execute(record);
        }
        try
        {
            body.Finished();
        }
        catch (Exception e)
        {
            fault ??= NoteFailure(record, e);
        }
        _site.Scratch.Reset();
        foreach (Var var in writes)
        {
            if (var.FaultRecord != fault)
            {
                Volatile.Write(ref var.FaultRecord, fault);
            }
            var.PushedWrites++;
            Volatile.Write(ref var.FinishedWrites, var.FinishedWrites + 1);
        }
    }

    private OperationException? ExecuteProfiled(Operation record)
    {
        long start = Stopwatch.GetTimestamp();
        OperationException? fault = Execute(record);
        Profiler.Record(record, _site, start);
        return fault;
    }

    private OperationException? Execute(Operation record)
    {
        try
        {
            if (record.Property == OperationProperty.Async)
            {
                Exception? error = ExecuteAsync(record);
                return error is null ? null : NoteFailure(record, error);
            }
            OperationContext context = new(record, _site);
            record.Body!.Execute(ref context);
            return null;
        }
        catch (Exception e)
        {
            return NoteFailure(record, e);
        }
    }

    private Exception? ExecuteAsync(Operation record)
    {
        _asyncOver.Reset();
        record.BeginAsync();
        Exception? error = null;
        try
        {
            OperationContext context = new(record, _site);
            record.Body!.Execute(ref context);
        }
        catch (Exception e)
        {
            error = e;
        }
        if (!record.AsyncExecuteReturned(error, out error))
        {
            WaitForCompletion(record);
            error = _asyncError;
        }
        record.Renew();
        return error;
    }

    private void WaitForCompletion(Operation record)
    {
        try
        {
            _asyncOver.Wait(_cancellation.Token);
        }
        catch (OperationCanceledException)
        {
            // At shutdown the operation is given up, unless its completion comes in the same moment.
            record.AbandonAsync(Disposed());
            _asyncOver.Wait(CancellationToken.None);
        }
    }

    private OperationException NoteFailure(Operation record, Exception error)
    {
        OperationException fault = FaultOf(record, error);
        _failed++;
        Faults.Add(fault);
        return fault;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter(int thread)
    {
        if (Interlocked.CompareExchange(ref _runner, thread, 0) != 0)
        {
            TryEnter(thread, new Deadline(null, default));
        }
    }

    private bool TryEnter(int thread, in Deadline deadline)
    {
        SpinWait spin = default;
        while (Interlocked.CompareExchange(ref _runner, thread, 0) != 0)
        {
            if (deadline.IsOver)
            {
                return false;
            }
            deadline.Token.ThrowIfCancellationRequested();
            spin.SpinOnce();
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Exit() => Volatile.Write(ref _runner, 0);

    private sealed class NoScope : IDisposable
    {
        public static readonly NoScope Instance = new();

        public void Dispose() { }
    }
}
