namespace CoreEngine.Runtime;

/// <summary>The newest events of one thread.</summary>
internal sealed class ProfilerRing(int session, int capacity, string threadName, int threadId)
{
    // Only its thread adds; the lock is contended only in the moment in which a trace is written.
    private readonly Lock _lock = new();
    private readonly ProfilerEvent[] _events = new ProfilerEvent[capacity];
    private long _added;

    /// <summary>Which start of the profiler it belongs to.</summary>
    public int Session { get; } = session;

    /// <summary>The thread's name in the trace.</summary>
    public string ThreadName { get; } = threadName;

    /// <summary>The thread's number in the trace.</summary>
    public int ThreadId { get; } = threadId;

    /// <summary>Adds an event, over the oldest one when the ring is full.</summary>
    public void Add(in ProfilerEvent added)
    {
        lock (_lock)
        {
            _events[_added % _events.Length] = added;
            _added++;
        }
    }

    /// <summary>The events, oldest first, and how many were dropped.</summary>
    public (ProfilerEvent[] Events, long Dropped) Copy()
    {
        lock (_lock)
        {
            int count = (int)Math.Min(_added, _events.Length);
            ProfilerEvent[] copy = new ProfilerEvent[count];
            for (int i = 0; i < count; i++)
            {
                copy[i] = _events[(_added - count + i) % _events.Length];
            }
            return (copy, _added - count);
        }
    }
}
