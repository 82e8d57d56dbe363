using CoreEngine.Runtime;

namespace CoreEngine.KVStore.Tests;

/// <summary>Every test must leave the scheduler empty and the pool as it found it.</summary>
public abstract class StoreTestBase
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
        long inUse = StoragePool.For(Device.Cpu()).Statistics.InUse;
        Assert.IsTrue(inUse <= _inUse, $"{inUse - _inUse} bytes are still in use after the test.");
    }

    /// <summary>The values that a key has, pulled into a new array.</summary>
    protected static float[] Pulled(KeyValueStore store, StoreKey key, Shape shape)
    {
        using NDArray target = NDArray.Zeros(shape);
        store.Pull(key, target);
        return target.ToArray<float>();
    }

    /// <summary>Random float32 numbers about zero.</summary>
    protected static float[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 4) - 2))];

    protected static NDArray Row(params float[] values) => NDArray.From(values);

    private static void CollectGarbage()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
