using System.Diagnostics;
using CoreEngine.Kernels;

namespace CoreEngine.Runtime;

/// <content>The threads, and how they run operations.</content>
public sealed partial class ThreadedEngine
{
    // After so many operations in a row that a worker made ready itself, those in the queue have their turn.
    private const int LongestInlineStreak = 64;

    // A worker that always has ready operations looks at new submissions at least this often.
    private const int MostOperationsBetweenDrains = 32;

    private CancellationTokenSource _cancellation = new();
    private volatile bool _stopping;
    private long _parked;
    private long _woken;

    private void StartWorkers(Lane lane)
    {
        Worker[] workers = new Worker[lane.WorkerCount];
        for (int i = 0; i < workers.Length; i++)
        {
            string name = $"{lane.Name} worker {i}";
            ExecutionSite site = new(this, _workerCount + i, name, _cancellation.Token);
            Worker worker = new(lane, site);
            worker.Thread = new Thread(() => RunWorker(worker)) { IsBackground = true, Name = $"CoreEngine {name}" };
            workers[i] = worker;
        }
        lane.Workers = workers;
        _workerCount += workers.Length;
        foreach (Worker worker in workers)
        {
            worker.Thread!.Start();
        }
    }

    private void RunWorker(Worker worker)
    {
        worker.SystemThread = ProcessFork.CurrentThread;
        ThreadState thread = ThreadState.Current;
        thread.Site = worker.Site;
        Lane lane = worker.Lane;
        IdleWorkers idle = lane.Idle;
        Operation? done = null;
        while (true)
        {
            _dependencies.Enter();
            if (done is not null)
            {
                Release(done, worker);
            }
            bool stop = _stopping;
            Operation? next = stop ? null : Take(worker);
            if (stop && worker.Next is { } kept)
            {
                worker.Next = null;
                Requeue(worker, kept);
            }
            if (_ledger.HasWaiters)
            {
                AnswerWaiters();
            }
            bool wakeOthers = _ledger.WakeOthers;
            _ledger.WakeOthers = false;
            bool isMore = lane.Ready.Count != 0;
            _dependencies.Exit();

            if (done is not null)
            {
                Recycle(done, thread);
                done = null;
            }
            if (wakeOthers)
            {
                WakeRequestedLanes();
            }
            if (stop)
            {
                return;
            }
            if (next is null)
            {
                WaitForWork(worker, idle);
                continue;
            }
            if (worker.IsSearching)
            {
                worker.IsSearching = false;
                idle.EndSearch();
                // Those who pushed until now relied on this worker to look.
                isMore = lane.Ready.Count != 0 || HasSubmissions;
            }
            if (isMore && idle.TryWake())
            {
                Interlocked.Increment(ref _woken);
            }
            if (Run(next, worker.Site, thread))
            {
                done = next;
            }
        }
    }

    private bool HasSubmissions => Volatile.Read(ref _submissions.Head) is { } head && head != _closed;

    // Under the dependency lock.
    private Operation? Take(Worker worker)
    {
        ReadyQueue ready = worker.Lane.Ready;
        if (
            Volatile.Read(ref _submissions.Head) is not null
            && (
                (worker.Next is null && ready.Count == 0)
                || _submissions.Urgent
                || ++worker.SinceDrain >= MostOperationsBetweenDrains
            )
        )
        {
            worker.SinceDrain = 0;
            if (worker.Next is { } kept && !worker.NextIsOldest)
            {
                // What is entered now is younger and goes behind it.
                worker.Next = null;
                ready.Add(kept);
            }
            Drain(worker);
        }
        if (worker.Next is { } own)
        {
            worker.Next = null;
            if (worker.InlineStreak < LongestInlineStreak && ready.WouldBeFirst(own.Priority))
            {
                worker.InlineStreak++;
                _ledger.Inlined++;
                return own;
            }
            Requeue(worker, own);
        }
        worker.InlineStreak = 0;
        Operation? operation = ready.Take();
        if (operation is not null)
        {
            _ledger.Queued++;
        }
        return operation;
    }

    private static void Requeue(Worker worker, Operation operation)
    {
        if (worker.NextIsOldest)
        {
            worker.Lane.Ready.AddFirst(operation);
        }
        else
        {
            worker.Lane.Ready.Add(operation);
        }
    }

    private void WaitForWork(Worker worker, IdleWorkers idle)
    {
        Lane lane = worker.Lane;
        bool isSearching = worker.IsSearching || idle.TryBeginSearch();
        worker.IsSearching = isSearching;
        if (isSearching && idle.SpinTicks != 0)
        {
            long start = Stopwatch.GetTimestamp();
            long searched = 0;
            do
            {
                for (int i = 0; i < 8; i++)
                {
                    if (HasSubmissions || lane.Ready.Count != 0 || _stopping)
                    {
                        return;
                    }
                    Thread.SpinWait(1);
                }
                searched = Stopwatch.GetTimestamp() - start;
                if (searched > IdleWorkers.PoliteAfterTicks)
                {
                    Thread.Yield();
                }
            } while (searched < idle.SpinTicks);
        }
        worker.IsSearching = false;
        idle.BeginPark(isSearching);
        if ((HasSubmissions || lane.Ready.Count != 0 || _stopping) && idle.TryCancelPark())
        {
            return;
        }
        Interlocked.Increment(ref _parked);
        idle.Parking.Wait(new Deadline(null, default));
        worker.IsSearching = true;
    }

