using System.Runtime.CompilerServices;

namespace CoreEngine.Runtime;

/// <summary>
/// The scheduler's record of one pushed operation. Pooled: a record is in use from the push until its variables have
/// been released.
/// </summary>
internal sealed class Operation : OperationCore
{
    private const int MostKeptAccesses = 256;

    /// <summary>The engine that took it; only set for asynchronous operations, whose end comes from outside.</summary>
    public Engine? Owner;

    /// <summary>The first of the operations merged into this one.</summary>
    public Operation? Children;

    /// <summary>Who is to be told, when <see cref="OperationCore.Kind"/> is Wait.</summary>
    public Waiter? Waiter;

    /// <summary>The pool's link between magazines, and the engine's between asynchronous operations in flight.</summary>
    public Operation? NextGroup;

    /// <summary>The other direction of the list of asynchronous operations in flight.</summary>
    public Operation? PreviousGroup;

    /// <summary>When it was pushed, in ticks of the stopwatch; only kept while the profiler is on.</summary>
    public long PushedAt;

    /// <summary>How many operations are merged into this one.</summary>
    public int ChildCount;

    // Two arrivals end an asynchronous operation: the return of Execute and the completion.
    private int _arrivals;

    // Twice the generation, plus one when somebody has claimed the right to say how the operation ended.
    private long _claim;
    private Exception? _asyncError;
    private Exception? _executeError;

    /// <summary>Which use of this record a completion token belongs to.</summary>
    public long Generation => Volatile.Read(ref _claim) >> 1;

    /// <summary>The entries that count.</summary>
    public Span<Access> Used
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Accesses, 0, AccessCount);
    }

    /// <summary>The name for errors and dumps.</summary>
    public string Name =>
        Kind switch
        {
            OperationKind.Wait => "(wait)",
            OperationKind.Bulk => "(bulk)",
            _ => Body?.Name ?? "(delete)",
        };

    /// <summary>Notes the variables: writes first. The caller has checked them.</summary>
    public void SetAccesses(ReadOnlySpan<Var> reads, ReadOnlySpan<Var> writes)
    {
        int count = reads.Length + writes.Length;
        Access[] accesses = Accesses;
        if (accesses.Length < count)
        {
            accesses = new Access[Math.Max(count, accesses.Length * 2)];
            Accesses = accesses;
        }
        int slot = 0;
        foreach (Var var in writes)
        {
            accesses[slot].Var = var;
            accesses[slot].Kind = AccessKind.Write;
            slot++;
        }
        foreach (Var var in reads)
        {
            accesses[slot].Var = var;
            accesses[slot].Kind = AccessKind.Read;
            slot++;
        }
        AccessCount = count;
        WriteCount = writes.Length;
    }

    /// <summary>The fault of something that the operation depends on, or null.</summary>
    public OperationException? FindFault()
    {
        foreach (ref Access access in Used)
        {
            if (access.Var.FaultRecord is { } fault && access.Kind is AccessKind.Read or AccessKind.DuplicateRead)
            {
                return fault;
            }
        }
        return null;
    }

    /// <summary>Marks everything that the operation writes; null clears.</summary>
    public void SetFault(OperationException? fault)
    {
        Span<Access> writes = new(Accesses, 0, WriteCount);
        foreach (ref Access access in writes)
        {
            // Reading first keeps the line shared with readers in the usual case.
            if (access.Var.FaultRecord != fault)
            {
                Volatile.Write(ref access.Var.FaultRecord, fault);
            }
        }
    }

    /// <summary>To be called before an asynchronous body is started.</summary>
    public void BeginAsync()
    {
        _asyncError = null;
        Volatile.Write(ref _arrivals, 2);
    }

    /// <summary>
    /// Execute has returned or thrown. True when the operation is over with that, and the caller has to finish it.
    /// </summary>
    public bool AsyncExecuteReturned(Exception? error, out Exception? outcome)
    {
        bool over;
        if (error is not null && TryClaim(Generation))
        {
            _asyncError = error;
            over = true;
        }
        else
        {
            _executeError = error;
            over = Interlocked.Decrement(ref _arrivals) == 0;
        }
        outcome = over ? _asyncError ?? error : null;
        return over;
    }

    /// <summary>The completion token was used.</summary>
    public bool CompleteAsync(long generation, Exception? error)
    {
        if (!TryClaim(generation))
        {
            return false;
        }
        _asyncError = error;
        if (Interlocked.Decrement(ref _arrivals) == 0)
        {
            Owner!.FinishAsync(this, error ?? _executeError);
        }
        return true;
    }

    /// <summary>Gives up on an operation whose completion never came; false when it came after all.</summary>
    public bool AbandonAsync(Exception error) => CompleteAsync(Generation, error);

    /// <summary>Makes the completion tokens of this use stale.</summary>
    public void Renew()
    {
        _asyncError = null;
        _executeError = null;
        Volatile.Write(ref _claim, (Generation + 1) << 1);
    }

    /// <summary>Makes the record ready for its next use; tokens of this one become stale.</summary>
    public void Clear()
    {
        Body = null;
        Lane = null;
        if (Kind != OperationKind.Single || Property == OperationProperty.Async)
        {
            ClearRare();
        }
        if (Accesses.Length > MostKeptAccesses)
        {
            Accesses = new Access[UsualAccesses];
            AccessCount = 0;
        }
        foreach (ref Access access in Used)
        {
            access = default;
        }
        AccessCount = 0;
        WriteCount = 0;
    }

    private void ClearRare()
    {
        Owner = null;
        Children = null;
        ChildCount = 0;
        Waiter = null;
        Kind = OperationKind.Single;
        if (Property == OperationProperty.Async)
        {
            Renew();
        }
    }

    private bool TryClaim(long generation) =>
        Interlocked.CompareExchange(ref _claim, (generation << 1) | 1, generation << 1) == generation << 1;
}
