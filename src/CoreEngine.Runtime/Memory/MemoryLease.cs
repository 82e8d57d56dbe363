using System.Diagnostics.CodeAnalysis;

namespace CoreEngine.Runtime;

/// <summary>
/// Native memory on loan from a <see cref="StoragePool"/>, without any managed allocation. Copies of a lease mean the
/// same loan: the first <see cref="Dispose"/> of any of them ends it, every later one does nothing, even when the pool
/// has lent the memory to somebody else meanwhile.
/// </summary>
/// <remarks>
/// Keep the lease reachable while its pointer is in use: memory whose leases are all unreachable is taken back by the
/// garbage collector (<see cref="GC.KeepAlive"/> in doubt). The contents are undefined at first.
/// </remarks>
public readonly unsafe struct MemoryLease : IDisposable, IEquatable<MemoryLease>
{
    private readonly Block? _block;
    private readonly long _ticket;
    private readonly long _length;

    internal MemoryLease(Block block, long ticket, long length)
    {
        _block = block;
        _ticket = ticket;
        _length = length;
    }

    /// <summary>
    /// Memory of somebody else as a loan: it must stay where it is until the loan is ended, after which nothing reaches
    /// it any more through the lease or its copies.
    /// </summary>
    /// <param name="pointer">The first byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="device">Where the memory is.</param>
    public static MemoryLease Borrow(void* pointer, long length, Device device)
    {
        var block = new Block(StoragePool.For(device), (nint)pointer);
        return new MemoryLease(block, block.StartLoan(), length);
    }

    /// <summary>The first byte: a multiple of 64, of 2 MiB for blocks of 4 MiB and more.</summary>
    /// <exception cref="ObjectDisposedException">The loan has ended, or this lease is <c>default</c>.</exception>
    public void* Pointer => (void*)LentBlock().Payload;

    /// <summary>Bytes asked for.</summary>
    public long Length => _length;

    /// <summary>Bytes that may be used: the size of the block that the pool found.</summary>
    /// <remarks>In debug mode, bytes behind <see cref="Length"/> belong to the guard zone.</remarks>
    /// <exception cref="ObjectDisposedException">The loan has ended, or this lease is <c>default</c>.</exception>
    public long Capacity
    {
        get
        {
            Block block = LentBlock();
            return block.Guarded || block.IsBorrowed ? _length : block.List.BlockBytes;
        }
    }

    /// <summary>Where the memory lives; <c>default</c> for a <c>default</c> lease.</summary>
    public Device Device => _block is null ? default : _block.Pool.Device;

    /// <summary>True while the loan lasts.</summary>
    public bool IsLent => _block is not null && _block.IsLent(_ticket);

    /// <summary>Gives the memory back to its pool.</summary>
    /// <exception cref="MemoryCorruptionException">Debug mode: something wrote outside the memory.</exception>
    public void Dispose()
    {
        if (_block is not null && _block.TryEndLoan(_ticket) && !_block.IsBorrowed)
        {
            _block.Pool.Return(_block);
        }
    }

    /// <summary>The same loan.</summary>
    public bool Equals(MemoryLease other) => ReferenceEquals(_block, other._block) && _ticket == other._ticket;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is MemoryLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_block, _ticket);

    /// <summary>The same loan.</summary>
    public static bool operator ==(MemoryLease left, MemoryLease right) => left.Equals(right);

    /// <summary>Different loans.</summary>
    public static bool operator !=(MemoryLease left, MemoryLease right) => !left.Equals(right);

    private Block LentBlock()
    {
        Block? block = _block;
        if (block is null || !block.IsLent(_ticket))
        {
            ThrowEnded();
        }

        return block;
    }

    [DoesNotReturn]
    private static void ThrowEnded() =>
        throw new ObjectDisposedException(nameof(MemoryLease), "The memory was given back to its pool.");
}
