namespace CoreEngine.Runtime;

/// <summary>One thread that waits for the scheduler. Kept for the thread's next wait when it was answered.</summary>
internal sealed class Waiter
{
    private readonly Parking _parking = new();
    private int _answered;

    /// <summary>The next one that waits for the engine to be idle.</summary>
    public Waiter? Next;

    /// <summary>Whether the answer is there.</summary>
    public bool IsAnswered => Volatile.Read(ref _answered) != 0;

    /// <summary>Before a wait.</summary>
    public void Prepare() => Volatile.Write(ref _answered, 0);

    /// <summary>Ends the wait.</summary>
    public void Answer()
    {
        Volatile.Write(ref _answered, 1);
        _parking.Release();
    }

    /// <summary>Sleeps until there is an answer. False when the time is over first.</summary>
    /// <exception cref="OperationCanceledException">The deadline's token was cancelled.</exception>
    public bool Wait(in Deadline deadline)
    {
        if (!deadline.Token.CanBeCanceled)
        {
            return Sleep(deadline);
        }
        using CancellationTokenRegistration registration = deadline.Token.UnsafeRegister(
            static state => ((Waiter)state!)._parking.Release(),
            this
        );
        return Sleep(deadline);
    }

    private bool Sleep(in Deadline deadline)
    {
        // Tokens of an earlier wait's cancellation may be left: they only cause another turn.
        while (!IsAnswered)
        {
            deadline.Token.ThrowIfCancellationRequested();
            if (!_parking.Wait(deadline) && deadline.IsOver)
            {
                return IsAnswered;
            }
        }
        return true;
    }
}
