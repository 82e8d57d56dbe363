namespace CoreEngine.Runtime;

/// <content>The queues of the variables. Everything here happens under the dependency lock.</content>
public sealed partial class ThreadedEngine
{
    private readonly DependencyLock _dependencies = new();
    private readonly Ledger _ledger = new();

    /// <summary>Enters everything that was pushed, in the order of the pushes.</summary>
    private void Drain(Worker? worker)
    {
        _submissions.Urgent = false;
        if (_submissions.Head == _closed)
        {
            return;
        }
        Operation? newest = Interlocked.Exchange(ref _submissions.Head, null);
        Operation? oldest = null;
        while (newest is not null)
        {
            Operation? next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }
        while (oldest is not null)
        {
            Operation? next = oldest.Next;
            oldest.Next = null;
            Enter(oldest, worker);
            oldest = next;
        }
        if (_ledger.AnswersFirst is not null)
        {
            Answer(worker);
        }
    }

    private void Enter(Operation operation, Worker? worker)
    {
        if (RequestAccesses(operation) == 0)
        {
            // What is older than this push and ready goes first.
            MakeReady(operation, worker is not null && worker.Lane.Ready.Count == 0 ? worker : null, worker);
        }
    }

    /// <summary>Takes what is free and queues up for the rest; how many variables have to be waited for.</summary>
    private int RequestAccesses(Operation operation)
    {
        long stamp = ++_ledger.Sequence;
        operation.Sequence = stamp;
        Count(operation);
        int waiting = 0;
        Span<Access> accesses = operation.Used;
        for (int slot = 0; slot < accesses.Length; slot++)
        {
            ref Access access = ref accesses[slot];
            Var var = access.Var;
            bool isWrite = access.Kind == AccessKind.Write;
            if (var.Stamp == stamp)
            {
                // Writes come first in the list, so what is there already is at least as strong.
                access.Kind = isWrite ? AccessKind.DuplicateWrite : AccessKind.DuplicateRead;
                continue;
            }
            var.Stamp = stamp;
            bool isFree = !var.Writing && (isWrite ? var.Readers == 0 : var.Head is null);
            if (isFree)
            {
                access.Granted = true;
                if (isWrite)
                {
                    var.Writing = true;
                }
                else
                {
                    var.Readers++;
                }
                continue;
            }
            waiting++;
            if (var.Head is null)
            {
                var.Head = operation;
                var.HeadSlot = slot;
            }
            else
            {
                ref Access last = ref var.Tail!.Accesses[var.TailSlot];
                last.Next = operation;
                last.NextSlot = slot;
            }
            var.Tail = operation;
            var.TailSlot = slot;
        }
        operation.Waiting = waiting;
        return waiting;
    }

    /// <summary>Whether an operation would not have to wait for any of its variables.</summary>
    private static bool IsFree(Operation operation)
    {
        foreach (ref Access access in operation.Used)
        {
            Var var = access.Var;
            if (var.Writing || (access.Kind == AccessKind.Write ? var.Readers != 0 : var.Head is not null))
            {
                return false;
            }
        }
        return true;
    }

    private void Count(Operation operation)
    {
        switch (operation.Kind)
        {
            case OperationKind.Single:
                _ledger.Records++;
                _ledger.Pushed++;
                break;
            case OperationKind.Bulk:
                _ledger.Records += 1 + operation.ChildCount;
                _ledger.Pushed += operation.ChildCount;
                _ledger.Bulked += operation.ChildCount;
                break;
            default:
                _ledger.Records++;
                break;
        }
    }

    /// <summary>Gives the variables of an operation that is over to those that wait for them.</summary>
    private void Release(Operation operation, Worker? worker)
    {
        if (operation.Kind == OperationKind.Single)
        {
            CountOutcome(operation);
        }
        else
        {
            ReleaseSpecial(operation);
        }
        bool countWrites = operation.Kind == OperationKind.Single;
        foreach (ref Access access in operation.Used)
        {
            Var var = access.Var;
            switch (access.Kind)
            {
                case AccessKind.Read:
                    if (--var.Readers == 0 && var.Head is not null)
                    {
                        GrantNext(var, worker);
                    }
                    break;
                case AccessKind.Write:
                    var.Writing = false;
                    if (countWrites)
                    {
                        Volatile.Write(ref var.FinishedWrites, var.FinishedWrites + 1);
                    }
                    if (var.Head is not null)
                    {
                        GrantNext(var, worker);
                    }
                    break;
                case AccessKind.DuplicateWrite when countWrites:
                    Volatile.Write(ref var.FinishedWrites, var.FinishedWrites + 1);
                    break;
            }
        }
        if (_ledger.AnswersFirst is not null)
        {
            Answer(worker);
        }
    }

