using System.Text.Json;
using CoreEngine.Runtime;
using CoreEngine.Tests.Scheduling;

namespace CoreEngine.Tests.Profiling;

[TestClass]
[DoNotParallelize]
public sealed class ProfilerTests : EngineTestBase
{
    [TestCleanup]
    public void Off() => Profiler.Stop();

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void A_trace_has_every_operation_with_its_worker_and_times(EngineKind kind)
    {
        Engine engine = Make(kind);
        Var var = engine.NewVar();
        Profiler.Start(new ProfilerOptions { Descriptions = true });
        for (int i = 0; i < 10; i++)
        {
            TestBody body = new("traced \"op\"", static _ => Thread.SpinWait(1000), null) { Description = "described" };
            body.Push(engine, [], [var], new PushOptions(Device.Cpu(), 4));
        }
        using (engine.Bulk(5))
        {
            for (int i = 0; i < 5; i++)
            {
                engine.Push("in bulk", static () => { }, [], [var]);
            }
        }
        engine.WaitForVar(var, Long);
        using (Profiler.Measure("load", "data"))
        {
            Thread.SpinWait(10);
        }
        Profiler.Stop();
        engine.Push("after", static () => { }, [], [var]);
        engine.WaitForVar(var, Long);

        JsonElement[] events = Events(WriteToMemory());
        JsonElement[] traced = [.. events.Where(e => e.GetProperty("name").GetString() == "traced \"op\"")];
        Assert.HasCount(10, traced);
        double lastEnd = 0;
        foreach (JsonElement e in traced)
        {
            Assert.AreEqual("X", e.GetProperty("ph").GetString());
            Assert.AreEqual("Normal", e.GetProperty("cat").GetString());
            double start = e.GetProperty("ts").GetDouble();
            Assert.IsGreaterThanOrEqualTo(lastEnd - 0.01, start, "operations on one variable do not overlap");
            lastEnd = start + e.GetProperty("dur").GetDouble();
            JsonElement details = e.GetProperty("args");
            Assert.AreEqual("cpu(0)", details.GetProperty("device").GetString());
            Assert.AreEqual(4, details.GetProperty("priority").GetInt32());
            Assert.AreEqual("described", details.GetProperty("description").GetString());
            if (kind == EngineKind.Threaded)
            {
                Assert.IsGreaterThanOrEqualTo(0.0, details.GetProperty("queued_us").GetDouble());
            }
        }
        Assert.AreEqual(5, events.Count(static e => e.GetProperty("name").GetString() == "in bulk"));
        Assert.AreEqual(1, events.Count(static e => e.GetProperty("name").GetString() == "load"));
        Assert.AreEqual(0, events.Count(static e => e.GetProperty("name").GetString() == "after"));
        string worker = kind == EngineKind.Threaded ? "cpu(0) worker" : "inline";
        Assert.IsTrue(
            events.Any(e =>
                e.GetProperty("name").GetString() == "thread_name"
                && e.GetProperty("args").GetProperty("name").GetString()!.StartsWith(worker, StringComparison.Ordinal)
            )
        );
    }

    [TestMethod]
    public void A_trace_has_counters_and_marks()
    {
        Profiler.Count("before", "test", 1);
        Profiler.Start();
        Profiler.Count("loss", "test", 0.25);
        Profiler.Mark("epoch", "test", MarkScope.Process);
        Profiler.Stop();
        Profiler.Mark("after", "test");
        Profiler.Resume();
        Profiler.Mark("again", "test");
        Profiler.Stop();

        JsonElement[] events = [.. Events(WriteToMemory()).Where(e => e.GetProperty("ph").GetString() != "M")];
        CollectionAssert.AreEqual(
            new[] { "loss C", "epoch i", "again i" },
            events.Select(e => $"{e.GetProperty("name").GetString()} {e.GetProperty("ph").GetString()}").ToArray()
        );
        Assert.AreEqual(0.25, events[0].GetProperty("args").GetProperty("loss").GetDouble());
        Assert.AreEqual("p", events[1].GetProperty("s").GetString());
        Assert.AreEqual("t", events[2].GetProperty("s").GetString());
    }

    [TestMethod]
    public void Spans_are_summed_up_by_name()
    {
        Profiler.Start();
        for (int i = 0; i < 3; i++)
        {
            using (Profiler.Measure("step", "test"))
            {
                Thread.Sleep(i);
            }
        }

        Profiler.Count("step", "test", 1);
        Profiler.Stop();
        ProfilerSummary sum = Profiler.Summarize().Single();
        Assert.AreEqual(("test", "step", 3L), (sum.Category, sum.Name, sum.Count));
        Assert.IsGreaterThanOrEqualTo(3.0, sum.Total);
        Assert.IsLessThanOrEqualTo(sum.Average, sum.Shortest);
        Assert.IsLessThanOrEqualTo(sum.Longest, sum.Average);
        Assert.AreEqual(sum.Total / 3, sum.Average);
        Profiler.Start();
        Assert.IsEmpty(Profiler.Summarize());
    }

