using System.Diagnostics;

namespace CoreEngine;

/// <summary>
/// How long the runs of some piece of work last, as measured. A graph's cost cannot be told from its shapes alone; but
/// it has the same shapes each time, so the runs before tell it.
/// </summary>
internal struct RunTime
{
    // About what it costs to hand work to a thread that sleeps and to be woken by it.
    private static readonly long s_quick = Stopwatch.Frequency * 50 / 1_000_000;

    // A run that lasts longer than was expected says little: perhaps its thread was interrupted.
    private const int Inertia = 8;

    // As long as nothing was measured, work counts as long.
    private long _ticks = s_quick + 1;

    /// <summary>Work of which nothing is known.</summary>
    public RunTime() { }

    /// <summary>Work that takes next to no time.</summary>
    internal static RunTime Nothing => new() { _ticks = 0 };

    /// <summary>
    /// Whether works that run one after another are over before another thread would have begun: they may then run on
    /// the thread that asks for them.
    /// </summary>
    internal static bool AreQuick(ReadOnlySpan<RunTime> works)
    {
        long sum = 0;
        foreach (ref readonly RunTime work in works)
        {
            sum += Volatile.Read(in work._ticks);
            if (sum > s_quick)
                return false;
        }

        return true;
    }

    /// <summary>Takes note of a run that began at a timestamp and is over now.</summary>
    internal void Note(long began)
    {
        long ticks = Stopwatch.GetTimestamp() - began;
        long known = _ticks;
        // Threads may do this at once; each of their estimates is as good.
        Volatile.Write(ref _ticks, ticks <= known ? ticks : known + ((ticks - known) / Inertia) + 1);
    }
}
