namespace CoreEngine.Runtime;

/// <summary>
/// What the threads that resolve dependencies write with every operation. Under the dependency lock; an object of its
/// own so that those who push, who read other fields of the engine, are not disturbed.
/// </summary>
internal sealed class Ledger : Padded
{
    /// <summary>Waits that are granted and have to be answered.</summary>
    public Operation? AnswersFirst;

    /// <summary>The last of them.</summary>
    public Operation? AnswersLast;

    /// <summary>Asynchronous operations that were started.</summary>
    public Operation? AsyncInFlight;

    /// <summary>Threads that wait until nothing is pending.</summary>
    public Waiter? IdleWaiters;

    /// <summary>Threads that push and wait until less is pending.</summary>
    public Waiter? PaceWaiters;

    /// <summary>Whether a thread waits for one or the other.</summary>
    public bool HasWaiters => IdleWaiters is not null || PaceWaiters is not null;

    /// <summary>Operations of other lanes than the lock's holder's have become ready.</summary>
    public bool WakeOthers;

    /// <summary>Records seen.</summary>
    public long Sequence;

    /// <summary>Records in use.</summary>
    public long Records;

    /// <summary>Operations taken.</summary>
    public long Pushed;

    /// <summary>Operations that are over.</summary>
    public long Finished;

    /// <summary>Those of them that did not run.</summary>
    public long Skipped;

    /// <summary>Those of them that ran and failed.</summary>
    public long Failed;

    /// <summary>Operations that ran on the thread which made them ready or pushed them.</summary>
    public long Inlined;

    /// <summary>Operations taken from a lane's queue.</summary>
    public long Queued;

    /// <summary>Operations that came in bulks.</summary>
    public long Bulked;
}
