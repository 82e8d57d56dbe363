using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class VarTests : EngineTestBase
{
    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void The_version_counts_pushed_writes(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var[] v = Vars(engine, 2);
        TestBody body = Body("write");
        body.Push(engine, [v[0]], [v[1]]);
        Assert.AreEqual(0, v[0].Version);
        Assert.AreEqual(1, v[1].Version);
        body.Push(engine, [v[1]], [v[1]]);
        Assert.AreEqual(2, v[1].Version);
        engine.WaitForAll(Long);
        Assert.AreEqual(2, v[1].FinishedVersion);
        Assert.AreSame(engine, v[0].Engine);
    }

    [TestMethod]
    public void The_version_is_known_before_the_write_has_run()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        Gate gate = Block(engine, writes: [var]);
        Assert.AreEqual(1, var.Version);
        Assert.AreEqual(0, var.FinishedVersion);
        gate.Open();
        engine.WaitForVar(var, Long);
        Assert.AreEqual(1, var.FinishedVersion);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Deleting_comes_after_everything_pushed_before(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var[] v = Vars(engine, 2);
        List<string> order = [];
        Gate? gate = kind == EngineKind.Threaded ? Block(engine, reads: [v[0]]) : null;
        Body("read", _ => order.Add("read")).Push(engine, [v[0]], [v[1]]);
        TestBody deletion = Body("deletion", _ => order.Add("deletion"));
        engine.DeleteVar(v[0], deletion);
        deletion.CountPush();
        Assert.IsTrue(v[0].IsDeleted);
        gate?.Open();
        engine.WaitForAll(Long);
        CollectionAssert.AreEqual(new[] { "read", "deletion" }, order);
        InvalidVarException e = Assert.ThrowsExactly<InvalidVarException>(() => deletion.Push(engine, [v[0]], []));
        StringAssert.Contains(e.Message, "deleted");
        Assert.ThrowsExactly<InvalidVarException>(() => deletion.Push(engine, [], [v[0]]));
        Assert.ThrowsExactly<InvalidVarException>(() => engine.DeleteVar(v[0]));
        engine.DeleteVar(v[1]);
        engine.WaitForVar(v[1], Long);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void An_operation_may_delete_variables(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var[] v = Vars(engine, 2);
        TestBody deletion = Body("deletion");
        Body(
                "deletes",
                _ =>
                {
                    engine.DeleteVar(v[0], deletion);
                    engine.DeleteVar(v[1]);
                }
            )
            .Push(engine, [], [v[0]]);
        deletion.CountPush();
        engine.WaitForAll(Long);
        Assert.AreEqual(1, deletion.Executions);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Foreign_and_missing_variables_and_bodies_are_refused_before_anything_happens(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var own = engine.NewVar();
        Var foreign = Naive().NewVar();
        TestBody body = Body("work");
        Assert.ThrowsExactly<InvalidVarException>(() => body.Push(engine, [foreign], [own]));
        Assert.ThrowsExactly<InvalidVarException>(() => body.Push(engine, [own], [foreign]));
        Assert.ThrowsExactly<ArgumentNullException>(() => body.Push(engine, [null!], [own]));
        Assert.ThrowsExactly<ArgumentNullException>(() => engine.Push(null!, [], [own], PushOptions.Cpu));
        Assert.ThrowsExactly<ArgumentNullException>(() => engine.Push("name", null!, [], [own]));
        Assert.ThrowsExactly<ArgumentException>(() => engine.Push("", static () => { }, [], [own]));
        Assert.ThrowsExactly<InvalidVarException>(() => engine.WaitForVar(foreign));
        Assert.ThrowsExactly<InvalidVarException>(() => engine.DeleteVar(foreign));
        Assert.AreEqual(0, own.Version);
        Assert.AreEqual(0, body.Executions);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Very_many_variables_in_one_operation(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var[] v = Vars(engine, 3000);
        TestBody body = Body("wide");
        for (int i = 0; i < 20; i++)
        {
            body.Push(engine, v, v.AsSpan(0, 1500));
            body.Push(engine, v.AsSpan(1000), v.AsSpan(2000));
        }
        engine.WaitForVar(v[0], Long);
        engine.WaitForAll(Long);
        Assert.AreEqual(40, body.Executions);
        Assert.AreEqual(20, v[0].FinishedVersion);
    }
}
