using CoreEngine.Runtime;

namespace CoreEngine.Perf;

/// <summary>
/// The engine of a measurement, until it is disposed: on one thread the caller runs everything itself, since a worker
/// beside it would be a second thread.
/// </summary>
internal sealed class BenchEngine : IDisposable
{
    private readonly Engine _before = Engine.Default;
    private readonly Engine _engine;

    public BenchEngine(int threads)
    {
        _engine = threads == 1 ? new NaiveEngine() : new ThreadedEngine();
        Engine.Default = _engine;
    }

    public void Dispose()
    {
        Engine.Default = _before;
        _engine.Dispose();
    }
}
