namespace CoreEngine.Runtime;

/// <content>
/// A thread that waits while a single operation is pending runs it itself: to wake a sleeping worker and to be woken by
/// it takes longer than most operations.
/// </content>
public sealed partial class ThreadedEngine
{
    // Where such operations run. One thread helps at a time; under the dependency lock.
    private readonly ExecutionSite _helperSite;
    private bool _isHelped;

    /// <summary>Runs the one pending operation on this thread, if it is ready and nobody has begun it.</summary>
    private void Help(ThreadState thread, in Deadline deadline)
    {
        // An operation cannot be left half-way: whoever set a limit keeps waiting for the workers.
        if (!deadline.IsInfinite || deadline.Token.CanBeCanceled || Options.SpinMicroseconds == 0)
        {
            return;
        }
        // The end of an operation would close a bulk that this thread has open.
        if (thread.Site is not null || thread.Bulk is not null)
        {
            return;
        }
        _dependencies.Enter();
        Drain(null);
        Operation? operation = MayHelp ? TakeOnlyReady() : null;
        _isHelped |= operation is not null;
        LeaveDependencies();
        if (operation is null)
        {
            return;
        }
        thread.Site = _helperSite;
        RunSingle(operation, operation, _helperSite, thread);
        thread.Site = null;
        _dependencies.Enter();
        Release(operation, null);
        _isHelped = false;
        LeaveDependencies();
        Recycle(operation, thread);
    }

    private bool MayHelp =>
        _ledger.Pushed - _ledger.Finished == 1 && !_isHelped && !_suspended && !_stopping && !_closing;

    private Operation? TakeOnlyReady()
    {
        foreach (Lane lane in _lanes)
        {
            if (lane.Ready.Take() is not { } operation)
            {
                continue;
            }
            bool isPlain = operation.Kind == OperationKind.Single && operation.Property != OperationProperty.Async;
            if (isPlain && operation.Device.IsHost)
            {
                lane.WakeRequested = false;
                _ledger.Queued++;
                return operation;
            }
            lane.Ready.Add(operation);
        }
        return null;
    }

    /// <summary>Waits until no thread helps any more; none can begin once the engine is suspended or stopped.</summary>
    private void WaitForHelper()
    {
        SpinWait spin = default;
        while (true)
        {
            _dependencies.Enter();
            bool isHelped = _isHelped;
            _dependencies.Exit();
            if (!isHelped)
            {
                return;
            }
            spin.SpinOnce();
        }
    }
}
