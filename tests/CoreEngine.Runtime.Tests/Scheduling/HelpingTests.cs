using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

/// <summary>A thread that waits without a limit for the only pending operation runs it itself.</summary>
[TestClass]
public sealed class HelpingTests : EngineTestBase
{
    [TestMethod]
    public void The_only_operation_runs_once_and_the_wait_sees_it()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        int runs = 0;
        for (int i = 1; i <= 2000; i++)
        {
            Body("count", (OperationContext _) => runs++).Push(engine, [], [var]);
            if (i % 3 == 0)
                engine.WaitForVar(var);
            else if (i % 3 == 1)
                engine.WaitForVarExclusive(var);
            else
                engine.WaitForAll();
            Assert.AreEqual(i, runs);
            Assert.AreEqual(i, var.FinishedVersion);
        }
    }

    [TestMethod]
    public void A_fault_is_rethrown_with_its_name()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        for (int i = 0; i < 50; i++)
        {
            Body("broken", (OperationContext _) => throw new InvalidOperationException("boom")).Push(engine, [], [var]);
            OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var));
            Assert.AreEqual("broken", e.OperationName);
            Assert.AreEqual("boom", e.InnerException!.Message);
        }
    }

    [TestMethod]
    public void Waiting_inside_is_refused_there_too_and_pushing_inside_works()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        int refused = 0;
        int inner = 0;
        for (int i = 0; i < 50; i++)
        {
            TestBody second = Body("second", (OperationContext _) => inner++);
            TestBody first = Body(
                "first",
                (OperationContext context) =>
                {
                    Assert.IsTrue(context.Scratch.Capacity >= 0);
                    try
                    {
                        engine.WaitForAll();
                    }
                    catch (WaitInsideOperationException)
                    {
                        refused++;
                    }

                    second.Push(engine, [], [var]);
                }
            );
            first.Push(engine, [], [var]);
            engine.WaitForVar(var);
            engine.WaitForAll();
        }

        Assert.AreEqual(50, refused);
        Assert.AreEqual(50, inner);
    }

    [TestMethod]
    public void An_open_bulk_stays_open()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        int runs = 0;
        using (engine.Bulk(100))
        {
            for (int i = 1; i <= 20; i++)
            {
                Body("count", (OperationContext _) => runs++).Push(engine, [], [var]);
                Body("count", (OperationContext _) => runs++).Push(engine, [], [var]);
                engine.WaitForVar(var);
                Assert.AreEqual(2 * i, runs);
            }
        }
    }

    [TestMethod]
    public void Many_threads_that_push_and_wait_agree()
    {
        ThreadedEngine engine = Threaded(2);
        Var shared = engine.NewVar();
        long sum = 0;
        const int Threads = 4;
        const int Pushes = 500;
        Exception? failure = null;
        Thread[] threads = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            threads[t] = new Thread(() =>
            {
                try
                {
                    Var own = engine.NewVar();
                    for (int i = 0; i < Pushes; i++)
                    {
                        Body("add", (OperationContext _) => sum++).Push(engine, [own], [shared]);
                        engine.WaitForVar(shared);
                    }
                }
                catch (Exception e)
                {
                    failure = e;
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

        Assert.IsNull(failure, failure?.ToString());
        Assert.AreEqual(Threads * Pushes, sum);
    }
}
