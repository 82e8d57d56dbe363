using CoreEngine.Runtime;

namespace CoreEngine.Runtime.Tests.Memory;

/// <summary>The host's memory, counted, and exhausted when told so.</summary>
internal sealed class TestSource : MemorySource
{
    private long _held;

    public long Held => Volatile.Read(ref _held);

    public bool Exhausted { get; set; }

    /// <summary>Called after each request that found the source exhausted.</summary>
    public Action? Refused { get; set; }

    public bool HostVisible { get; init; } = true;

    public override bool IsHostVisible => HostVisible;

    public override long DefaultLimit => 1L << 40;

    public override nint TryAllocate(long bytes, long alignment)
    {
        nint address = Exhausted ? 0 : Host.TryAllocate(bytes, alignment);
        if (address != 0)
        {
            Interlocked.Add(ref _held, bytes);
        }
        else
        {
            Refused?.Invoke();
        }

        return address;
    }

    public override void Free(nint address, long bytes, long alignment)
    {
        Interlocked.Add(ref _held, -bytes);
        Host.Free(address, bytes, alignment);
    }
}
