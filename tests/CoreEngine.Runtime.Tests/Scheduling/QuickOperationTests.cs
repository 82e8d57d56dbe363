using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>A quick operation that nothing keeps waiting runs on the thread that pushes it; else it is as any other.</summary>
[TestClass]
public sealed class QuickOperationTests : EngineTestBase
{
    [TestMethod]
    public void It_has_run_when_the_push_returns()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 2);
        int thread = 0;
        for (int i = 1; i <= 100; i++)
        {
            TestBody body = Quick("quick", _ => thread = Environment.CurrentManagedThreadId);
            body.Push(engine, [v[0]], [v[1]]);
            Assert.AreEqual(1, body.FinishedCalls);
            Assert.AreEqual(Environment.CurrentManagedThreadId, thread);
            Assert.AreEqual(i, v[1].FinishedVersion);
        }
        Assert.AreEqual(100, engine.Statistics.Inlined);
    }

    [TestMethod]
    public void It_waits_for_a_writer_of_what_it_reads() => WaitsFor(gateWrites: true, quickWrites: false);

    [TestMethod]
    public void It_waits_for_a_writer_of_what_it_writes() => WaitsFor(gateWrites: true, quickWrites: true);

    [TestMethod]
    public void It_waits_for_a_reader_of_what_it_writes() => WaitsFor(gateWrites: false, quickWrites: true);

    private void WaitsFor(bool gateWrites, bool quickWrites)
    {
        ThreadedEngine engine = Threaded(2);
        Var[] shared = Vars(engine, 1);
        Var[] other = Vars(engine, 1);
        TestBody quick = Quick("quick");
        using (Block(engine, gateWrites ? other : shared, gateWrites ? shared : other))
        {
            quick.Push(engine, quickWrites ? [] : shared, quickWrites ? shared : []);
            Assert.AreEqual(0, quick.Executions);
        }
        engine.WaitForAll();
        Assert.AreEqual(1, quick.Executions);
    }

    [TestMethod]
    public void It_overtakes_what_it_has_nothing_to_do_with()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] blocked = Vars(engine, 1);
        Var[] free = Vars(engine, 1);
        using Gate gate = Block(engine, writes: blocked);
        TestBody quick = Quick("quick");
        quick.Push(engine, [], free);
        Assert.AreEqual(1, quick.Executions);
        engine.WaitForVar(free[0]);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Its_fault_comes_out_at_waits_and_not_at_the_push(bool inFinished)
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 2);
        static void Fail() => throw new InvalidOperationException("boom");
        TestBody broken = inFinished ? Body("broken", null, Fail) : Body("broken", _ => Fail());
        broken.Quick = true;
        broken.Push(engine, [], [v[0]]);
        TestBody dependent = Quick("dependent");
        dependent.Push(engine, [v[0]], [v[1]]);
        foreach (Var var in v)
        {
            OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var));
            Assert.AreEqual("broken", e.OperationName);
            Assert.AreEqual("boom", e.InnerException!.Message);
        }
        Assert.AreEqual(0, dependent.Executions);
        Quick("repaired").Push(engine, [], [v[0]]);
        engine.WaitForVar(v[0]);
        Assert.AreEqual(1, engine.Statistics.Failed);
        Assert.AreEqual(1, engine.Statistics.Skipped);
    }

    [TestMethod]
    public void What_it_pushes_runs_after_it_and_it_must_not_wait()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 1);
        List<string> order = [];
        TestBody inner = Quick("inner", _ => order.Add("inner"));
        TestBody outer = Quick(
            "outer",
            _ =>
            {
                inner.Push(engine, [], v);
                Assert.ThrowsExactly<WaitInsideOperationException>(() => engine.WaitForAll());
                order.Add("outer");
            }
        );
        outer.Push(engine, [], v);
        engine.WaitForAll();
        CollectionAssert.AreEqual(new[] { "outer", "inner" }, order);
    }

    [TestMethod]
    public void It_stays_in_an_open_bulk()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 1);
        List<int> order = [];
        TestBody quick = Quick("second", _ => order.Add(2));
        using (engine.Bulk(10))
        {
            Body("first", _ => order.Add(1)).Push(engine, [], v);
            quick.Push(engine, [], v);
            Assert.AreEqual(0, quick.Executions);
        }
        engine.WaitForVar(v[0]);
        CollectionAssert.AreEqual(new[] { 1, 2 }, order);
    }

    [TestMethod]
    public void A_suspended_engine_keeps_it()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 1);
        TestBody quick = Quick("quick");
        engine.Suspend();
        quick.Push(engine, [], v);
        Assert.AreEqual(0, quick.Executions);
        engine.Resume();
        engine.WaitForVar(v[0]);
        Assert.AreEqual(1, quick.Executions);
    }

    [TestMethod]
    public void The_end_of_a_variable_runs_at_once_when_nothing_uses_it()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        TestBody end = Quick("end");
        engine.DeleteVar(var, end);
        end.CountPush();
        Assert.AreEqual(1, end.FinishedCalls);
        Assert.ThrowsExactly<InvalidVarException>(() => engine.DeleteVar(var, end));
        Assert.ThrowsExactly<InvalidVarException>(() => end.Push(engine, [var], []));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_end_of_a_variable_waits_for_those_who_use_it(bool writes)
    {
        ThreadedEngine engine = Threaded(2);
        Var[] v = Vars(engine, 1);
        TestBody end = Quick("end");
        using (Block(engine, writes ? [] : v, writes ? v : []))
        {
            engine.DeleteVar(v[0], end);
            end.CountPush();
            Assert.AreEqual(0, end.Executions);
        }
        engine.WaitForAll();
        Assert.AreEqual(1, end.FinishedCalls);
    }

    [TestMethod]
    public void An_end_that_fails_is_told_by_the_next_wait_for_all()
    {
        ThreadedEngine engine = Threaded(1);
        TestBody end = Quick("end", _ => throw new InvalidOperationException("boom"));
        engine.DeleteVar(engine.NewVar(), end);
        end.CountPush();
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForAll());
        Assert.AreEqual("end", e.OperationName);
        Assert.AreEqual(1, engine.Statistics.Failed);
    }

    [TestMethod]
    public void Many_threads_agree_while_the_engine_is_suspended_now_and_then()
    {
        ThreadedEngine engine = Threaded(2);
        Var shared = engine.NewVar();
        long sum = 0;
        const int Pushes = 2000;
        List<Exception> failures = [];
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                try
                {
                    Var own = engine.NewVar();
                    for (int i = 0; i < Pushes; i++)
                    {
                        engine.Push(new AddBody(() => sum++, i % 3 != 0), [own], [shared], PushOptions.Cpu);
                        if (i % 50 == 0)
                        {
                            engine.WaitForVar(shared);
                        }
                    }
                }
                catch (Exception e)
                {
                    lock (failures)
                    {
                        failures.Add(e);
                    }
                }
            });
            threads[t].Start();
        }
        for (int i = 0; i < 20; i++)
        {
            engine.Suspend();
            engine.Resume();
        }
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
        engine.WaitForAll();
        Assert.IsEmpty(failures, string.Join('\n', failures));
        Assert.AreEqual(threads.Length * Pushes, sum);
    }

    [TestMethod]
    public void It_allocates_nothing()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 2);
        AddBody body = new(static () => { }, isQuick: true);
        long best = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int k = 0; k < 1000; k++)
            {
                engine.Push(body, [v[0]], [v[1]], PushOptions.Cpu);
            }
            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.AreEqual(0, best);
    }

    private TestBody Quick(string name, ContextAction? execute = null)
    {
        TestBody body = Body(name, execute);
        body.Quick = true;
        return body;
    }

    private sealed class AddBody(Action add, bool isQuick) : OperationBody
    {
        public override string Name => "add";

        public override bool IsQuick => isQuick;

        public override void Execute(ref OperationContext context) => add();
    }
}
