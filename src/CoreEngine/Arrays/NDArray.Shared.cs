using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

public sealed unsafe partial class NDArray
{
    /// <summary>
    /// Makes the values visible to another process of this machine, after waiting for pending writes: an array on
    /// <c>cpu_shared</c> itself, of any other a copy. Each call is for one receiver, who must open the memory once.
    /// </summary>
    /// <returns>The numbers that <see cref="FromSharedMemory"/> takes there.</returns>
    /// <exception cref="SharedMemoryException">The system has no room for it, or no shared memory.</exception>
    /// <exception cref="EngineException">The array is sparse or not in host memory.</exception>
    public (int ProcessId, int Id) ToSharedMemory()
    {
        RequireDense(nameof(ToSharedMemory));
        if (!Device.IsHost)
            throw new EngineException($"ToSharedMemory: the array is on {Device}; copy it to the CPU first.");
        WaitToRead();
        if (Storage.Shared is { } shared && _byteOffset == 0)
        {
            shared.AddReference();
            return (shared.ProcessId, shared.Id);
        }

        long bytes = ByteLength(Shape, DType);
        using SharedMemory copy = SharedMemory.Create(Math.Max(bytes, 1));
        System.Buffer.MemoryCopy(Pointer, copy.Pointer, bytes, bytes);
        GC.KeepAlive(this);
        copy.AddReference();
        return (copy.ProcessId, copy.Id);
    }

    /// <summary>The array, on <c>cpu_shared(0)</c>, in memory that another process shares; both see what either writes.</summary>
    /// <param name="processId">The first number of <see cref="ToSharedMemory"/>.</param>
    /// <param name="id">The second number.</param>
    /// <param name="shape">The shape there.</param>
    /// <param name="dtype">The element type there.</param>
    /// <exception cref="SharedMemoryException">There is no such memory, or it is none of CoreEngine's.</exception>
    /// <exception cref="EngineException">The memory holds fewer values.</exception>
    public static NDArray FromSharedMemory(int processId, int id, Shape shape, DType dtype)
    {
        long bytes = ByteLength(shape, dtype);
        SharedMemory memory = SharedMemory.Open(processId, id);
        if (bytes > memory.Length)
        {
            long length = memory.Length;
            memory.Dispose();
            throw new EngineException(
                $"FromSharedMemory: an array {shape} of {dtype.Name()} takes {bytes} bytes, the shared memory has {length}."
            );
        }

        ArrayStorage storage = ArrayStorage.On(memory, bytes, memory.Device);
        var array = new NDArray(storage, byteOffset: 0, shape, dtype);
        storage.Release();
        return array;
    }
}