    [TestMethod]
    public void A_trace_has_what_ran_inside_the_push()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        Profiler.Start();
        for (int i = 0; i < 10; i++)
        {
            TestBody body = new("quick", null, null) { Quick = true };
            body.Push(engine, [], [var]);
        }
        engine.DeleteVar(var, new TestBody("end", null, null) { Quick = true });
        Profiler.Stop();

        JsonElement[] events = Events(WriteToMemory());
        JsonElement[] traced = [.. events.Where(e => e.GetProperty("name").GetString() is "quick" or "end")];
        Assert.HasCount(11, traced);
        foreach (JsonElement e in traced)
        {
            double queued = e.GetProperty("args").GetProperty("queued_us").GetDouble();
            Assert.IsTrue(queued is >= 0 and < 1e7, $"{queued} us");
        }
    }

    [TestMethod]
    public void A_full_ring_keeps_the_newest_events_and_counts_the_others()
    {
        Engine engine = Naive();
        Profiler.Start(new ProfilerOptions { EventsPerThread = 16 });
        for (int i = 0; i < 100; i++)
        {
            engine.Push($"op{i}", static () => { }, [], []);
        }
        Profiler.Stop();
        byte[] trace = WriteToMemory();
        string[] names =
        [
            .. Events(trace)
                .Where(static e => e.GetProperty("ph").GetString() == "X")
                .Select(static e => e.GetProperty("name").GetString()!),
        ];
        CollectionAssert.AreEqual(Enumerable.Range(84, 16).Select(static i => $"op{i}").ToArray(), names);
        using JsonDocument document = JsonDocument.Parse(trace);
        Assert.AreEqual(84, document.RootElement.GetProperty("otherData").GetProperty("droppedEvents").GetInt64());
    }

    [TestMethod]
    public void A_trace_can_be_written_while_operations_run()
    {
        ThreadedEngine engine = Threaded(2);
        Var[] v = Vars(engine, 4);
        Profiler.Start(new ProfilerOptions { EventsPerThread = 256 });
        using CancellationTokenSource stop = new();
        Thread pusher = new(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                engine.Push("busy", static () => { }, [v[i % 4]], [v[(i + 1) % 4]]);
            }
        });
        pusher.Start();
        for (int i = 0; i < 20; i++)
        {
            Events(WriteToMemory());
            Profiler.Start(new ProfilerOptions { EventsPerThread = 256 });
        }
        stop.Cancel();
        pusher.Join();
        engine.WaitForAll(Long);
    }

    [TestMethod]
    public void A_failed_write_leaves_the_previous_file()
    {
        string folder = Directory.CreateTempSubdirectory("coreengine-trace-").FullName;
        try
        {
            string path = Path.Combine(folder, "trace.json");
            Profiler.Start();
            Profiler.Stop();
            Profiler.WriteTrace(path);
            byte[] first = File.ReadAllBytes(path);
            Profiler.WriteTrace(path);
            Assert.HasCount(1, Directory.GetFiles(folder), "no temporary file is left");
            Assert.IsNotEmpty(first);

            string missing = Path.Combine(folder, "missing", "trace.json");
            EngineException e = Assert.ThrowsExactly<EngineException>(() => Profiler.WriteTrace(missing));
            StringAssert.Contains(e.Message, missing);
            string occupied = Path.Combine(folder, "occupied");
            Directory.CreateDirectory(occupied);
            Assert.ThrowsExactly<EngineException>(() => Profiler.WriteTrace(occupied));
            Assert.HasCount(1, Directory.GetFiles(folder), "no temporary file is left");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void Bad_options_are_refused() =>
        Assert.ThrowsExactly<EngineSettingsException>(() =>
            Profiler.Start(new ProfilerOptions { EventsPerThread = 3 })
        );

    private static byte[] WriteToMemory()
    {
        using MemoryStream stream = new();
        Profiler.WriteTrace(stream);
        return stream.ToArray();
    }

    private static JsonElement[] Events(byte[] trace)
    {
        using JsonDocument document = JsonDocument.Parse(trace);
        return [.. document.RootElement.GetProperty("traceEvents").EnumerateArray().Select(static e => e.Clone())];
    }
}
