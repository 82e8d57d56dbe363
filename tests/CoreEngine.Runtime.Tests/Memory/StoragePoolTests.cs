using System.Runtime.CompilerServices;
using CoreEngine.Runtime;
using CsCheck;
using Buffer = CoreEngine.Runtime.Buffer;

namespace CoreEngine.Runtime.Tests.Memory;

[TestClass]
public sealed unsafe class StoragePoolTests
{
    private const long Megabyte = 1 << 20;

    [TestMethod]
    [DataRow(0L, 64L)]
    [DataRow(1L, 64L)]
    [DataRow(65L, 64L)]
    [DataRow(5000L, 64L)]
    [DataRow(3 * Megabyte, 64L)]
    [DataRow(4 * Megabyte, 2 * Megabyte)]
    [DataRow(5 * Megabyte + 12345, 2 * Megabyte)]
    public void MemoryIsAlignedAndWritable(long bytes, long alignment)
    {
        var pool = NewPool();
        using Buffer buffer = pool.Allocate(bytes);
        Assert.AreEqual(bytes, buffer.Length);
        Assert.AreEqual(Device.Cpu(), buffer.Device);
        Assert.AreEqual(0, (long)buffer.Pointer % alignment);
        var span = new Span<byte>(buffer.Pointer, (int)bytes);
        span.Fill(7);
        Assert.AreEqual(-1, span.IndexOfAnyExcept((byte)7));
    }

    [TestMethod]
    public void LoansNeverOverlapAndKeepTheirContents() =>
        Gen.Long[0, 200_000]
            .Array[1, 40]
            .Select(Gen.Int[0, 1_000_000])
            .Sample(
                (sizes, seed) =>
                {
                    var pool = NewPool();
                    var random = new Random(seed);
                    var loans = new List<(MemoryLease Lease, byte Mark)>();
                    for (int i = 0; i < sizes.Length; i++)
                    {
                        MemoryLease lease = pool.Lease(sizes[i]);
                        SpanOf(lease).Fill((byte)i);
                        loans.Add((lease, (byte)i));
                        if (random.Next(3) == 0)
                        {
                            int victim = random.Next(loans.Count);
                            CheckMark(loans[victim]);
                            loans[victim].Lease.Dispose();
                            loans.RemoveAt(victim);
                        }
                    }

                    var ranges = loans
                        .Select(loan =>
                            (Start: (long)loan.Lease.Pointer, End: (long)loan.Lease.Pointer + loan.Lease.Capacity)
                        )
                        .Order()
                        .ToArray();
                    for (int i = 1; i < ranges.Length; i++)
                    {
                        Assert.IsLessThanOrEqualTo(ranges[i].Start, ranges[i - 1].End);
                    }

                    foreach (var loan in loans)
                    {
                        CheckMark(loan);
                        loan.Lease.Dispose();
                    }

                    Assert.AreEqual(0, pool.Statistics.InUse);
                    pool.Trim();
                    Assert.AreEqual(0, pool.Statistics.Reserved);
                },
                iter: 200
            );

    [TestMethod]
    public void ABlockThatComesBackIsLentAgain()
    {
        var source = new TestSource();
        var pool = new StoragePool(Device.Cpu(), source);
        MemoryLease first = pool.Lease(1000);
        nint address = (nint)first.Pointer;
        first.Dispose();
        MemoryLease second = pool.Lease(990);
        Assert.AreEqual(address, (nint)second.Pointer);
        Assert.AreEqual(1024, source.Held);
        second.Dispose();
        Assert.AreEqual(1024, source.Held);
    }

    [TestMethod]
    public void DisposingTwiceOrLateNeverTakesTheNextUsersMemory()
    {
        var pool = NewPool();
        Buffer first = pool.Allocate(100);
        MemoryLease lease = pool.Lease(100_000);
        MemoryLease copy = lease;
        first.Dispose();
        lease.Dispose();
        using Buffer second = pool.Allocate(100);
        using MemoryLease next = pool.Lease(100_000);

        first.Dispose();
        lease.Dispose();
        copy.Dispose();

        Assert.AreEqual(2, pool.Statistics.BlocksInUse);
        Assert.IsTrue(next.IsLent);
        Assert.IsFalse(second.IsDisposed);
        Assert.IsTrue(first.IsDisposed);
        Assert.ThrowsExactly<ObjectDisposedException>(() => (nint)first.Pointer);
        Assert.ThrowsExactly<ObjectDisposedException>(() => (nint)copy.Pointer);
        Assert.ThrowsExactly<ObjectDisposedException>(() => copy.Capacity);
        Assert.AreNotEqual(copy, next);
        Assert.AreEqual(lease, copy);
    }

    [TestMethod]
    public void OneOfManyThreadsEndsALoan()
    {
        var pool = NewPool();
        for (int round = 0; round < 500; round++)
        {
            MemoryLease lease = pool.Lease(64);
            Parallel.For(0, 4, _ => lease.Dispose());
            Assert.AreEqual(0, pool.Statistics.BlocksInUse);
            Assert.AreEqual(1, pool.Statistics.BlocksPooled);
        }

        Assert.AreEqual(500, pool.Statistics.Returns);
    }

    [TestMethod]
    public void DefaultLeaseIsHarmless()
    {
        MemoryLease lease = default;
        lease.Dispose();
        Assert.IsFalse(lease.IsLent);
        Assert.AreEqual(0, lease.Length);
        Assert.ThrowsExactly<ObjectDisposedException>(() => (nint)lease.Pointer);
    }

