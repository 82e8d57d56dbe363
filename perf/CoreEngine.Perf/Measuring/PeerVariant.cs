using System.Diagnostics;

namespace CoreEngine.Perf;

/// <summary>
/// One way to run a peer, for example with one thread, with two, or in another process. A peer is taken at the best of its
/// variants, case by case.
/// </summary>
/// <param name="Name">What distinguishes this variant, for example <c>2 threads</c>.</param>
/// <param name="Run">Runs the work so many times in a row and returns the seconds that all of them took.</param>
public sealed record PeerVariant(string Name, Func<int, double> Run)
{
    /// <summary>A variant that runs in this process.</summary>
    /// <param name="name">What distinguishes it.</param>
    /// <param name="body">The peer's work, one call.</param>
    /// <param name="prepare">Runs before the clock starts, for example to set the peer's number of threads.</param>
    public static PeerVariant Here(string name, Action body, Action? prepare = null) =>
        new(
            name,
            repeats =>
            {
                prepare?.Invoke();
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < repeats; i++)
                {
                    body();
                }

                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        );
}
