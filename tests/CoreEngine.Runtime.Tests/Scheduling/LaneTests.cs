using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class LaneTests : EngineTestBase
{
    [TestMethod]
    public void With_one_worker_ready_operations_run_by_priority_and_then_in_order()
    {
        ThreadedEngine engine = Threaded(1);
        Gate gate = Block(engine);
        List<int> order = [];
        int[] priorities = [0, -5, 3, 0, 7, 3, -5, 100, 0, -1, int.MaxValue, int.MinValue];
        for (int i = 0; i < priorities.Length; i++)
        {
            int number = i;
            Body("work", _ => order.Add(number)).Push(engine, [], [], new PushOptions(Device.Cpu(), priorities[i]));
        }
        gate.Open();
        engine.WaitForAll(Long);
        int[] expected = [.. Enumerable.Range(0, priorities.Length).OrderByDescending(i => priorities[i])];
        CollectionAssert.AreEqual(expected, order);
    }

    [TestMethod]
    public void A_later_push_with_a_higher_priority_overtakes()
    {
        ThreadedEngine engine = Threaded(1);
        List<string> order = [];
        Gate first = Block(engine);
        Gate second = new();
        Body("second gate", _ => second.Hold()).Push(engine, [], [], new PushOptions(Device.Cpu(), 9));
        for (int i = 0; i < 50; i++)
        {
            Body("low", _ => order.Add("low")).Push(engine, [], []);
        }
        first.Open();
        Assert.IsTrue(second.Entered.Wait(Long));
        Body("high", _ => order.Add("high")).Push(engine, [], [], new PushOptions(Device.Cpu(), 1));
        second.Open();
        engine.WaitForAll(Long);
        Assert.AreEqual("high", order[0]);
        Assert.HasCount(51, order);
    }

    [TestMethod]
    public void Prioritised_work_does_not_queue_behind_busy_workers()
    {
        ThreadedEngine engine = Threaded(1);
        Gate gate = Block(engine);
        Var var = engine.NewVar();
        Body("urgent").Push(engine, [], [var], new PushOptions(Device.Cpu(), 0, OperationProperty.CpuPrioritized));
        engine.WaitForVar(var, Long);
        gate.Open();
    }

    [TestMethod]
    public void Devices_and_directions_have_lanes_of_their_own()
    {
        ThreadedEngine engine = Threaded(1);
        PushOptions[] lanes =
        [
            new(Device.Cpu(0)),
            new(Device.Cpu(1)),
            new(Device.Gpu(0)),
            new(Device.Gpu(0), 0, OperationProperty.CopyFromGpu),
            new(Device.Gpu(0), 0, OperationProperty.CopyToGpu),
            new(Device.Gpu(1)),
        ];
        Gate[] gates = [.. lanes.Select(l => Block(engine, options: l))];
        StringAssert.Contains(engine.DumpPending(), "gpu(0) copy out worker 0");
        foreach (Gate gate in gates)
        {
            gate.Open();
        }
        engine.WaitForAll(Long);
        Assert.AreEqual(lanes.Length, engine.Statistics.Workers);
    }

    [TestMethod]
    public void Host_memory_of_any_kind_is_served_by_the_cpu_workers()
    {
        ThreadedEngine engine = Threaded(1);
        foreach (Device device in new[] { Device.Cpu(), Device.CpuPinned(), Device.CpuShared() })
        {
            Body("work", c => Assert.AreEqual(device, c.Device)).Push(engine, [], [], new PushOptions(device));
        }
        engine.WaitForAll(Long);
        Assert.AreEqual(1, engine.Statistics.Workers);
    }

    [TestMethod]
    public void What_one_lane_makes_ready_wakes_the_workers_of_another()
    {
        ThreadedEngine engine = Threaded(1, o => o with { SpinMicroseconds = 0 });
        Var[] v = Vars(engine, 2);
        TestBody body = Body("hop");
        for (int i = 0; i < 2000; i++)
        {
            body.Push(engine, [v[0]], [v[1]], new PushOptions(Device.Gpu()));
            body.Push(engine, [v[1]], [v[0]]);
            if (i % 10 == 0)
            {
                engine.WaitForVar(v[0], Long);
            }
        }
        engine.WaitForAll(Long);
        Assert.IsGreaterThan(0L, engine.Statistics.Parked);
        Assert.IsGreaterThan(0L, engine.Statistics.Woken);
    }

    [TestMethod]
    public void Devices_that_do_not_exist_are_refused()
    {
        foreach (EngineKind kind in new[] { EngineKind.Naive, EngineKind.Threaded })
        {
            Engine engine = Make(kind);
            foreach (
                Device device in new[] { default, new(DeviceType.Gpu, -1), new((DeviceType)4, 0), Device.Cpu(256) }
            )
            {
                TestBody body = Body("work");
                Assert.ThrowsExactly<InvalidDeviceException>(() => body.Push(engine, [], [], new PushOptions(device)));
            }
        }
    }
}
