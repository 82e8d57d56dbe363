using System.Collections.Concurrent;
using CoreEngine.Runtime;

namespace CoreEngine.Runtime.Tests.Memory;

[TestClass]
public sealed class PoolStressTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void EightThreadsLendReturnAndHandOver(bool debug)
    {
        const int Threads = 8;
        int rounds = debug ? 2_000 : 20_000;
        var source = new TestSource();
        var pool = new StoragePool(Device.Cpu(), source) { Debug = debug };
        var handedOver = new ConcurrentQueue<(MemoryLease Lease, byte Mark)>();
        var threads = new Thread[Threads];
        var failures = new ConcurrentQueue<Exception>();
        for (int t = 0; t < Threads; t++)
        {
            int seed = t;
            threads[t] = new Thread(() =>
            {
                try
                {
                    Work(pool, handedOver, seed, rounds);
                }
                catch (Exception error)
                {
                    failures.Enqueue(error);
                }
            });
            threads[t].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.IsEmpty(failures, failures.FirstOrDefault()?.ToString() ?? "");
        while (handedOver.TryDequeue(out var item))
        {
            CheckAndReturn(item);
        }

        StorageStatistics statistics = pool.Statistics;
        Assert.AreEqual(0, statistics.InUse);
        Assert.AreEqual(0, statistics.BlocksInUse);
        Assert.AreEqual(statistics.Allocations, statistics.Returns);
        Assert.AreEqual(0, statistics.Forgotten);
        Assert.AreEqual("", pool.Report());
        pool.Trim();
        Assert.AreEqual(0, source.Held);
        Assert.AreEqual(0, pool.Statistics.Reserved);
    }

    private static void Work(
        StoragePool pool,
        ConcurrentQueue<(MemoryLease Lease, byte Mark)> handedOver,
        int seed,
        int rounds
    )
    {
        var random = new Random(seed);
        var own = new List<(MemoryLease Lease, byte Mark)>();
        for (int i = 0; i < rounds; i++)
        {
            switch (random.Next(8))
            {
                case < 4:
                    long bytes = random.Next(10) == 0 ? random.Next(100_000) : random.Next(2_000);
                    MemoryLease lease = pool.Lease(bytes);
                    byte mark = (byte)random.Next(256);
                    StoragePoolTests.SpanOf(lease).Fill(mark);
                    own.Add((lease, mark));
                    break;
                case < 6 when own.Count > 0:
                    int index = random.Next(own.Count);
                    CheckAndReturn(own[index]);
                    own[index] = own[^1];
                    own.RemoveAt(own.Count - 1);
                    break;
                case 6 when own.Count > 0:
                    handedOver.Enqueue(own[^1]);
                    own.RemoveAt(own.Count - 1);
                    break;
                default:
                    if (handedOver.TryDequeue(out var item))
                    {
                        CheckAndReturn(item);
                    }

                    if (i % 1000 == 0)
                    {
                        pool.Trim();
                    }

                    break;
            }
        }

        own.ForEach(CheckAndReturn);
    }

    private static void CheckAndReturn((MemoryLease Lease, byte Mark) item)
    {
        Assert.AreEqual(-1, StoragePoolTests.SpanOf(item.Lease).IndexOfAnyExcept(item.Mark));
        item.Lease.Dispose();
        item.Lease.Dispose();
    }
}
