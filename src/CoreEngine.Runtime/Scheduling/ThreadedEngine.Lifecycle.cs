using CoreEngine.Kernels;

namespace CoreEngine.Runtime;

/// <content>Suspending, resuming and shutting down.</content>
public sealed partial class ThreadedEngine
{
    private readonly Lock _lifecycle = new();
    private volatile bool _suspended;
    private volatile bool _stopped;

    /// <inheritdoc/>
    public override void Suspend()
    {
        CheckNotInside();
        lock (_lifecycle)
        {
            CheckNotStopped();
            if (!_suspended)
            {
                StopWorkers(() => _suspended = true);
            }
        }
    }

    /// <inheritdoc/>
    public override void Resume()
    {
        CheckNotInside();
        lock (_lifecycle)
        {
            CheckNotStopped();
            ResumeWorkers();
        }
    }

    private protected override void Dispose(bool disposing)
    {
        CheckNotInside();
        FlushBulk(ThreadState.Current);
        lock (_lifecycle)
        {
            if (_stopped)
            {
                return;
            }
            _closing = true;
            ResumeWorkers();
            ThreadState thread = ThreadState.Current;
            if (!TryClose(thread, new Deadline(Options.ShutdownTimeout, default)))
            {
                _cancelling = true;
                _cancellation.Cancel();
                AbandonAsyncOperations();
                TryClose(thread, new Deadline(null, default));
            }
            StopWorkers(() => _stopped = true);
            _cancellation.Dispose();
        }
    }

    private void CheckNotStopped()
    {
        if (_stopped || _closing)
        {
            throw Disposed();
        }
    }

    // Waits until nothing is pending and closes the submission stack in that moment.
    private bool TryClose(ThreadState thread, in Deadline deadline)
    {
        while (true)
        {
            if (!TryWaitForIdle(thread, deadline))
            {
                return false;
            }
            _dependencies.Enter();
            Drain(null);
            bool isClosed =
                _ledger.Pushed == _ledger.Finished
                && Interlocked.CompareExchange(ref _submissions.Head, _closed, null) is null;
            LeaveDependencies();
            if (isClosed)
            {
                return true;
            }
        }
    }

    private void AbandonAsyncOperations()
    {
        List<OperationCompletion> completions = [];
        _dependencies.Enter();
        for (Operation? operation = _ledger.AsyncInFlight; operation is not null; operation = operation.NextGroup)
        {
            completions.Add(new OperationCompletion(operation));
        }
        _dependencies.Exit();
        foreach (OperationCompletion completion in completions)
        {
            completion.Fail(Disposed());
        }
    }

    private void StopWorkers(Action announce)
    {
        Lane[] lanes;
        lock (_lanesLock)
        {
            // From here on new lanes get no threads.
            announce();
            lanes = _lanes;
        }
        _stopping = true;
        foreach (Lane lane in lanes)
        {
            if (lane.Workers.Length != 0)
            {
                lane.Idle.Parking.Release(lane.Workers.Length);
            }
        }
        foreach (Lane lane in lanes)
        {
            foreach (Worker worker in lane.Workers)
            {
                worker.Thread!.Join();
                ProcessFork.AwaitEnd(worker.SystemThread);
                worker.Site.Dispose();
            }
            lane.ForgetWorkers();
        }
        WaitForHelper();
        _helperSite.Scratch.Dispose();
        _stopping = false;
    }

    private void ResumeWorkers()
    {
        lock (_lanesLock)
        {
            if (!_suspended || _isForked)
            {
                return;
            }
            _suspended = false;
            _workerCount = 0;
            foreach (Lane lane in _lanes)
            {
                StartWorkers(lane);
            }
        }
    }
}
