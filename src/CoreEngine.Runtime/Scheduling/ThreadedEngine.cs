using System.Diagnostics;
using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.Runtime;

/// <summary>
/// Runs operations on worker threads as soon as what they depend on is done. Every device has its own workers, made
/// when the first operation comes for it; prioritised CPU work and each direction of a GPU's copies have theirs.
/// </summary>
/// <remarks>
/// <para>How it works. A push fills a pooled record and puts it onto one lock-free stack; that is all the pushing
/// thread does, unless it has to wake a worker. Workers take the whole stack, turn it round and enter the records, in
/// the order of the pushes, into the queues of their variables. One lock protects all queues. A worker takes it once
/// per operation, for three things: releasing the variables of the operation it has finished, entering what was pushed
/// meanwhile, and taking the next ready one. So the pushing threads and the workers share no more cache lines than
/// the records, all variables of a push are entered at once (no order of concurrent pushes can deadlock), and the
/// bookkeeping is plain sequential code.</para>
/// <para>The lock bounds the throughput over all workers, far beyond what operations on arrays need.</para>
/// <para>A thread that waits, without a time limit, while one single operation is pending runs it itself: that is
/// several times faster than waking a worker that sleeps. For the same reason a thread that pushes an operation which
/// says that it is quick (<see cref="OperationBody.IsQuick"/>) runs it at once when nothing conflicting is pending.</para>
/// </remarks>
public sealed partial class ThreadedEngine : Engine
{
    private const uint PushesBetweenBacklogChecks = 64;

    // When no operation has ended for so long, a thread that is far ahead pushes on.
    private static readonly TimeSpan s_stallTime = TimeSpan.FromMilliseconds(2);

    // Marks the submission stack as closed for good.
    private readonly Operation _closed = new();

    private readonly Lock _lanesLock = new();
    private readonly Lane?[] _cpuLanes = new Lane?[Device.MaxId + 1];
    private readonly Lane?[] _gpuLanes = new Lane?[3 * (Device.MaxId + 1)];
    private Lane? _priorityLane;
    private volatile Lane[] _lanes = [];
    private int _workerCount;
    private long _stalledAt = -1;
    private volatile bool _closing;
    private volatile bool _cancelling;

    private Submissions _submissions;

    /// <summary>An engine with workers. Threads are started when the first operation for them is pushed.</summary>
    /// <exception cref="EngineSettingsException">An option has a value that cannot be used.</exception>
    public ThreadedEngine(EngineOptions? options = null)
        : base((options ?? new EngineOptions()) with { Kind = EngineKind.Threaded })
    {
        _helperSite = new ExecutionSite(this, Options.CpuWorkers, "calling thread", _cancellation.Token);
        _isForked = _suspended = ProcessFork.IsChild;
        ProcessFork.Register(this, ForkPhase.Schedulers);
    }

    private protected override bool IsInsideOperation => ThreadState.Current.Site is { } site && site.Engine == this;

    /// <inheritdoc/>
    public override void Push(
        OperationBody body,
        ReadOnlySpan<Var> reads,
        ReadOnlySpan<Var> writes,
        in PushOptions options
    )
    {
        CheckPush(body, reads, writes, options);
        ThreadState thread = ThreadState.Current;
        if (_closing)
        {
            CheckMayStillPush(thread);
        }
        Lane lane = LaneFor(options);
        bool mayRunAtOnce = body.IsQuick && options.Property == OperationProperty.Normal && options.Device.IsHost;
        mayRunAtOnce = mayRunAtOnce && !IsWritten(reads) && !IsWritten(writes);
        Operation operation = thread.Pool.Rent();
        operation.Body = body;
        operation.Lane = lane;
        operation.Device = options.Device;
        operation.Priority = options.Priority;
        operation.Property = options.Property;
        if (options.Property == OperationProperty.Async)
        {
            operation.Owner = this;
        }
        operation.SetAccesses(reads, writes);
        foreach (Var var in writes)
        {
            Interlocked.Increment(ref var.PushedWrites);
        }
        if (thread.Bulk is { } bulk && bulk.Engine == this)
        {
            if (bulk.TryAdd(operation))
            {
                return;
            }
            bulk.Flush();
        }
        if (mayRunAtOnce && TryRunAtOnce(operation, thread))
        {
            return;
        }
        SubmitOrThrow(operation, thread);
    }

