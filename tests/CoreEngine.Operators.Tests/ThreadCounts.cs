using CoreEngine.Kernels;

namespace CoreEngine.Operators.Tests;

/// <summary>Runs with kernels on a number of threads.</summary>
internal static class ThreadCounts
{
    /// <summary>What a run gives with so many threads.</summary>
    internal static T With<T>(int threads, Func<T> run)
    {
        KernelTeam before = KernelTeam.Default;
        using var team = new KernelTeam(threads);
        try
        {
            KernelTeam.Default = team;
            return run();
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    /// <summary>Fails unless a run gives the same with one, two and three threads.</summary>
    /// <returns>What it gives.</returns>
    internal static T[] AreAlike<T>(Func<T[]> run)
    {
        T[] one = With(1, run);
        CollectionAssert.AreEqual(one, With(2, run));
        CollectionAssert.AreEqual(one, With(3, run));
        return one;
    }
}
