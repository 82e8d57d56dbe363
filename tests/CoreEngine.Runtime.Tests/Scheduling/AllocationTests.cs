using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>Budgets: what a push may allocate once everything is warm is nothing.</summary>
[TestClass]
[DoNotParallelize]
public sealed class AllocationTests : EngineTestBase
{
    private const int Operations = 20_000;

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void A_push_allocates_nothing(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var[] v = Vars(engine, 50);
        NothingBody body = new();
        WarmUp(engine, body, v, useBulk: false);
        long best = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            PushAll(engine, body, v, useBulk: false);
            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.AreEqual(0, best);
    }

    [TestMethod]
    public void Nor_do_the_workers()
    {
        ThreadedEngine engine = Threaded(2);
        Var[] v = Vars(engine, 50);
        NothingBody body = new();
        WarmUp(engine, body, v, useBulk: false);
        long best = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            PushAll(engine, body, v, useBulk: false);
            best = Math.Min(best, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        // Other threads of the test host allocate a little now and then; a byte for every push would be 20,000.
        Assert.IsLessThan(Operations / 10, best);
    }

    [TestMethod]
    public void A_bulk_allocates_nothing_for_each_push()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 50);
        NothingBody body = new();
        WarmUp(engine, body, v, useBulk: true);
        long best = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            PushAll(engine, body, v, useBulk: true);
            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        // The scope itself and its two lists.
        Assert.IsLessThan(Operations / 4, best);
    }

    [TestMethod]
    public void A_wait_allocates_nothing()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 2);
        NothingBody body = new();
        long best = long.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int k = 0; k < 100; k++)
            {
                engine.Push(body, [v[0]], [v[1]], PushOptions.Cpu);
                engine.WaitForVar(v[1]);
                engine.WaitForVarExclusive(v[0]);
                engine.WaitForAll();
            }
            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.AreEqual(0, best);
    }

    // However the threads are scheduled later on, no more records can be in use than while the workers stand still.
    private static void WarmUp(Engine engine, OperationBody body, Var[] v, bool useBulk)
    {
        for (int i = 0; i < 2; i++)
        {
            engine.Suspend();
            PushWithoutWait(engine, body, v, useBulk);
            PushWithoutWait(engine, body, v, useBulk, Operations / 4);
            engine.Resume();
            engine.WaitForAll();
        }
        PushAll(engine, body, v, useBulk);
    }

    private static void PushAll(Engine engine, OperationBody body, Var[] v, bool useBulk)
    {
        PushWithoutWait(engine, body, v, useBulk);
        engine.WaitForAll();
    }

    private static void PushWithoutWait(
        Engine engine,
        OperationBody body,
        Var[] v,
        bool useBulk,
        int operations = Operations
    )
    {
        using IDisposable? bulk = useBulk ? engine.Bulk(10) : null;
        for (int i = 0; i < operations; i++)
        {
            ReadOnlySpan<Var> reads = v.AsSpan(i % 40, 2);
            ReadOnlySpan<Var> writes = v.AsSpan((i % 40) + 5, 1);
            engine.Push(body, reads, writes, new PushOptions(Device.Cpu(), i % 3));
        }
    }

    private sealed class NothingBody : OperationBody
    {
        public override string Name => "nothing";

        public override void Execute(ref OperationContext context) { }
    }
}
