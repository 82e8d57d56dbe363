namespace CoreEngine.Runtime;

/// <summary>
/// A piece of native memory and its place in the pool. Blocks live as long as their memory and are handed out again
/// and again; a ticket tells one loan from the next.
/// </summary>
/// <remarks>
/// <para>
/// The ticket counts loans: odd while the block is lent, even while it is free. Whoever returns a block must hold the
/// ticket of the present loan, so returning twice, at once or much later, does nothing.
/// </para>
/// <para>
/// The finaliser covers two cases. A lent block is unreachable: its user forgot it, and it goes back to its pool. A
/// free block is unreachable: the pool itself is gone, and the memory goes back to where it came from.
/// </para>
/// </remarks>
internal sealed class Block : IDisposable
{
    private long _ticket;

    public Block(StoragePool pool, FreeList list, nint address, long nativeBytes, nint payload, bool guarded)
    {
        Pool = pool;
        List = list;
        Address = address;
        NativeBytes = nativeBytes;
        Payload = payload;
        Guarded = guarded;
    }

    /// <summary>Memory that belongs to somebody else and goes back to no pool.</summary>
    public Block(StoragePool pool, nint payload)
    {
        Pool = pool;
        List = null!;
        Payload = payload;
        IsBorrowed = true;
        GC.SuppressFinalize(this);
    }

    ~Block()
    {
        long ticket = Volatile.Read(ref _ticket);
        if ((ticket & 1) == 1 && TryEndLoan(ticket))
        {
            Pool.ReturnForgotten(this);
        }
        else
        {
            FreeMemory();
        }
    }

    public StoragePool Pool { get; }

    /// <summary>Where it is kept while it is free; nowhere when it is borrowed.</summary>
    public FreeList List { get; }

    /// <summary>Whether the memory belongs to somebody else and goes back to no pool.</summary>
    public bool IsBorrowed { get; }

    /// <summary>What the source gave.</summary>
    public nint Address { get; }

    /// <summary>What the source gave, in bytes; guard zones included.</summary>
    public long NativeBytes { get; }

    /// <summary>Where the user's bytes begin.</summary>
    public nint Payload { get; }

    /// <summary>Whether guard zones surround the payload.</summary>
    public bool Guarded { get; }

    /// <summary>Bytes that the present, or else the last, user asked for.</summary>
    public long RequestedBytes { get; set; }

    /// <summary>Debug mode's record of the present, or else the last, loan.</summary>
    public AllocationRecord? Record { get; set; }

    /// <summary>The next block in the free list.</summary>
    public Block? Next { get; set; }

    /// <summary>Starts a loan. The caller has the block to itself.</summary>
    public long StartLoan()
    {
        long ticket = _ticket + 1;
        Volatile.Write(ref _ticket, ticket);
        return ticket;
    }

    public bool IsLent(long ticket) => Volatile.Read(ref _ticket) == ticket;

    /// <summary>Ends the loan with this ticket; false when it has ended before.</summary>
    public bool TryEndLoan(long ticket) => Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) == ticket;

    /// <summary>Gives the memory back to where it came from. Nobody else may know the block any more.</summary>
    public void Dispose()
    {
        FreeMemory();
        GC.SuppressFinalize(this);
    }

    private void FreeMemory() => Pool.Source.Free(Address, NativeBytes, List.Alignment);
}
