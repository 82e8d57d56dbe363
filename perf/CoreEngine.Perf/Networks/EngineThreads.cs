using CoreEngine.Runtime;

namespace CoreEngine.Perf;

/// <summary>
/// Makes an engine whose operators run one at a time, each on so many threads, the process's engine until it is disposed.
/// Arrays belong to the engine under which they were made.
/// </summary>
internal sealed class EngineThreads : IDisposable
{
    private readonly Engine _before = Engine.Default;
    private readonly Engine _engine = new ThreadedEngine(new EngineOptions { CpuWorkers = 1 });
    private readonly KernelThreads _kernels;

    public EngineThreads(int count)
    {
        _kernels = new KernelThreads(count);
        Engine.Default = _engine;
    }

    public void Dispose()
    {
        _engine.WaitForAll();
        Engine.Default = _before;
        _engine.Dispose();
        _kernels.Dispose();
    }
}
