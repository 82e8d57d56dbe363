using System.Diagnostics;

namespace CoreEngine.Runtime;

/// <content>
/// Operations that run on other threads than the workers. A thread that waits while a single operation is pending runs
/// it itself, and so does one that pushes a quick operation which nothing keeps waiting: to wake a sleeping worker and
/// to be woken by it takes longer than most operations.
/// </content>
public sealed partial class ThreadedEngine
{
    // Where such operations run. One thread runs them at a time; under the dependency lock.
    private readonly ExecutionSite _helperSite;
    private bool _isHelped;

    /// <summary>Runs the one pending operation on this thread, if it is ready and nobody has begun it.</summary>
    private void Help(ThreadState thread, in Deadline deadline)
    {
        RunReadyWhenForked(thread);
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
        Operation? operation = MayHelp && _ledger.Pushed - _ledger.Finished == 1 ? TakeOnlyReady() : null;
        _isHelped |= operation is not null;
        LeaveDependencies();
        if (operation is not null)
        {
            RunHere(operation, thread);
        }
    }

    /// <summary>Runs a quick operation on the thread that pushes it, if nothing pending conflicts with it.</summary>
    private bool TryRunAtOnce(Operation operation, ThreadState thread)
    {
        if (!TryEnterAtOnce(operation, thread))
        {
            return false;
        }
        bool runs = MayHelp && IsFree(operation);
        if (runs)
        {
            _isHelped = true;
            _ledger.Inlined++;
            _ = RequestAccesses(operation);
        }
        LeaveDependencies();
        if (runs)
        {
            RunHere(operation, thread);
        }
        return runs;
    }

    /// <summary>Runs the end of a variable that nothing pending uses: no later push can, so it needs no queue.</summary>
    private bool TryDeleteAtOnce(Var var, OperationBody onDeleted, ThreadState thread)
    {
        Operation record = thread.Deletion;
        if (!TryEnterAtOnce(record, thread))
        {
            return false;
        }
        bool runs = MayHelp && !var.Writing && var.Readers == 0;
        if (runs)
        {
            _isHelped = true;
            _ledger.Inlined++;
            _ledger.Pushed++;
            Volatile.Write(ref _ledger.Finished, _ledger.Finished + 1);
        }
        LeaveDependencies();
        if (runs)
        {
            record.Body = onDeleted;
            thread.Site = _helperSite;
            RunSingle(record, record, _helperSite, thread);
            thread.Site = null;
            record.Body = null;
            if (record.Outcome == Outcome.Failed)
            {
                _dependencies.Enter();
                _ledger.Failed++;
                _dependencies.Exit();
            }
            Volatile.Write(ref _isHelped, false);
        }
        return runs;
    }

    /// <summary>
    /// Takes the dependency lock, unless that means waiting or this thread has older work of its own to hand over: what
    /// a bulk holds, or the rest of a running operation.
    /// </summary>
    private bool TryEnterAtOnce(Operation operation, ThreadState thread)
    {
        if (thread.Site is not null || thread.Bulk is not null || !_dependencies.TryEnter())
        {
            return false;
        }
        operation.PushedAt = ProfilerSwitch.IsOn ? Stopwatch.GetTimestamp() : 0;
        Drain(null);
        return true;
    }

    private void RunHere(Operation operation, ThreadState thread)
    {
        thread.Site = _helperSite;
        bool isOver = Run(operation, _helperSite, thread);
        thread.Site = null;
        _dependencies.Enter();
        if (isOver)
        {
            Release(operation, null);
        }
        _isHelped = false;
        LeaveDependencies();
        if (isOver)
        {
            Recycle(operation, thread);
        }
    }

    private bool MayHelp => !_isHelped && (!_suspended || _isForked) && !_stopping && !_closing;

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
