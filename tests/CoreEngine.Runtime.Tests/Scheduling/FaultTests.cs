using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class FaultTests : EngineTestBase
{
    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void A_wait_rethrows_with_name_description_and_original_stack(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        TestBody body = new("divide", static _ => ThrowDeep(), null) { Description = "divide (2,3) by (2,3)" };
        body.Push(engine, [], [var]);
        for (int i = 0; i < 3; i++)
        {
            OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
            Assert.AreEqual("divide", e.OperationName);
            Assert.AreEqual("divide (2,3) by (2,3)", e.Description);
            Assert.AreEqual(Device.Cpu(), e.Device);
            StringAssert.Contains(e.Message, "divide (2,3) by (2,3)");
            StringAssert.Contains(e.Message, "meant to fail");
            Assert.IsInstanceOfType<InvalidOperationException>(e.InnerException);
            StringAssert.Contains(e.InnerException!.StackTrace, nameof(ThrowDeep));
        }
        Assert.AreEqual(1, body.FinishedCalls);
        Assert.ThrowsExactly<OperationException>(() => engine.WaitForVarExclusive(var, Long));
        Assert.IsInstanceOfType<OperationException>(var.Fault);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Dependents_are_skipped_and_inherit_and_others_run(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var[] v = Vars(engine, 5);
        Body("first", static _ => throw new InvalidOperationException("no")).Push(engine, [], [v[0]]);
        TestBody second = Body("second");
        TestBody third = Body("third");
        TestBody other = Body("other");
        second.Push(engine, [v[0]], [v[1]]);
        third.Push(engine, [v[1], v[4]], [v[2]]);
        other.Push(engine, [v[4]], [v[3]]);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(v[2], Long));
        Assert.AreEqual("first", e.OperationName);
        engine.WaitForVar(v[3], Long);
        Assert.AreEqual(0, second.Executions);
        Assert.AreEqual(0, third.Executions);
        Assert.AreEqual(1, second.FinishedCalls);
        Assert.AreEqual(1, third.FinishedCalls);
        Assert.AreEqual(1, other.Executions);
        EngineStatistics statistics = engine.Statistics;
        Assert.AreEqual(2, statistics.Skipped);
        Assert.AreEqual(1, statistics.Failed);
        Assert.AreEqual(2, statistics.Executed);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void The_next_successful_write_clears_and_a_read_write_does_not(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        Body("fails", static _ => throw new InvalidOperationException("no")).Push(engine, [], [var]);
        TestBody update = Body("update in place");
        update.Push(engine, [var], [var]);
        Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
        Assert.AreEqual(0, update.Executions);
        Body("fails again", static _ => throw new InvalidOperationException("no")).Push(engine, [], [var]);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
        Assert.AreEqual("fails again", e.OperationName);
        Body("overwrite").Push(engine, [], [var]);
        engine.WaitForVar(var, Long);
        Assert.IsNull(var.Fault);
        update.Push(engine, [var], [var]);
        engine.WaitForVar(var, Long);
        Assert.AreEqual(1, update.Executions);
        engine.WaitForAll(Long);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void WaitForAll_reports_what_no_wait_has_reported_once(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var[] v = Vars(engine, 3);
        for (int i = 0; i < v.Length; i++)
        {
            // One after the other, so that the order of the failures is known.
            Body($"fails{i}", static _ => throw new InvalidOperationException("no")).Push(engine, [], [v[i]]);
            SpinWait.SpinUntil(() => v[i].FinishedVersion == 1, Long);
        }
        Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(v[0], Long));
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForAll(Long));
        Assert.AreEqual("fails1", e.OperationName);
        Assert.AreEqual("fails2", e.Others.Single().OperationName);
        StringAssert.Contains(e.Message, "1 more");
        engine.WaitForAll(Long);
        Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(v[2], Long));
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void A_cleared_fault_is_still_reported_by_WaitForAll(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        Body("lost?", static _ => throw new InvalidOperationException("no")).Push(engine, [], [var]);
        Body("overwrite").Push(engine, [], [var]);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForAll(Long));
        Assert.AreEqual("lost?", e.OperationName);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void A_failure_in_Finished_is_a_failure_of_the_operation(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        Body("bad end", null, static () => throw new InvalidOperationException("end")).Push(engine, [], [var]);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
        Assert.AreEqual("end", e.InnerException!.Message);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void A_failure_while_a_variable_is_deleted_is_reported(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        Body("fails", static _ => throw new InvalidOperationException("no")).Push(engine, [], [var]);
        Assert.ThrowsExactly<OperationException>(() => engine.WaitForAll(Long));
        TestBody deletion = Body("delete", static _ => throw new InvalidOperationException("in delete"));
        engine.DeleteVar(var, deletion);
        deletion.CountPush();
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForAll(Long));
        Assert.AreEqual("in delete", e.InnerException!.Message);
        Assert.AreEqual(1, deletion.Executions, "a deletion runs although the variable is faulted");
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void A_description_that_fails_does_not_hide_the_error(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        engine.Push(new BadDescription(), [], [var], PushOptions.Cpu);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
        Assert.AreEqual("the real error", e.InnerException!.Message);
        StringAssert.Contains(e.Description, "no description");
    }

    [TestMethod]
    public void A_fault_crosses_a_long_chain_and_several_lanes()
    {
        ThreadedEngine engine = Threaded();
        Var[] v = Vars(engine, 200);
        Gate gate = Block(engine, writes: [v[0]]);
        Body("root", static _ => throw new InvalidOperationException("root")).Push(engine, [v[0]], [v[1]]);
        for (int i = 2; i < v.Length; i++)
        {
            Device device = i % 3 == 0 ? Device.Gpu() : Device.Cpu(i % 2);
            Body($"link{i}").Push(engine, [v[i - 1]], [v[i]], new PushOptions(device));
        }
        gate.Open();
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(v[^1], Long));
        Assert.AreEqual("root", e.OperationName);
        Assert.AreEqual(v.Length - 2, engine.Statistics.Skipped);
    }

    private static void ThrowDeep() => throw new InvalidOperationException("meant to fail");

    private sealed class BadDescription : OperationBody
    {
        public override string Name => "bad";

        public override string Describe() => throw new InvalidOperationException("no description");

        public override void Execute(ref OperationContext context) =>
            throw new InvalidOperationException("the real error");
    }
}
