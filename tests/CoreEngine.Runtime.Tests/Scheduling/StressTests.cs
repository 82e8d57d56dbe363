using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class StressTests : EngineTestBase
{
    private const int Threads = 8;

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(8)]
    public void Eight_threads_push_conflicting_operations(int workers)
    {
        ThreadedEngine engine = Threaded(workers);
        const int Each = 5000;
        Var[] v = Vars(engine, 10);
        int[] inside = new int[v.Length];
        long[] sums = new long[v.Length];
        OnThreads(thread =>
        {
            Random random = new(thread);
            for (int i = 0; i < Each; i++)
            {
                int read = random.Next(v.Length);
                int write = random.Next(v.Length);
                int second = random.Next(v.Length);
                TestBody body = new(
                    "conflict",
                    _ =>
                    {
                        // Writers are alone; a torn order of two pushes would deadlock here or break this.
                        Assert.AreEqual(1, Interlocked.Increment(ref inside[write]));
                        sums[write]++;
                        Interlocked.Decrement(ref inside[write]);
                    },
                    null
                );
                engine.Push(body, [v[read], v[second]], [v[write]], PushOptions.Cpu);
                if (random.Next(300) == 0)
                {
                    engine.WaitForVar(v[write], Long);
                }
                if (random.Next(300) == 0)
                {
                    engine.WaitForVarExclusive(v[read], Long);
                }
            }
        });
        engine.WaitForAll(Long);
        Assert.AreEqual(Threads * Each, sums.Sum());
    }

    [TestMethod]
    public void Pushes_with_opposite_orders_of_variables_do_not_deadlock()
    {
        ThreadedEngine engine = Threaded(4);
        Var[] v = Vars(engine, 3);
        TestBody body = Body("swap");
        OnThreads(thread =>
        {
            for (int i = 0; i < 5000; i++)
            {
                Var a = v[thread % 3];
                Var b = v[(thread + 1) % 3];
                body.Push(engine, [a], [b]);
                body.Push(engine, [b], [a]);
            }
        });
        engine.WaitForAll(Long);
        Assert.AreEqual(Threads * 10_000, body.Executions);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Operations_push_operations(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var root = engine.NewVar();
        int leaves = 0;
        Grow(0, root);
        engine.WaitForAll(Long);
        Assert.AreEqual(1 << 12, leaves);

        void Grow(int depth, Var parent)
        {
            Var own = engine.NewVar();
            Body(
                    "node",
                    _ =>
                    {
                        if (depth == 12)
                        {
                            Interlocked.Increment(ref leaves);
                            return;
                        }
                        Grow(depth + 1, own);
                        Grow(depth + 1, own);
                    }
                )
                .Push(engine, [parent], [own]);
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void What_an_operation_pushes_on_its_own_variables_comes_after_it(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        List<int> order = [];
        Body(
                "outer",
                _ =>
                {
                    order.Add(1);
                    Body("inner", _ => order.Add(3)).Push(engine, [var], [var]);
                    order.Add(2);
                }
            )
            .Push(engine, [], [var]);
        engine.WaitForAll(Long);
        CollectionAssert.AreEqual(new[] { 1, 2, 3 }, order);
    }

    [TestMethod]
    public void A_chain_through_all_lanes_from_many_threads()
    {
        ThreadedEngine engine = Threaded(2);
        Var var = engine.NewVar();
        long count = 0;
        OnThreads(thread =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Device device = i % 2 == 0 ? Device.Gpu(thread % 2) : Device.Cpu(thread % 3);
                OperationProperty property = (OperationProperty)(i % 4);
                engine.Push("count", () => count++, [var], [var], new PushOptions(device, i % 5, property));
            }
        });
        engine.WaitForVar(var, Long);
        Assert.AreEqual(Threads * 1000, count);
    }

    [TestMethod]
    public void Readers_run_at_the_same_time()
    {
        ThreadedEngine engine = Threaded(3);
        Var var = engine.NewVar();
        using Barrier all = new(3);
        for (int i = 0; i < 3; i++)
        {
            Body("reader", _ => Assert.IsTrue(all.SignalAndWait(Long))).Push(engine, [var], []);
        }
        engine.WaitForAll(Long);
    }

    [TestMethod]
    public void A_far_ahead_thread_is_never_blocked()
    {
        ThreadedEngine engine = Threaded(1, o => o with { BacklogLimit = 16 });
        Var var = engine.NewVar();
        Gate gate = Block(engine, writes: [var]);
        TestBody body = Body("behind");
        for (int i = 0; i < 20_000; i++)
        {
            body.Push(engine, [var], []);
        }
        gate.Open();
        engine.WaitForAll(Long);
        Assert.AreEqual(20_000, body.Executions);
    }

    private static void OnThreads(Action<int> work)
    {
        Thread[] threads = new Thread[Threads];
        Exception? error = null;
        for (int i = 0; i < Threads; i++)
        {
            int index = i;
            threads[i] = new Thread(() =>
            {
                try
                {
                    work(index);
                }
                catch (Exception e)
                {
                    error = e;
                }
            });
            threads[i].Start();
        }
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
        Assert.IsNull(error);
    }
}
