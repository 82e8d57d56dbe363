using CoreEngine.Runtime;
using Buffer = CoreEngine.Runtime.Buffer;

namespace CoreEngine.Runtime.Tests.Memory;

[TestClass]
public sealed class OutOfMemoryTests
{
    private const long Megabyte = 1 << 20;

    [TestMethod]
    public void TheLimitIsKeptAndEverythingWorksAfterwards()
    {
        var pool = new StoragePool(Device.Cpu()) { Limit = 16 * Megabyte };
        using Buffer kept = pool.Allocate(10 * Megabyte);
        var error = Assert.ThrowsExactly<DeviceOutOfMemoryException>(() =>
            pool.Allocate(7 * Megabyte, "FullyConnected output")
        );
        Assert.AreEqual(7 * Megabyte, error.Requested);
        Assert.AreEqual(10 * Megabyte, error.InUse);
        Assert.AreEqual(0, error.Pooled);
        Assert.AreEqual(16 * Megabyte, error.Limit);
        Assert.AreEqual(Device.Cpu(), error.Device);
        Assert.Contains("cpu(0) has no memory for 7 MiB", error.Message);
        Assert.Contains("for FullyConnected output", error.Message);
        Assert.Contains("10 MiB in use in 1 blocks", error.Message);
        Assert.Contains("limit 16 MiB", error.Message);
        Assert.Contains("COREENGINE_MEMORY_LIMIT", error.Message);
        Assert.AreEqual(1, pool.Statistics.Failures);

        using Buffer fits = pool.Allocate(6 * Megabyte);
        Assert.AreEqual(16 * Megabyte, pool.Statistics.InUse);
    }

    [TestMethod]
    public void KeptBlocksGiveWay()
    {
        var pool = new StoragePool(Device.Cpu()) { Limit = 16 * Megabyte };
        for (int i = 0; i < 3; i++)
        {
            pool.Allocate(10 * Megabyte).Dispose();
            pool.Allocate(12 * Megabyte).Dispose();
            pool.Allocate(16 * Megabyte).Dispose();
        }

        Assert.AreEqual(16 * Megabyte, pool.Statistics.PeakReserved);
        Assert.AreEqual(0, pool.Statistics.Failures);
    }

    [TestMethod]
    public void ForgottenBuffersAreFoundBeforeGivingUp()
    {
        var pool = new StoragePool(Device.Cpu()) { Limit = 4 * Megabyte };
        StoragePoolTests.Forget(pool, 4, Megabyte);
        using Buffer buffer = pool.Allocate(3 * Megabyte);
        Assert.AreEqual(4, pool.Statistics.Forgotten);
    }

    [TestMethod]
    public void MemoryThatComesBackMeanwhileIsWaitedFor()
    {
        int refusals = 0;
        var source = new TestSource { Exhausted = true };
        source.Refused = () => source.Exhausted = ++refusals < 4;
        var pool = new StoragePool(Device.Cpu(), source);
        using Buffer buffer = pool.Allocate(3 * Megabyte);
        Assert.AreEqual(4, refusals);
        Assert.AreEqual(0, pool.Statistics.Failures);
    }

    [TestMethod]
    public void AnExhaustedSystemIsAnErrorTooAndItsTrimIsTriedFirst()
    {
        var source = new TestSource();
        var pool = new StoragePool(Device.Cpu(), source);
        pool.Allocate(Megabyte).Dispose();
        source.Exhausted = true;
        Assert.ThrowsExactly<DeviceOutOfMemoryException>(() => pool.Allocate(2 * Megabyte));
        Assert.AreEqual(0, source.Held);
        Assert.AreEqual(0, pool.Statistics.Reserved);
        source.Exhausted = false;
        using Buffer buffer = pool.Allocate(2 * Megabyte);
        Assert.AreEqual(2 * Megabyte, source.Held);
    }

    [TestMethod]
    public void WhatTheSystemCannotMapIsAnError()
    {
        var pool = new StoragePool(Device.Cpu()) { Limit = long.MaxValue };
        Assert.ThrowsExactly<DeviceOutOfMemoryException>(() => pool.Allocate(1L << 46));
        using Buffer buffer = pool.Allocate(Megabyte);
        Assert.AreEqual(Megabyte, pool.Statistics.Reserved);
    }

    [TestMethod]
    public void LoweringTheLimitTrimsAtOnceAndOnReturn()
    {
        var pool = new StoragePool(Device.Cpu()) { Limit = 16 * Megabyte };
        Buffer held = pool.Allocate(8 * Megabyte);
        pool.Allocate(8 * Megabyte).Dispose();
        pool.Limit = 4 * Megabyte;
        Assert.AreEqual(8 * Megabyte, pool.Statistics.Reserved);
        held.Dispose();
        StorageStatistics statistics = pool.Statistics;
        Assert.AreEqual(0, statistics.Reserved);
        Assert.AreEqual(0, statistics.InUse);
        Assert.AreEqual(2, statistics.Returns);
    }

    [TestMethod]
    public void ManyThreadsAtTheLimitEitherGetMemoryOrTheError()
    {
        var pool = new StoragePool(Device.Cpu()) { Limit = 8 * Megabyte };
        long refused = 0;
        Parallel.For(
            0,
            8,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            seed =>
            {
                var random = new Random(seed);
                var held = new Queue<Buffer>();
                for (int i = 0; i < 30; i++)
                {
                    try
                    {
                        held.Enqueue(pool.Allocate(random.NextInt64(Megabyte / 2, 2 * Megabyte)));
                    }
                    catch (DeviceOutOfMemoryException)
                    {
                        Interlocked.Increment(ref refused);
                        while (held.TryDequeue(out Buffer? buffer))
                        {
                            buffer.Dispose();
                        }
                    }
                }

                while (held.TryDequeue(out Buffer? buffer))
                {
                    buffer.Dispose();
                }
            }
        );
        StorageStatistics statistics = pool.Statistics;
        Assert.AreEqual(refused, statistics.Failures);
        Assert.AreEqual(0, statistics.InUse);
        Assert.IsLessThanOrEqualTo(8 * Megabyte, statistics.PeakReserved);
        using Buffer all = pool.Allocate(8 * Megabyte);
    }
}
