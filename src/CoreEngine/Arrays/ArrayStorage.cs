using CoreEngine.Runtime;
using Buffer = CoreEngine.Runtime.Buffer;

namespace CoreEngine;

/// <summary>
/// The memory behind one or more arrays (an array and its views) and the variable that orders access to it. Counted:
/// when the last array lets go, the memory goes back to its pool as soon as the last operation on it has finished.
/// </summary>
internal sealed unsafe class ArrayStorage : OperationBody
{
    private readonly Buffer _buffer;
    private readonly Engine _engine;
    private long _writes;
    private int _references = 1;

    private ArrayStorage(Buffer buffer)
    {
        _buffer = buffer;
        _engine = Engine.Default;
        Variable = _engine.NewVar();
    }

    /// <summary>A forgotten array: nobody disposed it, so its memory goes back here.</summary>
    ~ArrayStorage()
    {
        if (Volatile.Read(ref _references) > 0)
            Free();
    }

    internal Var Variable { get; }

    internal Device Device => _buffer.Device;

    internal long Length => _buffer.Length;

    /// <summary>How often a write was scheduled; tells autograd that a recorded array was overwritten.</summary>
    internal long Writes => Volatile.Read(ref _writes);

    /// <summary>The first byte. Keep this object reachable while using it.</summary>
    internal byte* Pointer => (byte*)_buffer.Pointer;

    internal bool IsAlive => Volatile.Read(ref _references) > 0;

    public override string Name => "delete_array";

    /// <summary>Memory for <paramref name="bytes"/> bytes, not cleared.</summary>
    /// <exception cref="EngineException">No such device, or no memory left.</exception>
    internal static ArrayStorage Allocate(Device device, long bytes) => new(StoragePool.For(device).Allocate(bytes));

    internal void CountWrite() => Interlocked.Increment(ref _writes);

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
        {
            GC.SuppressFinalize(this);
            Free();
        }
    }

    private void Free() => _engine.DeleteVar(Variable, this);

    public override void Execute(ref OperationContext context) => _buffer.Dispose();
}
