using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class WaitTests : EngineTestBase
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(50);

    [TestMethod]
    public void A_time_out_says_what_is_pending_and_who_blocks_whom()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 3);
        Gate gate = Block(engine, writes: [v[0]]);
        TestBody middle = new("middle", null, null) { Description = "middle (4,5)" };
        middle.Push(engine, [v[0]], [v[1]]);
        Body("last").Push(engine, [v[1]], [v[2]]);
        Body("independent").Push(engine, [], []);
        foreach (
            Action wait in new Action[]
            {
                () => engine.WaitForVar(v[2], s_short),
                () => engine.WaitForVarExclusive(v[2], s_short),
                () => engine.WaitForAll(s_short),
            }
        )
        {
            string text = Assert.ThrowsExactly<EngineTimeoutException>(wait).Message;
            StringAssert.Contains(text, "4 operations pending");
            StringAssert.Contains(text, "running on cpu(0) worker 0: op#1 'gate' writes var#1");
            StringAssert.Contains(text, "'middle' [middle (4,5)] reads var#1 writes var#2");
            StringAssert.Contains(text, "for var#1, blocked by op#1 'gate' (writing)");
            StringAssert.Contains(text, "for var#2, blocked by op#2 'middle'");
            StringAssert.Contains(text, "ready: op#4 'independent'");
        }
        gate.Open();
        engine.WaitForVar(v[2], Long);
        engine.WaitForAll(Long);
        StringAssert.Contains(engine.DumpPending(), "0 operations pending");
    }

    [TestMethod]
    public void A_wait_can_be_cancelled_and_the_work_goes_on()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        Gate gate = Block(engine, writes: [var]);
        TestBody next = Body("next");
        next.Push(engine, [], [var]);
        foreach (
            Action<CancellationToken> wait in new Action<CancellationToken>[]
            {
                t => engine.WaitForVar(var, null, t),
                t => engine.WaitForVarExclusive(var, null, t),
                t => engine.WaitForAll(null, t),
            }
        )
        {
            using CancellationTokenSource source = new(s_short);
            Assert.ThrowsExactly<OperationCanceledException>(() => wait(source.Token));
        }
        gate.Open();
        engine.WaitForVar(var, Long);
        Assert.AreEqual(1, next.Executions);
    }

    [TestMethod]
    public void A_wait_for_reading_does_not_wait_for_readers_and_an_exclusive_one_does()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        Body("write").Push(engine, [], [var]);
        Gate gate = Block(engine, reads: [var]);
        engine.WaitForVar(var, Long);
        Assert.ThrowsExactly<EngineTimeoutException>(() => engine.WaitForVarExclusive(var, s_short));
        gate.Open();
        engine.WaitForVarExclusive(var, Long);
    }

    [TestMethod]
    public void A_wait_does_not_wait_for_later_pushes()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        Gate first = Block(engine, writes: [var]);
        Task wait = Task.Run(() => engine.WaitForVar(var, Long));
        SpinWait.SpinUntil(() => engine.Statistics.RecordsInUse == 2, Long);
        Gate second = new();
        Body("later", _ => second.Hold()).Push(engine, [], [var]);
        first.Open();
        Assert.IsTrue(second.Entered.Wait(Long));
        Assert.IsTrue(wait.Wait(Long));
        second.Open();
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Waiting_inside_an_operation_is_a_typed_error(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        Action[] waits =
        [
            () => engine.WaitForVar(var),
            () => engine.WaitForVarExclusive(var),
            () => engine.WaitForAll(),
            engine.Suspend,
            engine.Dispose,
        ];
        foreach (Action wait in waits)
        {
            Body("waits", _ => wait()).Push(engine, [], [var]);
            OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
            Assert.IsInstanceOfType<WaitInsideOperationException>(e.InnerException);
        }
    }

    [TestMethod]
    public void An_operation_may_wait_for_another_engine()
    {
        ThreadedEngine outer = Threaded(1);
        ThreadedEngine inner = Threaded(1);
        Var var = outer.NewVar();
        TestBody work = Body("work");
        Body(
                "outer",
                _ =>
                {
                    Var other = inner.NewVar();
                    work.Push(inner, [], [other]);
                    inner.WaitForVar(other, Long);
                }
            )
            .Push(outer, [], [var]);
        outer.WaitForVar(var, Long);
        Assert.AreEqual(1, work.Executions);
    }

    [TestMethod]
    public void Many_threads_wait_for_one_variable()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        Gate gate = Block(engine, writes: [var]);
        Thread[] threads = new Thread[16];
        int returned = 0;
        for (int i = 0; i < threads.Length; i++)
        {
            bool exclusive = i % 2 == 0;
            threads[i] = new Thread(() =>
            {
                if (exclusive)
                {
                    engine.WaitForVarExclusive(var, Long);
                }
                else
                {
                    engine.WaitForVar(var, Long);
                }
                Interlocked.Increment(ref returned);
            });
            threads[i].Start();
        }
        gate.Open();
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
        Assert.AreEqual(threads.Length, returned);
    }

    [TestMethod]
    public void Waits_see_all_effects_of_the_operation()
    {
        ThreadedEngine engine = Threaded(2);
        Var var = engine.NewVar();
        int value = 0;
        bool finished = false;
        for (int i = 1; i <= 20_000; i++)
        {
            finished = false;
            int number = i;
            engine.Push(new TestBody("set", _ => value = number, () => finished = true), [], [var], PushOptions.Cpu);
            engine.WaitForVar(var, Long);
            Assert.AreEqual(i, value);
            Assert.IsTrue(finished, "Finished comes before the wait returns");
        }
    }

    [TestMethod]
    public void A_negative_time_is_refused()
    {
        Engine engine = Naive();
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => engine.WaitForAll(TimeSpan.FromSeconds(-2)));
        engine.WaitForAll(Timeout.InfiniteTimeSpan);
        engine.WaitForAll(TimeSpan.MaxValue);
    }
}