    private void CountOutcome(Operation operation)
    {
        _ledger.Records--;
        Volatile.Write(ref _ledger.Finished, _ledger.Finished + 1);
        switch (operation.Outcome)
        {
            case Outcome.Failed:
                _ledger.Failed++;
                break;
            case Outcome.Skipped:
                _ledger.Skipped++;
                break;
        }
    }

    private void ReleaseSpecial(Operation operation)
    {
        _ledger.Records--;
        for (Operation? child = operation.Children; child is not null; child = child.Next)
        {
            CountOutcome(child);
            for (int i = 0; i < child.WriteCount; i++)
            {
                Var var = child.Accesses[i].Var;
                Volatile.Write(ref var.FinishedWrites, var.FinishedWrites + 1);
            }
        }
    }

    // The variable is free and something waits for it: one writer, or all readers up to the next writer.
    private void GrantNext(Var var, Worker? worker)
    {
        bool isFirst = true;
        while (var.Head is { } operation)
        {
            ref Access access = ref operation.Accesses[var.HeadSlot];
            bool isWrite = access.Kind == AccessKind.Write;
            if (isWrite && !isFirst)
            {
                return;
            }
            var.Head = access.Next;
            var.HeadSlot = access.NextSlot;
            access.Next = null;
            access.Granted = true;
            if (var.Head is null)
            {
                var.Tail = null;
            }
            if (isWrite)
            {
                var.Writing = true;
            }
            else
            {
                var.Readers++;
            }
            if (--operation.Waiting == 0)
            {
                MakeReady(operation, worker, worker);
            }
            if (isWrite)
            {
                return;
            }
            isFirst = false;
        }
    }

    private void MakeReady(Operation operation, Worker? mayRunIt, Worker? caller)
    {
        Lane? lane = operation.Lane;
        if (lane is null)
        {
            // Nothing runs: it is answered below, after the loop that is going through a queue right now.
            if (_ledger.AnswersLast is null)
            {
                _ledger.AnswersFirst = operation;
            }
            else
            {
                _ledger.AnswersLast.Next = operation;
            }
            _ledger.AnswersLast = operation;
            return;
        }
        if (mayRunIt is not null && mayRunIt.Lane == lane && mayRunIt.Next is null)
        {
            mayRunIt.Next = operation;
            mayRunIt.NextIsOldest = lane.Ready.Count == 0;
            return;
        }
        lane.Ready.Add(operation);
        if (caller is null || caller.Lane != lane)
        {
            lane.WakeRequested = true;
            _ledger.WakeOthers = true;
        }
    }

    /// <summary>Answers the waits whose variables have been granted.</summary>
    private void Answer(Worker? worker)
    {
        while (_ledger.AnswersFirst is { } wait)
        {
            _ledger.AnswersFirst = wait.Next;
            if (_ledger.AnswersFirst is null)
            {
                _ledger.AnswersLast = null;
            }
            wait.Next = null;
            Waiter waiter = wait.Waiter!;
            _ledger.Records--;
            foreach (ref Access access in wait.Used)
            {
                Var var = access.Var;
                if (access.Kind == AccessKind.Write)
                {
                    var.Writing = false;
                }
                else
                {
                    var.Readers--;
                }
                if (var.Readers == 0 && var.Head is not null)
                {
                    GrantNext(var, worker);
                }
            }
            ThreadState.Current.Pool.Return(wait);
            waiter.Answer();
        }
    }

    /// <summary>To be called before the lock is left: answers those who wait for everything, or for less.</summary>
    private void AnswerWaiters()
    {
        if (_ledger.PaceWaiters is not null && _ledger.Pushed - _ledger.Finished <= PaceBacklog)
        {
            AnswerAll(ref _ledger.PaceWaiters);
        }
        if (_ledger.IdleWaiters is null || _ledger.Pushed != _ledger.Finished)
        {
            return;
        }
        Drain(null);
        if (_ledger.Pushed == _ledger.Finished)
        {
            AnswerAll(ref _ledger.IdleWaiters);
        }
    }

    private static void AnswerAll(ref Waiter? list)
    {
        while (list is { } waiter)
        {
            list = waiter.Next;
            waiter.Next = null;
            waiter.Answer();
        }
    }

    private void AddAsync(Operation operation)
    {
        operation.PreviousGroup = null;
        operation.NextGroup = _ledger.AsyncInFlight;
        if (_ledger.AsyncInFlight is not null)
        {
            _ledger.AsyncInFlight.PreviousGroup = operation;
        }
        _ledger.AsyncInFlight = operation;
    }

    private void RemoveAsync(Operation operation)
    {
        if (operation.PreviousGroup is { } previous)
        {
            previous.NextGroup = operation.NextGroup;
        }
        else
        {
            _ledger.AsyncInFlight = operation.NextGroup;
        }
        if (operation.NextGroup is { } next)
        {
            next.PreviousGroup = operation.PreviousGroup;
        }
        operation.NextGroup = null;
        operation.PreviousGroup = null;
    }
}