    [TestMethod]
    public void StatisticsCountWhatHappened()
    {
        var pool = NewPool();
        MemoryLease small = pool.Lease(100);
        MemoryLease large = pool.Lease(Megabyte);
        small.Dispose();
        MemoryLease again = pool.Lease(128);
        StorageStatistics statistics = pool.Statistics;
        Assert.AreEqual(128 + Megabyte, statistics.InUse);
        Assert.AreEqual(2, statistics.BlocksInUse);
        Assert.AreEqual(3, statistics.Allocations);
        Assert.AreEqual(1, statistics.Hits);
        Assert.AreEqual(2, statistics.Misses);
        Assert.AreEqual(1, statistics.Returns);
        again.Dispose();
        large.Dispose();
        statistics = pool.Statistics;
        Assert.AreEqual(0, statistics.InUse);
        Assert.AreEqual(128 + Megabyte, statistics.Pooled);
        Assert.AreEqual(2, statistics.BlocksPooled);
        Assert.AreEqual(128 + Megabyte, statistics.PeakInUse);
        Assert.AreEqual(128 + Megabyte, pool.Trim());
        statistics = pool.Statistics;
        Assert.AreEqual(0, statistics.Reserved);
        Assert.AreEqual(128 + Megabyte, statistics.PeakReserved);
        Assert.Contains("cpu(0): 0 B in use", statistics.ToString());
    }

    [TestMethod]
    public void TrimKeepsWhatItIsToldToAndFreesTheLargestFirst()
    {
        var pool = NewPool();
        MemoryLease[] leases = [pool.Lease(Megabyte), pool.Lease(2 * Megabyte), pool.Lease(8 * Megabyte)];
        foreach (MemoryLease lease in leases)
        {
            lease.Dispose();
        }

        Assert.AreEqual(8 * Megabyte, pool.Trim(keep: 4 * Megabyte));
        Assert.AreEqual(3 * Megabyte, pool.Statistics.Pooled);
        Assert.AreEqual(0, pool.Trim(keep: 4 * Megabyte));
        Assert.AreEqual(3 * Megabyte, pool.Trim());
    }

    [TestMethod]
    public void BadSizesAreErrors()
    {
        var pool = NewPool();
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => pool.Allocate(-1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => pool.Limit = 0);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => pool.Trim(-1));
        var error = Assert.ThrowsExactly<DeviceOutOfMemoryException>(() => pool.Allocate(long.MaxValue));
        Assert.AreEqual(long.MaxValue, error.Requested);
    }

    [TestMethod]
    public void SteadyStateAllocatesNothingPerLeaseAndOneSmallObjectPerBuffer()
    {
        const int Rounds = 10_000;
        var pool = NewPool();
        long[] sizes = [64, 1000, 40_000, 300_000, 5 * Megabyte];
        long Lease()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++)
            {
                pool.Lease(sizes[i % sizes.Length]).Dispose();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        long Allocate()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++)
            {
                pool.Allocate(sizes[i % sizes.Length]).Dispose();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Lease();
        Assert.AreEqual(0, Lease());
        Allocate();
        Assert.IsLessThanOrEqualTo(40 * Rounds, Allocate());
    }

    [TestMethod]
    public void ForgottenBuffersComeBack()
    {
        var source = new TestSource();
        var pool = new StoragePool(Device.Cpu(), source);
        Forget(pool, 100);
        CollectUntil(() => pool.Statistics.Forgotten == 100);
        StorageStatistics statistics = pool.Statistics;
        Assert.AreEqual(0, statistics.InUse);
        Assert.AreEqual(100, statistics.BlocksPooled);
        Assert.AreEqual(100 * 1024, source.Held);

        // They can be lent and forgotten again.
        Forget(pool, 100);
        CollectUntil(() => pool.Statistics.Forgotten == 200);
        Assert.AreEqual(100, pool.Statistics.BlocksPooled);
        GC.KeepAlive(pool);
    }

    [TestMethod]
    public void AForgottenPoolFreesItsMemory()
    {
        var source = new TestSource();
        ForgetPool(source);
        CollectUntil(() => source.Held == 0);
        Assert.AreEqual(0, source.Held);
    }

    [TestMethod]
    public void TheGarbageCollectorKnowsOfNativeMemory()
    {
        // No managed allocation worth a collection happens here: only the reported native memory can trigger one. The
        // collector bounds the share of time that it spends, so it may let a few rounds pass.
        var pool = new StoragePool(Device.Cpu()) { Limit = 1L << 46 };
        for (int i = 0; i < 5_000 && pool.Statistics.Forgotten == 0; i++)
        {
            Forget(pool, 1, 32 * Megabyte);
            Thread.Sleep(1);
        }

        Assert.IsGreaterThan(0, pool.Statistics.Forgotten);
        GC.KeepAlive(pool);
    }

    internal static StoragePool NewPool() => new(Device.Cpu());

    internal static Span<byte> SpanOf(MemoryLease lease) => new(lease.Pointer, (int)lease.Length);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Forget(StoragePool pool, int count, long bytes = 1000)
    {
        var buffers = new Buffer[count];
        for (int i = 0; i < count; i++)
        {
            buffers[i] = pool.Allocate(bytes, "a forgotten buffer");
        }

        GC.KeepAlive(buffers);
    }

    internal static void CollectUntil(Func<bool> condition)
    {
        for (int i = 0; i < 100 && !condition(); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.IsTrue(condition());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ForgetPool(TestSource source)
    {
        var pool = new StoragePool(Device.Cpu(), source);
        MemoryLease returned = pool.Lease(5000);
        _ = pool.Lease(8 * Megabyte);
        returned.Dispose();
        Assert.IsGreaterThan(8 * Megabyte, source.Held);
    }

    private static void CheckMark((MemoryLease Lease, byte Mark) loan) =>
        Assert.AreEqual(-1, SpanOf(loan.Lease).IndexOfAnyExcept(loan.Mark));
}