    /// <summary>Whether writes are pending, as far as can be seen without the dependency lock.</summary>
    private static bool IsWritten(ReadOnlySpan<Var> vars)
    {
        foreach (Var var in vars)
        {
            if (Volatile.Read(ref var.FinishedWrites) != Volatile.Read(ref var.PushedWrites))
            {
                return true;
            }
        }
        return false;
    }

    /// <inheritdoc/>
    public override void DeleteVar(Var var, OperationBody? onDeleted = null)
    {
        ThreadState thread = ThreadState.Current;
        if (_closing)
        {
            CheckMayStillPush(thread);
        }
        ClaimDeletion(var);
        if (onDeleted is null || (onDeleted.IsQuick && !IsWritten([var]) && TryDeleteAtOnce(var, onDeleted, thread)))
        {
            return;
        }
        FlushBulk(thread);
        PushOptions options = new(Device.Cpu(), int.MaxValue, OperationProperty.DeleteVariable);
        Operation operation = thread.Pool.Rent();
        operation.Body = onDeleted;
        operation.Device = options.Device;
        operation.Priority = options.Priority;
        operation.Property = options.Property;
        operation.SetAccesses([], [var]);
        operation.Lane = LaneFor(options);
        Interlocked.Increment(ref var.PushedWrites);
        SubmitOrThrow(operation, thread);
    }

    /// <inheritdoc/>
    public override IDisposable Bulk(int limit = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ThreadState thread = ThreadState.Current;
        FlushBulk(thread);
        BulkScope scope = new(this, thread, limit == 0 ? Options.BulkLimit : limit);
        thread.Bulk = scope;
        return scope;
    }

    /// <summary>Hands over what an open bulk of this thread has gathered.</summary>
    internal void SubmitBulk(Operation bulk, ThreadState thread)
    {
        bulk.Kind = OperationKind.Bulk;
        SubmitOrThrow(bulk, thread);
    }

    private void SubmitOrThrow(Operation operation, ThreadState thread)
    {
        Lane lane = operation.Lane!;
        bool isUrgent = operation.Priority != 0 && operation.Property != OperationProperty.DeleteVariable;
        if (!TrySubmit(operation))
        {
            Refuse(operation, thread);
            throw Disposed();
        }
        // From here on the record is the workers'.
        if (isUrgent && !_submissions.Urgent)
        {
            _submissions.Urgent = true;
        }
        if (lane.Idle.TryWake())
        {
            Interlocked.Increment(ref _woken);
        }
        if (++thread.Pushes % PushesBetweenBacklogChecks == 0 && thread.Site is null)
        {
            SlowDownWhenFarAhead(thread);
        }
        RunReadyWhenForked(thread);
    }

    private bool TrySubmit(Operation operation)
    {
        if (ProfilerSwitch.IsOn)
        {
            operation.PushedAt = Stopwatch.GetTimestamp();
        }
        Operation? head = Volatile.Read(ref _submissions.Head);
        while (true)
        {
            if (head == _closed)
            {
                return false;
            }
            operation.Next = head;
            operation.Depth = head is null ? 1 : head.Depth + 1;
            Operation? seen = Interlocked.CompareExchange(ref _submissions.Head, operation, head);
            if (seen == head)
            {
                return true;
            }
            head = seen;
        }
    }

    // The engine was closed between the first check and the submission: as if nothing had been pushed.
    private void Refuse(Operation operation, ThreadState thread)
    {
        Operation? child = operation.Kind == OperationKind.Bulk ? operation.Children : null;
        if (child is null)
        {
            TakeBackWrites(operation);
        }
        while (child is not null)
        {
            // These pushes returned normally long ago, so their bodies have to be told.
            Operation? next = child.Next;
            TakeBackWrites(child);
            try
            {
                child.Body!.Finished();
            }
            catch (Exception e)
            {
                NoteFailure(child, e);
            }
            thread.Pool.Return(child);
            child = next;
        }
        thread.Pool.Return(operation);
    }

    private static void TakeBackWrites(Operation operation)
    {
        for (int i = 0; i < operation.WriteCount; i++)
        {
            Interlocked.Decrement(ref operation.Accesses[i].Var.PushedWrites);
        }
    }

    private void CheckMayStillPush(ThreadState thread)
    {
        // Operations in flight may push the rest of their work while the engine is drained.
        if (_cancelling || thread.Site is not { } site || site.Engine != this)
        {
            throw Disposed();
        }
    }

