namespace CoreEngine.Runtime;

/// <summary>
/// Native memory on loan from a <see cref="StoragePool"/>, as an object. It goes back to its pool on
/// <see cref="Dispose"/>, exactly once however often that is called, or when the garbage collector finds it forgotten.
/// </summary>
/// <remarks>
/// The object costs 40 bytes of managed heap and has no finaliser of its own (the pooled block behind it has one), so
/// it is as cheap as an object can be. It is never reused: an owner who keeps it after <see cref="Dispose"/> can reach
/// nobody else's memory. Where even that object is too much, <see cref="StoragePool.Lease"/> gives the bare lease.
/// Keep the buffer reachable while its pointer is in use (<see cref="GC.KeepAlive"/> in doubt).
/// </remarks>
public sealed unsafe class Buffer : IDisposable
{
    private readonly MemoryLease _lease;

    internal Buffer(MemoryLease lease) => _lease = lease;

    /// <summary>The first byte: a multiple of 64, of 2 MiB for blocks of 4 MiB and more.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed of.</exception>
    public void* Pointer => _lease.Pointer;

    /// <summary>Bytes asked for.</summary>
    public long Length => _lease.Length;

    /// <summary>Where the memory lives.</summary>
    public Device Device => _lease.Device;

    /// <summary>True after <see cref="Dispose"/>.</summary>
    public bool IsDisposed => !_lease.IsLent;

    /// <summary>Gives the memory back to its pool.</summary>
    /// <exception cref="MemoryCorruptionException">Debug mode: something wrote outside the memory.</exception>
    public void Dispose() => _lease.Dispose();
}
