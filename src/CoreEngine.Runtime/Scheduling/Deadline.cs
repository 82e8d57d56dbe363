using System.Diagnostics;

namespace CoreEngine.Runtime;

/// <summary>When a wait has to end: after a time, or when a token is cancelled, or never.</summary>
internal readonly struct Deadline
{
    private readonly long _end;

    public Deadline(TimeSpan? timeout, CancellationToken token)
    {
        Token = token;
        if (timeout is not { } time || time == Timeout.InfiniteTimeSpan)
        {
            Time = Timeout.InfiniteTimeSpan;
            _end = long.MaxValue;
            return;
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(timeout));
        Time = time;
        double ticks = time.TotalSeconds * Stopwatch.Frequency;
        long now = Stopwatch.GetTimestamp();
        _end = ticks < long.MaxValue - now ? now + (long)ticks : long.MaxValue;
    }

    /// <summary>The token.</summary>
    public CancellationToken Token { get; }

    /// <summary>The time that was given.</summary>
    public TimeSpan Time { get; }

    /// <summary>Whether there is no time limit.</summary>
    public bool IsInfinite => _end == long.MaxValue;

    /// <summary>Whether the time is over.</summary>
    public bool IsOver => !IsInfinite && Stopwatch.GetTimestamp() >= _end;

    /// <summary>What is left of the time.</summary>
    public TimeSpan Remaining =>
        IsInfinite
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromSeconds(Math.Max(0, _end - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency);
}
