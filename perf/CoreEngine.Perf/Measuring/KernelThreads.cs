using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Gives our kernels so many threads until it is disposed.</summary>
internal sealed class KernelThreads : IDisposable
{
    private readonly KernelTeam _before = KernelTeam.Default;
    private readonly KernelTeam _team;

    public KernelThreads(int count)
    {
        _team = new KernelTeam(count);
        KernelTeam.Default = _team;
    }

    public void Dispose()
    {
        KernelTeam.Default = _before;
        _team.Dispose();
    }
}
