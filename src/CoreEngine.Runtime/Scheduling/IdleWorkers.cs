using System.Diagnostics;

namespace CoreEngine.Runtime;

/// <summary>How many workers of a lane sleep or look for work, and where they sleep.</summary>
internal sealed class IdleWorkers(int spinMicroseconds) : Padded
{
    private const int OneSearching = 1 << 16;
    private const int ParkedMask = OneSearching - 1;

    /// <summary>
    /// After so many ticks a thread that spins lets others onto its processor now and then: when processors are
    /// scarce, what it waits for may be waiting for this very one.
    /// </summary>
    public static readonly long PoliteAfterTicks = Stopwatch.Frequency * 4 / 1_000_000;

    private readonly long _spinTicks = Stopwatch.Frequency * spinMicroseconds / 1_000_000;

    // Sleeping workers in the low half, searching ones in the high half. A worker is counted as searching from the
    // moment somebody decides to wake it, so that a burst of pushes wakes one worker and not one for each push.
    private int _idle;

    /// <summary>Where they sleep.</summary>
    public Parking Parking { get; } = new();

    /// <summary>Wakes a worker, unless none sleeps or one is looking for work anyway.</summary>
    /// <returns>Whether one was woken.</returns>
    public bool TryWake()
    {
        while (true)
        {
            int idle = Volatile.Read(ref _idle);
            if (idle is 0 or >= OneSearching)
            {
                return false;
            }
            if (Interlocked.CompareExchange(ref _idle, idle - 1 + OneSearching, idle) == idle)
            {
                Parking.Release();
                return true;
            }
        }
    }

    /// <summary>
    /// A worker starts to look for work. False when one does already, or when workers are not to spin: then it should
    /// sleep.
    /// </summary>
    public bool TryBeginSearch()
    {
        while (_spinTicks != 0)
        {
            int idle = Volatile.Read(ref _idle);
            if (idle >= OneSearching)
            {
                return false;
            }
            if (Interlocked.CompareExchange(ref _idle, idle + OneSearching, idle) == idle)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A worker has found work and stops searching. The caller then looks for more work once again.</summary>
    public void EndSearch() => Interlocked.Add(ref _idle, -OneSearching);

    /// <summary>How long a search lasts, in ticks of the stopwatch.</summary>
    public long SpinTicks => _spinTicks;

    /// <summary>A worker is about to sleep. After this it must look for work once more.</summary>
    public void BeginPark(bool wasSearching) => Interlocked.Add(ref _idle, wasSearching ? 1 - OneSearching : 1);

    /// <summary>
    /// The worker did find work. True when it is free to go; false when it is being woken already, so that it has to
    /// take its token, and counts as searching.
    /// </summary>
    public bool TryCancelPark()
    {
        while (true)
        {
            int idle = Volatile.Read(ref _idle);
            if ((idle & ParkedMask) == 0)
            {
                return false;
            }
            if (Interlocked.CompareExchange(ref _idle, idle - 1, idle) == idle)
            {
                return true;
            }
        }
    }
}
