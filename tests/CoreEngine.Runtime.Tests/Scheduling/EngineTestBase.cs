using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>Makes engines and checks after every test that nothing was left behind.</summary>
public abstract class EngineTestBase
{
    /// <summary>Far more than anything here takes; reached only when something hangs.</summary>
    protected static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly List<Engine> _engines = [];
    private readonly List<TestBody> _bodies = [];

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void NothingIsLeft()
    {
        foreach (Engine engine in _engines)
        {
            engine.Dispose();
            EngineStatistics statistics = engine.Statistics;
            Assert.AreEqual(0, statistics.Pending, "operations are pending");
            Assert.AreEqual(0, statistics.RecordsInUse, "records are in use");
            Assert.AreEqual(statistics.Pushed, statistics.Executed + statistics.Skipped, "operations were lost");
            Assert.AreEqual(0, statistics.Workers, "workers are running");
        }
        foreach (TestBody body in _bodies)
        {
            Assert.AreEqual(body.Pushes, body.FinishedCalls, $"{body.Name}: Finished calls per push");
        }
    }

    protected ThreadedEngine Threaded(int workers = 2, Func<EngineOptions, EngineOptions>? configure = null)
    {
        EngineOptions options = new() { CpuWorkers = workers };
        return Track(new ThreadedEngine(configure is null ? options : configure(options)));
    }

    protected NaiveEngine Naive() => Track(new NaiveEngine());

    protected Engine Make(EngineKind kind) => kind == EngineKind.Naive ? Naive() : Threaded();

    protected T Track<T>(T engine)
        where T : Engine
    {
        _engines.Add(engine);
        return engine;
    }

    /// <summary>A body whose pushes are counted against its Finished calls.</summary>
    protected TestBody Body(string name, ContextAction? execute = null, Action? finished = null)
    {
        TestBody body = new(name, execute, finished);
        lock (_bodies)
        {
            _bodies.Add(body);
        }
        return body;
    }

    protected static Var[] Vars(Engine engine, int count)
    {
        Var[] vars = new Var[count];
        for (int i = 0; i < count; i++)
        {
            vars[i] = engine.NewVar();
        }
        return vars;
    }

    /// <summary>Occupies one worker until the result is opened.</summary>
    protected Gate Block(Engine engine, Var[]? reads = null, Var[]? writes = null, PushOptions? options = null)
    {
        Gate gate = new();
        TestBody body = Body("gate", _ => gate.Hold());
        body.Push(engine, reads ?? [], writes ?? [], options ?? PushOptions.Cpu);
        Assert.IsTrue(gate.Entered.Wait(Long), "the gate's operation was never started");
        return gate;
    }
}
