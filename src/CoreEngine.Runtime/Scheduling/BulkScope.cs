namespace CoreEngine.Runtime;

/// <summary>An open bulk: what one thread has pushed since it was opened or last handed over.</summary>
internal sealed class BulkScope : IDisposable
{
    private readonly ThreadState _thread;
    private readonly BulkScope? _outer;
    private readonly int _limit;
    private readonly List<Var> _reads = [];
    private readonly List<Var> _writes = [];
    private Operation? _first;
    private Operation? _last;
    private int _count;
    private bool _closed;

    public BulkScope(ThreadedEngine engine, ThreadState thread, int limit)
    {
        Engine = engine;
        _thread = thread;
        _outer = thread.Bulk;
        _limit = limit;
    }

    /// <summary>Whose pushes are merged.</summary>
    public ThreadedEngine Engine { get; }

    /// <summary>Takes an operation, handing over what is there when it does not fit. False: push it on its own.</summary>
    public bool TryAdd(Operation operation)
    {
        if (operation.Property != OperationProperty.Normal)
        {
            return false;
        }
        if (
            _first is not null
            && (
                _first.Lane != operation.Lane
                || _first.Device != operation.Device
                || _first.Priority != operation.Priority
            )
        )
        {
            Flush();
        }
        if (ProfilerSwitch.IsOn)
        {
            operation.PushedAt = System.Diagnostics.Stopwatch.GetTimestamp();
        }
        if (_last is null)
        {
            _first = operation;
        }
        else
        {
            _last.Next = operation;
        }
        _last = operation;
        if (++_count >= _limit)
        {
            Flush();
        }
        return true;
    }

    /// <summary>Hands over what was gathered.</summary>
    public void Flush()
    {
        if (_first is not { } first)
        {
            return;
        }
        int count = _count;
        _first = null;
        _last = null;
        _count = 0;
        for (Operation? child = first; child is not null; child = child.Next)
        {
            for (int i = 0; i < child.AccessCount; i++)
            {
                (i < child.WriteCount ? _writes : _reads).Add(child.Accesses[i].Var);
            }
        }
        Operation bulk = _thread.Pool.Rent();
        bulk.Children = first;
        bulk.ChildCount = count;
        bulk.Lane = first.Lane;
        bulk.Device = first.Device;
        bulk.Priority = first.Priority;
        bulk.Property = OperationProperty.Normal;
        bulk.SetAccesses(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_reads),
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_writes)
        );
        _reads.Clear();
        _writes.Clear();
        Engine.SubmitBulk(bulk, _thread);
    }

    /// <summary>Hands over and closes.</summary>
    /// <exception cref="EngineException">Called by another thread than the one that opened it.</exception>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }
        if (ThreadState.Current != _thread)
        {
            throw new EngineException("A bulk is closed by another thread: close it on the thread that opened it.");
        }
        _closed = true;
        _thread.Bulk = _outer;
        Flush();
    }
}
