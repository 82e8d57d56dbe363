using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class BulkTests : EngineTestBase
{
    [TestMethod]
    public void Consecutive_operations_are_merged_up_to_the_limit()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 3);
        List<int> order = [];
        using (engine.Bulk(4))
        {
            for (int i = 0; i < 10; i++)
            {
                int number = i;
                Body("small", _ => order.Add(number)).Push(engine, [v[i % 3]], [v[(i + 1) % 3]]);
            }
        }
        engine.WaitForAll(Long);
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).ToArray(), order);
        EngineStatistics statistics = engine.Statistics;
        Assert.AreEqual(10, statistics.Pushed);
        Assert.AreEqual(10, statistics.Bulked);
        Assert.AreEqual(3, statistics.Inlined + statistics.Queued, "4 + 4 + 2 operations make 3 scheduled ones");
    }

    [TestMethod]
    public void What_does_not_fit_hands_over_what_was_gathered_first()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        List<int> order = [];
        using IDisposable bulk = engine.Bulk(100);
        PushOptions[] options =
        [
            PushOptions.Cpu,
            PushOptions.Cpu,
            new(Device.Cpu(1)),
            new(Device.Cpu(1), 3),
            new(Device.Cpu(1), 3, OperationProperty.CpuPrioritized),
            PushOptions.Cpu,
        ];
        for (int i = 0; i < options.Length; i++)
        {
            int number = i;
            Body("mixed", _ => order.Add(number)).Push(engine, [], [var], options[i]);
        }
        engine.WaitForVar(var, Long);
        CollectionAssert.AreEqual(Enumerable.Range(0, options.Length).ToArray(), order);
        Assert.AreEqual(5, engine.Statistics.Bulked);
    }

    [TestMethod]
    public void Every_body_in_a_bulk_has_its_own_faults()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 4);
        TestBody dependent = Body("dependent");
        TestBody independent = Body("independent");
        TestBody repair = Body("repair");
        using (engine.Bulk(10))
        {
            Body("fails", static _ => throw new InvalidOperationException("no")).Push(engine, [], [v[0]]);
            dependent.Push(engine, [v[0]], [v[1]]);
            independent.Push(engine, [], [v[2]]);
            repair.Push(engine, [], [v[0]]);
        }
        engine.WaitForVar(v[0], Long);
        engine.WaitForVar(v[2], Long);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(v[1], Long));
        Assert.AreEqual("fails", e.OperationName);
        Assert.AreEqual(0, dependent.Executions);
        Assert.AreEqual(1, independent.Executions);
        EngineStatistics statistics = engine.Statistics;
        Assert.AreEqual(1, statistics.Skipped);
        Assert.AreEqual(1, statistics.Failed);
    }

    [TestMethod]
    public void Waits_and_deletions_hand_over_first()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 2);
        TestBody body = Body("work");
        TestBody deletion = Body("deletion");
        using (engine.Bulk(100))
        {
            body.Push(engine, [], [v[0]]);
            engine.WaitForVar(v[0], Long);
            Assert.AreEqual(1, body.Executions);
            body.Push(engine, [v[0]], []);
            engine.WaitForVarExclusive(v[0], Long);
            Assert.AreEqual(2, body.Executions);
            body.Push(engine, [], [v[0]]);
            engine.WaitForAll(Long);
            Assert.AreEqual(3, body.Executions);
            body.Push(engine, [v[0]], [v[1]]);
            engine.DeleteVar(v[0], deletion);
            deletion.CountPush();
        }
        engine.WaitForAll(Long);
        Assert.AreEqual(4, body.Executions);
        Assert.AreEqual(1, deletion.Executions);
    }

    [TestMethod]
    public void Bulks_nest_and_are_closed_by_their_own_thread()
    {
        ThreadedEngine engine = Threaded(1);
        TestBody body = Body("work");
        IDisposable outer = engine.Bulk(10);
        body.Push(engine, [], []);
        using (engine.Bulk())
        {
            body.Push(engine, [], []);
        }
        body.Push(engine, [], []);
        Assert.IsInstanceOfType<EngineException>(OnAnotherThread(outer.Dispose));
        outer.Dispose();
        outer.Dispose();
        body.Push(engine, [], []);
        engine.WaitForAll(Long);
        Assert.AreEqual(4, body.Executions);
        Assert.AreEqual(3, engine.Statistics.Bulked);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => engine.Bulk(-1));
    }

    [TestMethod]
    public void A_bulk_that_an_operation_leaves_open_is_handed_over()
    {
        ThreadedEngine engine = Threaded(1);
        TestBody inner = Body("inner");
        Body(
                "leaves a bulk open",
                _ =>
                {
                    engine.Bulk(50);
                    inner.Push(engine, [], []);
                }
            )
            .Push(engine, [], []);
        engine.WaitForAll(Long);
        SpinWait.SpinUntil(() => inner.Executions == 1, Long);
        Assert.AreEqual(1, inner.Executions);
    }

    private static Exception? OnAnotherThread(Action action)
    {
        Exception? error = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (EngineException e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return error;
    }
}
