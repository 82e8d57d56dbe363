using CoreEngine.Graphs;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Execution;

/// <summary>Graphs whose runs turned out to be short run on the thread that asks for them; all others never do.</summary>
[TestClass]
public sealed unsafe class QuickGraphTests : EngineTestBase
{
    private readonly Engine _engine = Engine.Create(new EngineOptions { Kind = EngineKind.Threaded });
    private readonly Engine _before = Engine.Default;
    private int _thread;
    private int _milliseconds;

    [TestInitialize]
    public void UseAnEngineWithWorkers() => Engine.Default = _engine;

    [TestCleanup]
    public void UseTheEngineBefore()
    {
        Engine.Default = _before;
        _engine.Dispose();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_quick_graph_runs_at_once_and_computes_the_same(bool isCached)
    {
        // On a machine that is busy it takes some runs until one of them was not interrupted.
        const int Most = 100_000;
        int before = 0;
        RunMany(
            isCached,
            userCode: false,
            ranAtOnce =>
            {
                before++;
                return !ranAtOnce && before < Most;
            }
        );
        Assert.IsLessThan(Most, before, "no run happened on this thread");
        int left = 100;
        RunMany(isCached, userCode: false, _ => --left > 0);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_slow_graph_never_holds_up_its_caller(bool isCached)
    {
        _milliseconds = 2;
        int left = 20;
        RunMany(
            isCached,
            userCode: false,
            ranAtOnce =>
            {
                Assert.IsFalse(ranAtOnce);
                return --left > 0;
            }
        );
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Code_of_users_never_holds_up_its_caller(bool isCached)
    {
        int left = 1_000;
        RunMany(
            isCached,
            userCode: true,
            ranAtOnce =>
            {
                Assert.IsFalse(ranAtOnce);
                return --left > 0;
            }
        );
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_graph_that_becomes_slow_leaves_its_callers_thread(bool isCached)
    {
        int runs = 0;
        int slow = 0;
        bool last = true;
        RunMany(
            isCached,
            userCode: false,
            ranAtOnce =>
            {
                last = ranAtOnce;
                if (ranAtOnce)
                    _milliseconds = 2;
                slow += _milliseconds > 0 ? 1 : 0;
                return ++runs < 100_000 && slow < 10;
            }
        );
        Assert.AreEqual(10, slow, "no run happened on this thread");
        Assert.IsFalse(last);
    }

    // Runs y = x + 1 until the callback has enough; it is told whether the run was over when the call returned.
    private void RunMany(bool isCached, bool userCode, Func<bool, bool> goesOn)
    {
        BoundOperator add = new OperatorDef("add_one")
        {
            RunsUserCode = userCode,
            Kernel = (ref context) =>
            {
                if (_milliseconds > 0)
                    Thread.Sleep(_milliseconds);
                context.Output(0).As<float>()[0] = context.Input(0).As<float>()[0] + 1;
                Volatile.Write(ref _thread, Environment.CurrentManagedThreadId);
            },
        }.Bind();
        Symbol x = Symbol.Variable("x");
        var symbol = new Symbol(new NodeEntry(new Node(add, "add", [x.Entries[0]]), 0));
        using NDArray input = NDArray.Zeros([1]);
        using NDArray output = NDArray.Zeros([1]);
        using Executor executor = Executor.Bind(symbol, [input]);
        var cached = new CachedOp(symbol);
        bool more = true;
        for (int run = 0; more; run++)
        {
            input.CopyFrom<float>([run]);
            Volatile.Write(ref _thread, 0);
            if (isCached)
                cached.Invoke([input], [output]);
            else
                executor.Forward();
            bool atOnce = Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId;
            Assert.AreEqual(run + 1, (isCached ? output : executor.Outputs[0]).ToScalar<float>());
            more = goesOn(atOnce);
        }
    }
}
