using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class AsyncTests : EngineTestBase
{
    private static readonly PushOptions s_async = new(Device.Cpu(), 0, OperationProperty.Async);

    [TestMethod]
    public void An_asynchronous_operation_ends_when_it_is_completed()
    {
        ThreadedEngine engine = Threaded(1);
        Var[] v = Vars(engine, 2);
        TaskCompletionSource<OperationCompletion> token = new();
        TestBody start = Body("start", c => token.SetResult(c.Completion));
        TestBody dependent = Body("dependent");
        start.Push(engine, [], [v[0]], s_async);
        dependent.Push(engine, [v[0]], [v[1]]);
        OperationCompletion completion = token.Task.Result;
        Body("others go on").Push(engine, [], []);
        TimeSpan brief = TimeSpan.FromMilliseconds(30);
        EngineTimeoutException e = Assert.ThrowsExactly<EngineTimeoutException>(() => engine.WaitForVar(v[1], brief));
        StringAssert.Contains(e.Message, "waiting for its completion: op#1 'start'");
        StringAssert.Contains(e.Message, "blocked by op#1 'start' (writing)");
        Assert.AreEqual(0, dependent.Executions);
        Assert.AreEqual(0, start.FinishedCalls);
        Assert.IsTrue(completion.Complete());
        engine.WaitForVar(v[1], Long);
        Assert.AreEqual(1, start.FinishedCalls);
        Assert.IsFalse(completion.Complete(), "a second completion changes nothing");
        Assert.IsFalse(completion.Fail(new InvalidOperationException("late")));
        engine.WaitForAll(Long);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Fail_marks_what_is_written(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var[] v = Vars(engine, 2);
        TestBody body = Body("network", FailLater);
        body.Push(engine, [], [v[0]], s_async);
        Body("dependent").Push(engine, [v[0]], [v[1]]);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(v[1], Long));
        Assert.AreEqual("network", e.OperationName);
        Assert.AreEqual("connection lost", e.InnerException!.Message);

        static void FailLater(OperationContext context)
        {
            OperationCompletion completion = context.Completion;
            ThreadPool.QueueUserWorkItem(_ => completion.Fail(new InvalidOperationException("connection lost")));
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void It_may_be_completed_before_Execute_returns(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        for (int i = 0; i < 1000; i++)
        {
            Body("at once", static c => Assert.IsTrue(c.Completion.Complete())).Push(engine, [var], [var], s_async);
        }
        engine.WaitForVar(var, Long);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void An_exception_in_Execute_ends_it_and_makes_the_token_stale(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var[] v = Vars(engine, 2);
        OperationCompletion kept = default;
        Body(
                "throws",
                c =>
                {
                    kept = c.Completion;
                    throw new InvalidOperationException("at start");
                }
            )
            .Push(engine, [], [v[0]], s_async);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(v[0], Long));
        Assert.AreEqual("at start", e.InnerException!.Message);
        Assert.IsFalse(kept.Complete());
        Body(
                "completes and throws",
                static c =>
                {
                    c.Completion.Complete();
                    throw new InvalidOperationException("after completion");
                }
            )
            .Push(engine, [], [v[1]], s_async);
        e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(v[1], Long));
        Assert.AreEqual("after completion", e.InnerException!.Message);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void The_token_exists_only_for_asynchronous_operations(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        Body("plain", static c => c.Completion.Complete()).Push(engine, [], [var]);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
        Assert.IsInstanceOfType<EngineException>(e.InnerException);
        StringAssert.Contains(e.InnerException!.Message, "OperationProperty.Async");
        Assert.IsFalse(default(OperationCompletion).Complete());
    }

    [TestMethod]
    public void Completions_race_with_the_return_of_Execute()
    {
        ThreadedEngine engine = Threaded(2);
        Var[] v = Vars(engine, 16);
        int completed = 0;
        TestBody body = Body("race", Race);
        for (int i = 0; i < 20_000; i++)
        {
            body.Push(engine, [v[i % 7]], [v[7 + (i % 9)]], s_async);
        }
        engine.WaitForAll(Long);
        // The last completions have taken effect, but the threads that made them may not have counted them yet.
        SpinWait.SpinUntil(() => Volatile.Read(ref completed) == 20_000, Long);
        Assert.AreEqual(20_000, completed);

        void Race(OperationContext context)
        {
            OperationCompletion completion = context.Completion;
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    bool first = completion.Complete();
                    bool second = completion.Complete();
                    Assert.IsFalse(second);
                    if (first)
                    {
                        Interlocked.Increment(ref completed);
                    }
                },
                null
            );
        }
    }
}
