using System.Diagnostics;

namespace CoreEngine.Runtime;

/// <content>Waiting, and looking at what is pending.</content>
public sealed partial class ThreadedEngine
{
    // A thread that waits spins this long before it sleeps: about what it takes to wake a worker and run something
    // small. Sleeping at once would add the time of a second wake-up.
    private static readonly long s_waitSpinTicks = Stopwatch.Frequency * 50 / 1_000_000;

    /// <inheritdoc/>
    public override EngineStatistics Statistics
    {
        get
        {
            int workers = 0;
            foreach (Lane lane in _lanes)
            {
                workers += lane.Workers.Length;
            }
            _dependencies.Enter();
            Drain(null);
            EngineStatistics result = new()
            {
                Pushed = _ledger.Pushed,
                Executed = _ledger.Finished - _ledger.Skipped,
                Skipped = _ledger.Skipped,
                Failed = _ledger.Failed,
                Inlined = _ledger.Inlined,
                Queued = _ledger.Queued,
                Bulked = _ledger.Bulked,
                Parked = Volatile.Read(ref _parked),
                Woken = Volatile.Read(ref _woken),
                Pending = _ledger.Pushed - _ledger.Finished,
                RecordsInUse = _ledger.Records,
                Workers = workers,
            };
            LeaveDependencies();
            return result;
        }
    }

    /// <inheritdoc/>
    public override string DumpPending()
    {
        Lane[] lanes = _lanes;
        _dependencies.Enter();
        try
        {
            Drain(null);
            PendingReport report = new(lanes);
            report.AddRunning(_helperSite);
            for (Operation? operation = _ledger.AsyncInFlight; operation is not null; operation = operation.NextGroup)
            {
                report.AddAsync(operation);
            }
            return report.Write(_ledger.Pushed - _ledger.Finished, _suspended);
        }
        finally
        {
            LeaveDependencies();
        }
    }

    private protected override void WaitForWrites(Var var, in Deadline deadline)
    {
        ThreadState thread = ThreadState.Current;
        FlushBulk(thread);
        long target = Volatile.Read(ref var.PushedWrites);
        if (Volatile.Read(ref var.FinishedWrites) >= target)
        {
            return;
        }
        Help(thread, deadline);
        if (Options.SpinMicroseconds != 0 && !_isForked)
        {
            long start = Stopwatch.GetTimestamp();
            long waited = 0;
            do
            {
                for (int i = 0; i < 16; i++)
                {
                    if (Volatile.Read(ref var.FinishedWrites) >= target)
                    {
                        return;
                    }
                    Thread.SpinWait(1);
                }
                waited = Stopwatch.GetTimestamp() - start;
                if (waited > IdleWorkers.PoliteAfterTicks)
                {
                    Thread.Yield();
                }
            } while (waited < s_waitSpinTicks && !deadline.IsOver && !deadline.Token.IsCancellationRequested);
        }
        WaitForGrant(var, isWrite: false, thread, deadline);
    }

    private protected override void WaitForAccesses(Var var, in Deadline deadline)
    {
        ThreadState thread = ThreadState.Current;
        FlushBulk(thread);
        Help(thread, deadline);
        _dependencies.Enter();
        Drain(null);
        bool isFree = !var.Writing && var.Readers == 0;
        LeaveDependencies();
        if (!isFree)
        {
            WaitForGrant(var, isWrite: true, thread, deadline);
        }
    }

    // Queues up like an operation, so that only what was pushed before is waited for.
    private void WaitForGrant(Var var, bool isWrite, ThreadState thread, in Deadline deadline)
    {
        Waiter waiter = thread.TakeWaiter();
        Operation wait = thread.Pool.Rent();
        wait.Kind = OperationKind.Wait;
        wait.Waiter = waiter;
        if (isWrite)
        {
            wait.SetAccesses([], [var]);
        }
        else
        {
            wait.SetAccesses([var], []);
        }
        if (!TrySubmit(wait))
        {
            // The engine is shut down: nothing is pending any more.
            thread.Pool.Return(wait);
            thread.KeepWaiter(waiter);
            return;
        }
        // All workers may be busy, so this thread enters the wait itself.
        _dependencies.Enter();
        Drain(null);
        LeaveDependencies();
        if (!waiter.Wait(deadline))
        {
            throw TimedOut(var.ToString(), deadline.Time);
        }
        thread.KeepWaiter(waiter);
    }

    private protected override void WaitForIdle(in Deadline deadline)
    {
        ThreadState thread = ThreadState.Current;
        FlushBulk(thread);
        Help(thread, deadline);
        if (!TryWaitForIdle(thread, deadline))
        {
            throw TimedOut("all operations", deadline.Time);
        }
    }

    private bool TryWaitForIdle(ThreadState thread, in Deadline deadline)
    {
        RunReadyWhenForked(thread);
        Waiter waiter = thread.TakeWaiter();
        _dependencies.Enter();
        Drain(null);
        if (_ledger.Pushed == _ledger.Finished)
        {
            LeaveDependencies();
            thread.KeepWaiter(waiter);
            return true;
        }
        waiter.Next = _ledger.IdleWaiters;
        _ledger.IdleWaiters = waiter;
        LeaveDependencies();
        bool isAnswered = false;
        try
        {
            isAnswered = waiter.Wait(deadline);
        }
        finally
        {
            if (!isAnswered)
            {
                ForgetWaiter(ref _ledger.IdleWaiters, waiter);
            }
        }
        // Nobody has it any more, answered or not.
        thread.KeepWaiter(waiter);
        return isAnswered;
    }

    private void ForgetWaiter(ref Waiter? list, Waiter waiter)
    {
        _dependencies.Enter();
        if (list == waiter)
        {
            list = waiter.Next;
        }
        else
        {
            for (Waiter? other = list; other is not null; other = other.Next)
            {
                if (other.Next == waiter)
                {
                    other.Next = waiter.Next;
                    break;
                }
            }
        }
        waiter.Next = null;
        LeaveDependencies();
    }
}
