using CoreEngine.Kernels;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>What an engine does around a fork; the fork itself is left out, so that both sides can be seen.</summary>
[TestClass]
public sealed class ForkTests : EngineTestBase
{
    [TestMethod]
    public void Before_a_fork_everything_ends_and_no_worker_is_left()
    {
        ThreadedEngine engine = Threaded(3);
        Var var = engine.NewVar();
        int runs = 0;
        for (int i = 0; i < 500; i++)
        {
            Body("count", (OperationContext _) => runs++).Push(engine, [], [var]);
        }
        IForkParticipant participant = engine;
        participant.BeforeFork();
        int before = runs;
        participant.AfterForkInParent();
        Assert.AreEqual(500, before);
    }

    [TestMethod]
    public void The_parent_goes_on_with_workers()
    {
        ThreadedEngine engine = Threaded(2);
        Var var = engine.NewVar();
        int own = Environment.CurrentManagedThreadId;
        for (int round = 1; round <= 20; round++)
        {
            int thread = own;
            TestBody first = Body("first", (OperationContext _) => thread = Environment.CurrentManagedThreadId);
            first.Push(engine, [], [var]);
            Body("second").Push(engine, [], [var]);
            engine.WaitForAll(Long);
            Assert.AreNotEqual(own, thread);
            Fork(engine, child: false);
            Assert.AreEqual(2, engine.Statistics.Workers);
        }
    }

    [TestMethod]
    public void The_child_runs_everything_on_the_calling_thread()
    {
        ThreadedEngine engine = Threaded(2);
        Var var = engine.NewVar();
        Body("warm up").Push(engine, [], [var]);
        engine.WaitForAll(Long);
        Fork(engine, child: true);
        int thread = 0;
        for (int i = 0; i < 100; i++)
        {
            Device device = Device.Cpu(i % 3);
            OperationProperty property = i % 2 == 0 ? OperationProperty.Normal : OperationProperty.CpuPrioritized;
            TestBody body = Body("here", (OperationContext _) => thread = Environment.CurrentManagedThreadId);
            thread = 0;
            body.Push(engine, [], [var], new PushOptions(device, i % 5, property));
            Assert.AreEqual(Environment.CurrentManagedThreadId, thread);
        }
        engine.WaitForVar(var, Long);
        engine.WaitForVarExclusive(var, Long);
        engine.WaitForAll(Long);
        engine.Resume();
        Assert.AreEqual(0, engine.Statistics.Workers);
    }

    [TestMethod]
    public void What_was_pending_in_a_suspended_engine_runs_in_the_child()
    {
        ThreadedEngine engine = Threaded(1);
        engine.Suspend();
        Var var = engine.NewVar();
        int value = 0;
        Body("add", (OperationContext _) => value += 3).Push(engine, [], [var]);
        Body("double", (OperationContext _) => value *= 2).Push(engine, [], [var]);
        IForkParticipant participant = engine;
        participant.AfterForkInChild();
        engine.WaitForVar(var, Long);
        Assert.AreEqual(6, value);
    }

    [TestMethod]
    public void Faults_and_operations_pushed_inside_work_in_the_child()
    {
        ThreadedEngine engine = Threaded(2);
        Fork(engine, child: true);
        Var broken = engine.NewVar();
        Var sum = engine.NewVar();
        int inner = 0;
        Body("broken", (OperationContext _) => throw new InvalidOperationException("boom")).Push(engine, [], [broken]);
        TestBody second = Body("inner", (OperationContext _) => inner++);
        Body("outer", (OperationContext _) => second.Push(engine, [], [sum])).Push(engine, [], [sum]);
        engine.WaitForVar(sum, Long);
        Assert.AreEqual(1, inner);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(broken, Long));
        Assert.AreEqual("boom", e.InnerException!.Message);
        engine.WaitForAll(Long);
    }

    [TestMethod]
    public void An_open_bulk_stays_open_when_waits_run_what_is_pending()
    {
        ThreadedEngine engine = Threaded(2);
        Fork(engine, child: true);
        Var a = engine.NewVar();
        int runs = 0;
        using (engine.Bulk(4))
        {
            for (int i = 0; i < 10; i++)
            {
                Body("bulked", (OperationContext _) => runs++).Push(engine, [], [a]);
                if (i == 4)
                    engine.WaitForVar(a, Long);
            }
        }
        Assert.AreEqual(10, runs);
        Assert.AreEqual(10, engine.Statistics.Bulked);
    }

    [TestMethod]
    public void Threads_of_the_child_share_the_engine()
    {
        ThreadedEngine engine = Threaded(2);
        Fork(engine, child: true);
        Var var = engine.NewVar();
        int runs = 0;
        var threads = new Thread[4];
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                for (int i = 0; i < 2000; i++)
                {
                    Body("count", (OperationContext _) => runs++).Push(engine, [], [var]);
                    if (i % 7 == 0)
                        engine.WaitForVar(var);
                }
            });
            threads[t].Start();
        }
        foreach (Thread thread in threads)
        {
            Assert.IsTrue(thread.Join(Long));
        }
        engine.WaitForAll(Long);
        Assert.AreEqual(8000, runs);
    }

    [TestMethod]
    [DataRow(61)]
    [DataRow(62)]
    public void Random_operations_in_the_child_equal_the_inline_engine(int seed)
    {
        WorkloadOptions options = new()
        {
            Lanes = true,
            Overlap = true,
            Faults = true,
            Bulk = true,
        };
        ThreadedEngine engine = Threaded(2);
        Fork(engine, child: true);
        string[] expected = new RandomWorkload(Naive(), seed, 50, options).Run(3000);
        CollectionAssert.AreEqual(expected, new RandomWorkload(engine, seed, 50, options).Run(3000));
    }

    private static void Fork(ThreadedEngine engine, bool child)
    {
        IForkParticipant participant = engine;
        participant.BeforeFork();
        if (child)
            participant.AfterForkInChild();
        else
            participant.AfterForkInParent();
    }
}
