using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>
/// The memory behind one or more arrays (an array and its views) and the variable that orders access to it. Counted:
/// when the last array lets go, the memory goes back to its pool as soon as the last operation on it has finished.
/// </summary>
/// <remarks>
/// Pending operations keep this object reachable, through its variable. A forgotten one needs no finaliser of its own: the pool takes memory
/// back whose lease nobody can reach.
/// </remarks>
internal sealed unsafe class ArrayStorage : OperationBody
{
    private readonly MemoryLease _memory;

    // What a sparse array holds, or the owner of memory that is somebody else's: one field keeps every array small.
    private readonly object? _contents;
    private int _hostWrites;
    private int _references = 1;

    private ArrayStorage(MemoryLease memory, Device device, IDisposable? owner = null)
    {
        _memory = memory;
        _contents = owner;
        Device = device;
        Variable = Engine.Default.NewVar(contents: this);
    }

    private ArrayStorage(SparseStorage sparse)
    {
        _contents = sparse;
        Device = sparse.Device;
        Variable = Engine.Default.NewVar(contents: this);
    }

    internal Var Variable { get; }

    internal Device Device { get; }

    internal long Length => _memory.Length;

    /// <summary>What a sparse array holds; null for dense memory.</summary>
    internal SparseStorage? Sparse => _contents as SparseStorage;

    /// <summary>The memory, if other processes see it.</summary>
    internal SharedMemory? Shared => _contents as SharedMemory;

    /// <summary>
    /// How often a write was scheduled or the host was given the memory for writing; tells autograd that a recorded
    /// array was overwritten.
    /// </summary>
    internal long Writes => Variable.Version + Volatile.Read(ref _hostWrites);

    /// <summary>The loan behind this storage. Keep this object reachable while using it.</summary>
    internal MemoryLease Memory => _memory;

    /// <summary>The first byte, of a sparse array of its stored values. Keep this object reachable while using it.</summary>
    internal byte* Pointer => Sparse is null ? (byte*)_memory.Pointer : (byte*)Sparse.View.Data;

    internal bool IsAlive => Volatile.Read(ref _references) > 0;

    public override string Name => "delete_array";

    public override bool IsQuick => true;

    /// <summary>Memory for <paramref name="bytes"/> bytes, not cleared.</summary>
    /// <exception cref="EngineException">No such device, or no memory left.</exception>
    internal static ArrayStorage Allocate(Device device, long bytes) =>
        device.Type == DeviceType.CpuShared && device.IsValid
            ? On(SharedMemory.Create(Math.Max(bytes, 1)), bytes, device)
            : new ArrayStorage(StoragePool.For(device).Lease(bytes), device);

    /// <summary>The storage on memory that other processes see.</summary>
    internal static ArrayStorage On(SharedMemory memory, long bytes, Device device) =>
        Borrow(memory.Pointer, bytes, device, memory);

    /// <summary>
    /// The storage on memory of somebody else, who is told (by <see cref="IDisposable.Dispose"/>) when nothing uses it any
    /// more. An owner with a finalizer also learns of storage that was forgotten.
    /// </summary>
    internal static ArrayStorage Borrow(void* memory, long bytes, Device device, IDisposable owner) =>
        new(MemoryLease.Borrow(memory, bytes, Device.Cpu()), device, owner);

    /// <summary>The storage of a sparse array.</summary>
    internal static ArrayStorage Of(SparseStorage sparse) => new(sparse);

    /// <summary>Takes over memory that somebody else borrowed from a pool.</summary>
    internal static ArrayStorage Adopt(MemoryLease memory) => new(memory, memory.Device);

    internal void CountHostWrite() => Interlocked.Increment(ref _hostWrites);

    internal void Retain()
    {
        if (Interlocked.Increment(ref _references) <= 1)
        {
            Interlocked.Decrement(ref _references);
            throw new ObjectDisposedException(nameof(NDArray));
        }
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            Variable.Engine.DeleteVar(Variable, this);
    }

    public override void Execute(ref OperationContext context)
    {
        _memory.Dispose();
        (_contents as IDisposable)?.Dispose();
        Sparse?.Release();
    }
}
