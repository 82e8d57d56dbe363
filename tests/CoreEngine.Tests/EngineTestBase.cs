using CoreEngine.Runtime;

namespace CoreEngine.Tests;

/// <summary>Every test must leave the scheduler empty and the pool as it found it.</summary>
public abstract class EngineTestBase
{
    private long _inUse;

    [TestInitialize]
    public void CountBefore()
    {
        Engine.Default.WaitForAll();
        CollectGarbage();
        _inUse = StoragePool.For(Device.Cpu()).Statistics.InUse;
    }

    [TestCleanup]
    public void NothingIsLeaked()
    {
        Engine.Default.WaitForAll();
        CollectGarbage();
        Assert.AreEqual(0, Engine.Default.Statistics.Pending);
        long inUse = StoragePool.For(Device.Cpu()).Statistics.InUse;
        Assert.IsTrue(inUse <= _inUse, $"{inUse - _inUse} bytes are still in use after the test.");
    }

    private static void CollectGarbage()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
