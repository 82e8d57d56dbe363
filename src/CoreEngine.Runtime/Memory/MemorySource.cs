namespace CoreEngine.Runtime;

/// <summary>Where a pool's blocks come from: the host's memory, or that of one accelerator.</summary>
/// <remarks>
/// Pools call it only when no free block fits, so it may be slow. Every method may be called from any thread, from the
/// finaliser's as well.
/// </remarks>
public abstract class MemorySource
{
    /// <summary>The host's ordinary memory, with huge pages for large blocks.</summary>
    public static MemorySource Host => HostMemorySource.Instance;

    /// <summary>True when the host can read and write the memory; debug mode then guards and poisons it.</summary>
    public abstract bool IsHostVisible { get; }

    /// <summary>Bytes that a pool may reserve when nobody sets another limit.</summary>
    public abstract long DefaultLimit { get; }

    /// <summary>Gets memory that does not move.</summary>
    /// <param name="bytes">How much, in bytes, at least 64.</param>
    /// <param name="alignment">A power of two that divides the address: 64, or 2 MiB for blocks of 4 MiB and more.</param>
    /// <returns>The address, or 0 when the memory is exhausted.</returns>
    public abstract nint TryAllocate(long bytes, long alignment);

    /// <summary>Gives back what <see cref="TryAllocate"/> returned for the same size and alignment.</summary>
    public abstract void Free(nint address, long bytes, long alignment);
}
