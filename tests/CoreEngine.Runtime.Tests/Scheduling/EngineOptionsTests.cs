using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class EngineOptionsTests : EngineTestBase
{
    [TestMethod]
    [DataRow("NaiveEngine", EngineKind.Naive)]
    [DataRow("ThreadedEngine", EngineKind.Threaded)]
    [DataRow("ThreadedEnginePerDevice", EngineKind.Threaded)]
    [DataRow(" NaiveEngine ", EngineKind.Naive)]
    [DataRow("", EngineKind.Threaded)]
    public void The_engine_is_chosen_by_name(string value, EngineKind expected)
    {
        Assert.AreEqual(expected, From(("COREENGINE_ENGINE", value)).Kind);
        Assert.AreEqual(expected, From(("MXNET_ENGINE_TYPE", value)).Kind);
    }

    [TestMethod]
    public void Our_own_name_of_a_setting_counts_more()
    {
        EngineOptions options = From(
            ("COREENGINE_ENGINE", "NaiveEngine"),
            ("MXNET_ENGINE_TYPE", "ThreadedEngine"),
            ("COREENGINE_CPU_WORKERS", "3"),
            ("MXNET_CPU_WORKER_NTHREADS", "5"),
            ("MXNET_CPU_PRIORITY_NTHREADS", "6"),
            ("COREENGINE_BULK_LIMIT", "7"),
            ("COREENGINE_SPIN_MICROSECONDS", "0"),
            ("MXNET_GPU_COPY_NTHREADS", "2"),
            ("COREENGINE_GPU_WORKERS", "4")
        );
        Assert.AreEqual(EngineKind.Naive, options.Kind);
        Assert.AreEqual(3, options.CpuWorkers);
        Assert.AreEqual(6, options.CpuPriorityWorkers);
        Assert.AreEqual(7, options.BulkLimit);
        Assert.AreEqual(0, options.SpinMicroseconds);
        Assert.AreEqual(2, options.GpuCopyWorkers);
        Assert.AreEqual(4, options.GpuWorkers);
    }

    [TestMethod]
    [DataRow("COREENGINE_ENGINE", "Fast", "NaiveEngine")]
    [DataRow("MXNET_ENGINE_TYPE", "naiveengine", "NaiveEngine")]
    [DataRow("COREENGINE_CPU_WORKERS", "0", "1 to 1024")]
    [DataRow("MXNET_CPU_WORKER_NTHREADS", "many", "1 to 1024")]
    [DataRow("COREENGINE_CPU_PRIORITY_NTHREADS", "-4", "1 to 1024")]
    [DataRow("MXNET_CPU_PRIORITY_NTHREADS", "2.5", "1 to 1024")]
    [DataRow("COREENGINE_BULK_LIMIT", "99999999999", "1 to")]
    [DataRow("COREENGINE_SPIN_MICROSECONDS", "1000001", "0 to 1000000")]
    public void A_bad_value_is_named_with_what_can_be_used(string name, string value, string allowed)
    {
        EngineSettingsException e = Assert.ThrowsExactly<EngineSettingsException>(() => From((name, value)));
        StringAssert.Contains(e.Message, name);
        StringAssert.Contains(e.Message, value);
        StringAssert.Contains(e.Message, allowed);
    }

    [TestMethod]
    public void Bad_options_are_refused_when_an_engine_is_made()
    {
        EngineOptions good = new();
        EngineOptions[] bad =
        [
            good with
            {
                Kind = (EngineKind)9,
            },
            good with
            {
                CpuWorkers = 0,
            },
            good with
            {
                CpuPriorityWorkers = 2000,
            },
            good with
            {
                GpuWorkers = -1,
            },
            good with
            {
                GpuCopyWorkers = 0,
            },
            good with
            {
                BulkLimit = 0,
            },
            good with
            {
                SpinMicroseconds = -1,
            },
            good with
            {
                BacklogLimit = 0,
            },
            good with
            {
                ShutdownTimeout = TimeSpan.FromSeconds(-3),
            },
        ];
        foreach (EngineOptions options in bad)
        {
            Assert.ThrowsExactly<EngineSettingsException>(() => Engine.Create(options));
        }
    }

    [TestMethod]
    public void Create_makes_the_kind_that_is_asked_for()
    {
        Assert.IsInstanceOfType<NaiveEngine>(Track(Engine.Create(new EngineOptions { Kind = EngineKind.Naive })));
        Assert.IsInstanceOfType<ThreadedEngine>(Track(Engine.Create(new EngineOptions())));
    }

    [TestMethod]
    public void The_default_engine_can_be_replaced()
    {
        Engine before = Engine.Default;
        Assert.AreSame(before, Engine.Default);
        try
        {
            NaiveEngine mine = Naive();
            Engine.Default = mine;
            Assert.AreSame(mine, Engine.Default);
        }
        finally
        {
            Engine.Default = before;
        }
    }

    private static EngineOptions From(params (string Name, string Value)[] variables) =>
        EngineOptions.From(name => variables.FirstOrDefault(v => v.Name == name).Value);
}
