using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Native buffers that belong to one thread and live as long as it: packed operands need them in every call, and neither
/// the heap nor a pool should be asked each time.
/// </summary>
/// <remarks>
/// Bounded: a thread holds at most one block of each operand, about 9 MB for float32 (see <see cref="GemmKernels{T}"/>), and one strip of
/// converted results (4 MB), and one block of what the other kernels keep beside them: weights, sums, rows. A pointer stays valid until the same thread asks for the same slot again.
/// </remarks>
internal sealed unsafe class PackArena
{
    [ThreadStatic]
    private static PackArena? t_arena;

    private readonly void*[] _blocks = new void*[(int)Slot.Count];
    private readonly long[] _sizes = new long[(int)Slot.Count];

    private PackArena() { }

    ~PackArena()
    {
        foreach (void* block in _blocks)
        {
            NativeMemory.AlignedFree(block);
        }
    }

    /// <summary>What a buffer is for; each purpose has one buffer, so nested users do not clash.</summary>
    internal enum Slot
    {
        Left,
        Right,
        Result,
        Vector,
        Aside,
        Count,
    }

    /// <summary>This thread's buffer for a purpose: at least so many bytes, 4096-byte aligned, content undefined.</summary>
    internal static void* Get(Slot slot, long bytes)
    {
        PackArena arena = t_arena ??= new PackArena();
        return arena._sizes[(int)slot] >= bytes ? arena._blocks[(int)slot] : arena.Grow(slot, bytes);
    }

    private void* Grow(Slot slot, long bytes)
    {
        long size = Math.Max(64 << 10, (bytes + 0xFFFF) & ~0xFFFFL);
        NativeMemory.AlignedFree(_blocks[(int)slot]);
        _blocks[(int)slot] = null;
        _sizes[(int)slot] = 0;
        _blocks[(int)slot] = NativeMemory.AlignedAlloc((nuint)size, 4096);
        _sizes[(int)slot] = size;
        return _blocks[(int)slot];
    }
}
