using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class ShutdownTests : EngineTestBase
{
    [TestMethod]
    public void Dispose_lets_work_in_flight_end_and_what_it_pushes()
    {
        ThreadedEngine engine = Threaded(2);
        Var[] v = Vars(engine, 2);
        TestBody followUp = Body("follow-up");
        int count = 0;
        for (int i = 0; i < 1000; i++)
        {
            Body("work", _ => count++).Push(engine, [], [v[0]]);
        }
        Body("pushes", _ => followUp.Push(engine, [v[0]], [v[1]])).Push(engine, [v[0]], []);
        engine.Dispose();
        Assert.AreEqual(1000, count);
        Assert.AreEqual(1, followUp.Executions);
        engine.WaitForVar(v[1], Long);
        engine.WaitForVarExclusive(v[1], Long);
        engine.WaitForAll(Long);
        engine.Dispose();
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Work_after_dispose_is_a_typed_error(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        engine.Dispose();
        TestBody body = Body("late");
        Assert.ThrowsExactly<EngineDisposedException>(() => body.Push(engine, [], [var]));
        Assert.ThrowsExactly<EngineDisposedException>(() => engine.DeleteVar(var, body));
        Assert.ThrowsExactly<EngineDisposedException>(engine.Suspend);
        Assert.ThrowsExactly<EngineDisposedException>(engine.Resume);
        Assert.AreEqual(0, var.Version);
    }

    [TestMethod]
    public void When_the_time_is_over_what_has_not_started_is_skipped_with_a_fault()
    {
        ThreadedEngine engine = Threaded(1, o => o with { ShutdownTimeout = TimeSpan.FromMilliseconds(50) });
        Var[] v = Vars(engine, 3);
        using ManualResetEventSlim entered = new();
        TestBody obedient = Body(
            "obedient",
            c =>
            {
                entered.Set();
                Assert.IsTrue(c.CancellationToken.WaitHandle.WaitOne(Long));
            }
        );
        obedient.Push(engine, [], [v[0]]);
        TestBody queued = Body("queued");
        queued.Push(engine, [v[0]], [v[1]]);
        TestBody never = Body("never completed");
        never.Push(engine, [], [v[2]], new PushOptions(Device.Cpu(1), 0, OperationProperty.Async));
        Assert.IsTrue(entered.Wait(Long));
        engine.Dispose();
        Assert.AreEqual(1, obedient.Executions);
        Assert.AreEqual(0, queued.Executions);
        foreach (Var var in new[] { v[1], v[2] })
        {
            OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
            Assert.IsInstanceOfType<EngineDisposedException>(e.InnerException);
        }
    }

    [TestMethod]
    public void Dispose_races_with_pushes_from_many_threads()
    {
        for (int round = 0; round < 30; round++)
        {
            ThreadedEngine engine = Threaded(1 + (round % 3));
            Var[] v = Vars(engine, 4);
            int executed = 0;
            int refused = 0;
            int total = 0;
            Thread[] threads = new Thread[4];
            for (int i = 0; i < threads.Length; i++)
            {
                int index = i;
                TestBody body = Body("racing", _ => Interlocked.Increment(ref executed));
                threads[i] = new Thread(() =>
                {
                    for (int k = 0; k < 2000; k++)
                    {
                        try
                        {
                            body.Push(engine, [v[index]], [v[(index + 1) % 4]]);
                            Interlocked.Increment(ref total);
                        }
                        catch (EngineDisposedException)
                        {
                            Interlocked.Increment(ref refused);
                        }
                    }
                });
            }
            foreach (Thread thread in threads)
            {
                thread.Start();
            }
            Thread.SpinWait(round * 5000);
            engine.Dispose();
            int afterDispose = Volatile.Read(ref executed);
            foreach (Thread thread in threads)
            {
                thread.Join();
            }
            Assert.AreEqual(afterDispose, executed, "an operation ran after Dispose had returned");
            Assert.AreEqual(total, executed);
            Assert.AreEqual(8000, total + refused);
        }
    }

    [TestMethod]
    public void Two_threads_may_dispose_at_once()
    {
        ThreadedEngine engine = Threaded(2);
        Var var = engine.NewVar();
        for (int i = 0; i < 100; i++)
        {
            Body("work", static _ => Thread.SpinWait(1000)).Push(engine, [], [var]);
        }
        Parallel.Invoke(engine.Dispose, engine.Dispose, () => engine.WaitForAll(Long));
    }

    [TestMethod]
    public void A_bulk_that_outlives_the_engine_says_so_and_finishes_its_bodies()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        TestBody body = Body("in bulk");
        Exception? error = null;
        using ManualResetEventSlim pushed = new();
        using ManualResetEventSlim disposed = new();
        Thread thread = new(() =>
        {
            IDisposable bulk = engine.Bulk(100);
            body.Push(engine, [], [var]);
            body.Push(engine, [], [var]);
            pushed.Set();
            disposed.Wait(Long);
            try
            {
                bulk.Dispose();
            }
            catch (EngineDisposedException e)
            {
                error = e;
            }
        });
        thread.Start();
        Assert.IsTrue(pushed.Wait(Long));
        engine.Dispose();
        disposed.Set();
        thread.Join();
        Assert.IsNotNull(error);
        Assert.AreEqual(0, body.Executions);
        Assert.AreEqual(2, body.FinishedCalls);
    }

    [TestMethod]
    public void Suspended_workers_take_pushes_and_go_on_later()
    {
        ThreadedEngine engine = Threaded(2);
        Var[] v = Vars(engine, 2);
        TestBody body = Body("work");
        body.Push(engine, [], [v[0]]);
        engine.WaitForVar(v[0], Long);
        engine.Suspend();
        engine.Suspend();
        Assert.AreEqual(0, engine.Statistics.Workers);
        for (int i = 0; i < 5000; i++)
        {
            body.Push(engine, [v[0]], [v[1]]);
        }
        Body("new lane").Push(engine, [], [], new PushOptions(Device.Gpu()));
        TimeSpan brief = TimeSpan.FromMilliseconds(30);
        EngineTimeoutException e = Assert.ThrowsExactly<EngineTimeoutException>(() => engine.WaitForVar(v[1], brief));
        StringAssert.Contains(e.Message, "suspended");
        Assert.AreEqual(1, body.Executions);
        engine.Resume();
        engine.Resume();
        engine.WaitForAll(Long);
        Assert.AreEqual(5001, body.Executions);
        Assert.AreEqual(3, engine.Statistics.Workers);
    }

    [TestMethod]
    public void Suspending_again_and_again_under_load_loses_nothing()
    {
        ThreadedEngine engine = Threaded(3);
        Var[] v = Vars(engine, 8);
        TestBody body = Body("work", static _ => Thread.SpinWait(20));
        using CancellationTokenSource stop = new();
        Thread pusher = new(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                body.Push(engine, [v[i % 8]], [v[(i * 3 + 1) % 8]]);
            }
        });
        pusher.Start();
        for (int i = 0; i < 50; i++)
        {
            engine.Suspend();
            int before = body.Executions;
            Thread.Yield();
            Assert.AreEqual(before, body.Executions);
            engine.Resume();
            Thread.SpinWait(10_000);
        }
        stop.Cancel();
        pusher.Join();
        engine.WaitForAll(Long);
    }

    [TestMethod]
    public void A_suspended_engine_can_be_disposed_of()
    {
        ThreadedEngine engine = Threaded(1);
        TestBody body = Body("work");
        engine.Suspend();
        body.Push(engine, [], [engine.NewVar()]);
        engine.Dispose();
        Assert.AreEqual(1, body.Executions);
    }
}