    /// <summary>To be called after the lock was left by somebody who has made operations of other lanes ready.</summary>
    private void WakeRequestedLanes()
    {
        foreach (Lane lane in _lanes)
        {
            if (lane.WakeRequested)
            {
                lane.WakeRequested = false;
                if (lane.Idle.TryWake())
                {
                    Interlocked.Increment(ref _woken);
                }
            }
        }
    }

    private static void Recycle(Operation operation, ThreadState thread)
    {
        Operation? child = operation.Children;
        while (child is not null)
        {
            Operation? next = child.Next;
            thread.Pool.Return(child);
            child = next;
        }
        thread.Pool.Return(operation);
    }

    /// <summary>Runs or skips. False when an asynchronous operation goes on elsewhere: it must not be touched then.</summary>
    private bool Run(Operation operation, ExecutionSite site, ThreadState thread)
    {
        if (operation.Kind == OperationKind.Bulk)
        {
            for (Operation? child = operation.Children; child is not null; child = child.Next)
            {
                RunSingle(child, operation, site, thread);
            }
            return true;
        }
        if (operation.Property == OperationProperty.Async)
        {
            return RunAsync(operation, site, thread);
        }
        RunSingle(operation, operation, site, thread);
        return true;
    }

    private void RunSingle(Operation operation, Operation record, ExecutionSite site, ThreadState thread)
    {
        OperationException? fault = FindReasonToSkip(operation);
        if (fault is not null)
        {
            Finish(operation, fault, Outcome.Skipped);
            return;
        }
        site.Running = record;
        long start = ProfilerSwitch.IsOn ? Stopwatch.GetTimestamp() : 0;
        Exception? error = Execute(operation, site);
        if (start != 0)
        {
            Profiler.Record(operation, site, start);
        }
        AfterExecute(site, thread);
        FinishWith(operation, error);
    }

    private bool RunAsync(Operation operation, ExecutionSite site, ThreadState thread)
    {
        OperationException? fault = FindReasonToSkip(operation);
        if (fault is not null)
        {
            Finish(operation, fault, Outcome.Skipped);
            return true;
        }
        _dependencies.Enter();
        AddAsync(operation);
        _dependencies.Exit();
        operation.BeginAsync();
        site.Running = operation;
        long start = ProfilerSwitch.IsOn ? Stopwatch.GetTimestamp() : 0;
        Exception? error = Execute(operation, site);
        if (start != 0)
        {
            Profiler.Record(operation, site, start);
        }
        AfterExecute(site, thread);
        if (!operation.AsyncExecuteReturned(error, out error))
        {
            return false;
        }
        _dependencies.Enter();
        RemoveAsync(operation);
        _dependencies.Exit();
        FinishWith(operation, error);
        return true;
    }

    internal override void FinishAsync(Operation operation, Exception? error)
    {
        FinishWith(operation, error);
        _dependencies.Enter();
        RemoveAsync(operation);
        Release(operation, null);
        LeaveDependencies();
        ThreadState thread = ThreadState.Current;
        thread.Pool.Return(operation);
        RunReadyWhenForked(thread);
    }

    /// <summary>Leaves the lock on behalf of a thread that is no worker, and wakes those who got work.</summary>
    private void LeaveDependencies()
    {
        AnswerWaiters();
        bool wakeOthers = _ledger.WakeOthers;
        _ledger.WakeOthers = false;
        _dependencies.Exit();
        if (wakeOthers)
        {
            WakeRequestedLanes();
        }
    }

    private OperationException? FindReasonToSkip(Operation operation)
    {
        if (_cancelling)
        {
            return FaultOf(operation, Disposed());
        }
        return operation.FindFault();
    }

    private static Exception? Execute(Operation operation, ExecutionSite site)
    {
        try
        {
            OperationContext context = new(operation, site);
            operation.Body!.Execute(ref context);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static void AfterExecute(ExecutionSite site, ThreadState thread)
    {
        site.Running = null;
        site.Scratch.Reset();
        while (thread.Bulk is { } forgotten)
        {
            // A bulk that an operation opened and did not close would never be handed over.
            forgotten.Dispose();
        }
    }

    private void FinishWith(Operation operation, Exception? error)
    {
        if (error is null)
        {
            Finish(operation, null, Outcome.Succeeded);
            return;
        }
        Finish(operation, NoteFailure(operation, error), Outcome.Failed);
    }

    private void Finish(Operation operation, OperationException? fault, Outcome outcome)
    {
        try
        {
            operation.Body!.Finished();
        }
        catch (Exception e)
        {
            if (fault is null)
            {
                fault = NoteFailure(operation, e);
                outcome = Outcome.Failed;
            }
        }
        operation.Outcome = outcome;
        operation.SetFault(fault);
    }

    private OperationException NoteFailure(Operation operation, Exception error)
    {
        OperationException fault = FaultOf(operation, error);
        Faults.Add(fault);
        return fault;
    }
}
