namespace CoreEngine.Runtime;

/// <summary>What the scheduler keeps for each thread, behind one thread-static reference.</summary>
internal sealed class ThreadState : Padded
{
    [ThreadStatic]
    private static ThreadState? t_current;

    /// <summary>The calling thread's state.</summary>
    public static ThreadState Current => t_current ??= new ThreadState();

    /// <summary>Free records.</summary>
    public OperationPool.Cache Pool { get; } = new();

    /// <summary>Where operations run on this thread, when it is a worker.</summary>
    public ExecutionSite? Site;

    /// <summary>The record of a deletion that this thread runs itself.</summary>
    public Operation Deletion { get; } = new() { Device = Device.Cpu(), Property = OperationProperty.DeleteVariable };

    /// <summary>The open bulk.</summary>
    public BulkScope? Bulk;

    /// <summary>Pushes so far, for what is done only now and then.</summary>
    public uint Pushes;

    private Waiter? _waiter;

    /// <summary>A waiter for this thread's use.</summary>
    public Waiter TakeWaiter()
    {
        Waiter waiter = _waiter ?? new Waiter();
        _waiter = null;
        waiter.Prepare();
        return waiter;
    }

    /// <summary>Keeps a waiter that nobody will answer any more.</summary>
    public void KeepWaiter(Waiter waiter) => _waiter = waiter;
}