    private static void FlushBulk(ThreadState thread) => thread.Bulk?.Flush();

    /// <summary>
    /// Keeps a thread that pushes faster than the workers run from getting ever further ahead, which would cost memory
    /// and cache misses. It must never block: the pushed operations may wait for something that this very thread is
    /// to do. So it waits only as long as operations keep ending.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SlowDownWhenFarAhead(ThreadState thread)
    {
        if (Backlog() <= Options.BacklogLimit)
        {
            return;
        }
        long finished = Volatile.Read(ref _ledger.Finished);
        if (finished == Volatile.Read(ref _stalledAt))
        {
            return;
        }
        Waiter waiter = thread.TakeWaiter();
        _dependencies.Enter();
        Drain(null);
        bool waits = _ledger.Pushed - _ledger.Finished > PaceBacklog;
        if (waits)
        {
            waiter.Next = _ledger.PaceWaiters;
            _ledger.PaceWaiters = waiter;
        }
        LeaveDependencies();
        while (waits && !waiter.Wait(new Deadline(s_stallTime, default)))
        {
            long finishedNow = Volatile.Read(ref _ledger.Finished);
            if (finishedNow == finished)
            {
                Volatile.Write(ref _stalledAt, finished);
                ForgetWaiter(ref _ledger.PaceWaiters, waiter);
                break;
            }
            finished = finishedNow;
        }
        thread.KeepWaiter(waiter);
    }

    // Those who were too far ahead go on when this little is pending.
    private long PaceBacklog => Options.BacklogLimit / 2;

    private long Backlog()
    {
        Operation? head = Volatile.Read(ref _submissions.Head);
        return Volatile.Read(ref _ledger.Pushed) - Volatile.Read(ref _ledger.Finished) + (head?.Depth ?? 0);
    }

    private Lane LaneFor(in PushOptions options)
    {
        Lane? lane;
        if (options.Property == OperationProperty.CpuPrioritized)
        {
            lane = Volatile.Read(ref _priorityLane);
        }
        else if (options.Device.Type != DeviceType.Gpu)
        {
            lane = Volatile.Read(ref _cpuLanes[options.Device.Id]);
        }
        else
        {
            lane = Volatile.Read(ref _gpuLanes[GpuLaneIndex(options)]);
        }
        return lane ?? MakeLane(options);
    }

    private static int GpuLaneIndex(in PushOptions options) =>
        (3 * options.Device.Id)
        + options.Property switch
        {
            OperationProperty.CopyFromGpu => 1,
            OperationProperty.CopyToGpu => 2,
            _ => 0,
        };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Lane MakeLane(in PushOptions options)
    {
        lock (_lanesLock)
        {
            if (options.Property == OperationProperty.CpuPrioritized)
            {
                return _priorityLane ??= StartLane("cpu priority", Options.CpuPriorityWorkers);
            }
            int id = options.Device.Id;
            if (options.Device.Type != DeviceType.Gpu)
            {
                return _cpuLanes[id] ??= StartLane($"cpu({id})", Options.CpuWorkers);
            }
            int index = GpuLaneIndex(options);
            return _gpuLanes[index] ??= options.Property switch
            {
                OperationProperty.CopyFromGpu => StartLane($"gpu({id}) copy out", Options.GpuCopyWorkers),
                OperationProperty.CopyToGpu => StartLane($"gpu({id}) copy in", Options.GpuCopyWorkers),
                _ => StartLane($"gpu({id})", Options.GpuWorkers),
            };
        }
    }

    private Lane StartLane(string name, int workers)
    {
        Lane lane = new(name, workers, Options.SpinMicroseconds);
        if (!_suspended && !_stopped)
        {
            StartWorkers(lane);
        }
        _lanes = [.. _lanes, lane];
        return lane;
    }

    /// <summary>What the pushing threads and the workers both use all the time, alone on its cache lines.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 192)]
    private struct Submissions
    {
        /// <summary>The newest submission; older ones follow by Next.</summary>
        [System.Runtime.InteropServices.FieldOffset(64)]
        public Operation? Head;

        /// <summary>Something was pushed with a priority, so workers should look at once.</summary>
        [System.Runtime.InteropServices.FieldOffset(72)]
        public volatile bool Urgent;
    }
}
