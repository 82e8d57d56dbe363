namespace CoreEngine.Runtime.Tests.Scheduling;

[TestClass]
public sealed class InlineEngineTests
{
    [TestMethod]
    public void PushesRunAtOnceOnTheirThread()
    {
        Engine outside = Engine.Default;
        using (Engine.RunInline())
        {
            Assert.AreNotSame(outside, Engine.Default);
            Var var = Engine.Default.NewVar();
            int ran = 0;
            Engine.Default.Push("one", () => ran = Environment.CurrentManagedThreadId, [], [var]);
            Assert.AreEqual(Environment.CurrentManagedThreadId, ran);
            using (Engine.RunInline())
            {
                Engine.Default.Push("two", () => ran = 2, [var], []);
            }

            Assert.AreEqual(2, ran);
            Engine.Default.WaitForAll();
        }

        Assert.AreSame(outside, Engine.Default);
        // Other threads are not concerned.
        using (Engine.RunInline())
        {
            Engine? other = null;
            var thread = new Thread(() => other = Engine.Default);
            thread.Start();
            thread.Join();
            Assert.AreSame(outside, other);
        }
    }

    [TestMethod]
    public void OperationsMayConsistOfOperationsAndWaits()
    {
        using Engine engine = Engine.Create(new EngineOptions());
        Var result = engine.NewVar();
        int sum = 0;
        engine.Push(
            "outer",
            () =>
            {
                using InlineScope inline = Engine.RunInline();
                Engine inside = Engine.Default;
                Var part = inside.NewVar();
                inside.Push(
                    "inner",
                    () =>
                    {
                        // An operation inside an operation inside an operation.
                        inside.Push("innermost", () => sum += 1, [], [inside.NewVar()]);
                        sum += 10;
                    },
                    [],
                    [part]
                );
                inside.WaitForVar(part);
                sum += 100;
            },
            [],
            [result]
        );
        engine.WaitForVar(result);
        Assert.AreEqual(111, sum);
    }

    [TestMethod]
    public void FaultsGoAlongTheirVariables()
    {
        using InlineScope inline = Engine.RunInline();
        Engine engine = Engine.Default;
        Var bad = engine.NewVar();
        Var dependent = engine.NewVar();
        bool ran = false;
        engine.Push("bad", () => throw new InvalidDataException("no"), [], [bad]);
        engine.Push("dependent", () => ran = true, [bad], [dependent]);
        Assert.IsFalse(ran);
        Assert.Throws<OperationException>(() => engine.WaitForVar(dependent));
        engine.Push("good", () => { }, [], [bad]);
        engine.WaitForVar(bad);
    }

    [TestMethod]
    public void WhatIsPendingOutsideCannotBeWaitedFor()
    {
        using Engine outside = Engine.Create(new EngineOptions());
        Var var = outside.NewVar();
        Var done = outside.NewVar();
        using var gate = new ManualResetEventSlim();
        outside.Push("slow", gate.Wait, [], [var]);
        using (Engine.RunInline())
        {
            Engine inside = Engine.Default;
            Assert.Throws<WaitInsideOperationException>(() => inside.WaitForVar(var));
            Assert.Throws<WaitInsideOperationException>(() => inside.Push("reader", () => { }, [var], []));
            Assert.Throws<InvalidVarException>(() => inside.Push("writer", () => { }, [], [done]));
            bool ran = false;
            inside.WaitForVar(done);
            inside.Push("reader", () => ran = true, [done], []);
            Assert.IsTrue(ran);
        }

        gate.Set();
        outside.WaitForAll();
        using (Engine.RunInline())
        {
            Engine.Default.WaitForVar(var);
        }
    }

    [TestMethod]
    public void DeletedVariablesRunTheirEnd()
    {
        using InlineScope inline = Engine.RunInline();
        Var var = Engine.Default.NewVar();
        var end = new End();
        Engine.Default.DeleteVar(var, end);
        Assert.IsTrue(end.Ran);
        Assert.IsTrue(end.IsFinished);
        Assert.Throws<InvalidVarException>(() => Engine.Default.Push("late", () => { }, [], [var]));
    }

    private sealed class End : OperationBody
    {
        internal bool Ran { get; private set; }

        internal bool IsFinished { get; private set; }

        public override string Name => "end";

        public override void Execute(ref OperationContext context) => Ran = true;

        public override void Finished() => IsFinished = true;
    }
}
