namespace CoreEngine.Runtime;

/// <summary>
/// A lane's ready operations: highest priority first, then in the order in which they became ready. Nearly all have
/// priority 0 and go through a plain list; the others through a heap. Used under the dependency lock.
/// </summary>
internal sealed class ReadyQueue : Padded
{
    private Operation? _first;
    private Operation? _last;
    private Entry[] _heap = new Entry[16];
    private int _heapCount;
    private long _order;
    private long _orderBefore;
    private int _count;

    /// <summary>How many are in it. Idle workers look at this without the lock.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether an operation of this priority that is not in the queue would go first.</summary>
    public bool WouldBeFirst(int priority) =>
        (_first is null || priority >= 0) && (_heapCount == 0 || priority >= _heap[0].Operation.Priority);

    public void Add(Operation operation)
    {
        Volatile.Write(ref _count, _count + 1);
        if (operation.Priority != 0)
        {
            AddToHeap(operation, _order++);
            return;
        }
        operation.Next = null;
        if (_first is null)
        {
            _first = operation;
        }
        else
        {
            _last!.Next = operation;
        }
        _last = operation;
    }

    /// <summary>Adds an operation that was ready before all that are in the queue.</summary>
    public void AddFirst(Operation operation)
    {
        Volatile.Write(ref _count, _count + 1);
        if (operation.Priority != 0)
        {
            AddToHeap(operation, --_orderBefore);
            return;
        }
        if (_first is null)
        {
            _last = operation;
        }
        operation.Next = _first;
        _first = operation;
    }

    public Operation? Take()
    {
        Operation? operation = _first;
        if (_heapCount != 0 && (operation is null || _heap[0].Operation.Priority > 0))
        {
            operation = TakeFromHeap();
        }
        else if (operation is not null)
        {
            _first = operation.Next;
            operation.Next = null;
        }
        else
        {
            return null;
        }
        Volatile.Write(ref _count, _count - 1);
        return operation;
    }

    /// <summary>Adds all operations to the list.</summary>
    public void CopyTo(List<Operation> list)
    {
        for (Operation? operation = _first; operation is not null; operation = operation.Next)
        {
            list.Add(operation);
        }
        for (int i = 0; i < _heapCount; i++)
        {
            list.Add(_heap[i].Operation);
        }
    }

    private void AddToHeap(Operation operation, long order)
    {
        if (_heapCount == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _heap.Length);
        }
        Entry entry = new(operation, order);
        int at = _heapCount++;
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!entry.IsBefore(_heap[parent]))
            {
                break;
            }
            _heap[at] = _heap[parent];
            at = parent;
        }
        _heap[at] = entry;
    }

    private Operation TakeFromHeap()
    {
        Operation result = _heap[0].Operation;
        Entry entry = _heap[--_heapCount];
        _heap[_heapCount] = default;
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _heapCount)
            {
                break;
            }
            if (child + 1 < _heapCount && _heap[child + 1].IsBefore(_heap[child]))
            {
                child++;
            }
            if (!_heap[child].IsBefore(entry))
            {
                break;
            }
            _heap[at] = _heap[child];
            at = child;
        }
        if (_heapCount != 0)
        {
            _heap[at] = entry;
        }
        return result;
    }

    private readonly struct Entry(Operation operation, long order)
    {
        public readonly Operation Operation = operation;
        private readonly long _order = order;

        public bool IsBefore(in Entry other) =>
            Operation.Priority != other.Operation.Priority
                ? Operation.Priority > other.Operation.Priority
                : _order < other._order;
    }
}
