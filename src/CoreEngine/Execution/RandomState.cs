using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// The seed of all random operators. Each call takes the next stream when it is made, so a program that makes the same
/// calls after the same seed gets the same numbers, whatever the number of workers.
/// </summary>
public static class RandomState
{
    private static readonly Lock s_lock = new();
    private static ulong s_seed;
    private static ulong s_stream;

    /// <summary>Restarts the sequence of random numbers.</summary>
    public static void Seed(ulong seed)
    {
        lock (s_lock)
        {
            s_seed = seed;
            s_stream = 0;
        }
    }

    /// <summary>Takes some streams; the first is returned, the others have the numbers after it.</summary>
    internal static RandomStream Next(int count = 1)
    {
        lock (s_lock)
        {
            var first = new RandomStream(s_seed, s_stream);
            s_stream += (ulong)count;
            return first;
        }
    }
}
