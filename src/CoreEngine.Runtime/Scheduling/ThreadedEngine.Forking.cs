using CoreEngine.Kernels;

namespace CoreEngine.Runtime;

/// <content>
/// The fork of the process. The parent's workers end before and begin anew after it. The child has none for life: whoever
/// pushes an operation or waits runs all that is ready, on its own thread.
/// </content>
public sealed partial class ThreadedEngine : IForkParticipant
{
    // What takes longer is left in the queues, from which parent and child each go on.
    private static readonly TimeSpan s_longestDrain = TimeSpan.FromSeconds(10);

    private volatile bool _isForked;
    private bool _isHeldForFork;
    private bool _resumesAfterFork;

    /// <summary>Lets pending operations end, so that the child does not do them again, and stops the workers.</summary>
    void IForkParticipant.BeforeFork()
    {
        if (IsInsideOperation)
        {
            throw new WaitInsideOperationException(
                "The process forks inside an operation; its workers cannot be stopped."
            );
        }
        ThreadState thread = ThreadState.Current;
        FlushBulk(thread);
        TryWaitForIdle(thread, new Deadline(s_longestDrain, default));
        _lifecycle.Enter();
        _resumesAfterFork = !_suspended && !_stopped;
        if (_resumesAfterFork)
        {
            StopWorkers(() => _suspended = true);
        }
        _lanesLock.Enter();
        _dependencies.Enter();
        _isHeldForFork = true;
    }

    void IForkParticipant.AfterForkInParent()
    {
        if (!_isHeldForFork)
        {
            return;
        }
        LeaveLocksOfFork();
        if (_resumesAfterFork)
        {
            ResumeWorkers();
        }
        _lifecycle.Exit();
    }

    void IForkParticipant.AfterForkInChild()
    {
        _suspended = true;
        _isForked = true;
        if (_isHeldForFork)
        {
            LeaveLocksOfFork();
            _lifecycle.Exit();
        }
    }

    private void LeaveLocksOfFork()
    {
        _isHeldForFork = false;
        _dependencies.Exit();
        _lanesLock.Exit();
    }

    /// <summary>In a forked process, runs all that is ready, unless another thread is doing so: that one will see it.</summary>
    private void RunReadyWhenForked(ThreadState thread)
    {
        if (!_isForked || thread.Site is not null)
        {
            return;
        }
        // The end of an operation closes the open bulk of its thread, which is none of its own here.
        BulkScope? bulk = thread.Bulk;
        thread.Bulk = null;
        while (TakeReady() is { } operation)
        {
            RunHere(operation, thread);
        }
        thread.Bulk = bulk;
    }

    private Operation? TakeReady()
    {
        _dependencies.Enter();
        Drain(null);
        Operation? operation = null;
        for (int i = 0; i < _lanes.Length && operation is null && !_isHelped; i++)
        {
            operation = _lanes[i].Ready.Take();
        }
        if (operation is not null)
        {
            _isHelped = true;
            _ledger.Queued++;
        }
        LeaveDependencies();
        return operation;
    }
}
