using CoreEngine.Runtime;
using Buffer = CoreEngine.Runtime.Buffer;

namespace CoreEngine.Runtime.Tests.Memory;

[TestClass]
public sealed unsafe class MemoryDebugTests
{
    [TestMethod]
    [DataRow(100L)]
    [DataRow(100_000L)]
    [DataRow(5_000_001L)]
    public void GuardedMemoryKeepsItsAlignment(long bytes)
    {
        StoragePool pool = DebugPool();
        for (int i = 0; i < 3; i++)
        {
            using Buffer buffer = pool.Allocate(bytes);
            Assert.AreEqual(0, (long)buffer.Pointer % (bytes >= 4 << 20 ? 2 << 20 : 64));
            new Span<byte>(buffer.Pointer, (int)bytes).Fill(1);
        }

        Assert.AreEqual(1, pool.Statistics.Misses);
    }

    [TestMethod]
    public void FreshMemoryReadsAsNaN()
    {
        using Buffer buffer = DebugPool().Allocate(64);
        Assert.IsTrue(float.IsNaN(*(float*)buffer.Pointer));
        Assert.IsTrue(double.IsNaN(*(double*)buffer.Pointer));
    }

    [TestMethod]
    [DataRow(100L, 100L)]
    [DataRow(100L, 127L)]
    [DataRow(100L, 128L)]
    [DataRow(100L, 191L)]
    [DataRow(100L, -1L)]
    [DataRow(100L, -64L)]
    [DataRow(5_000_000L, 5_000_000L)]
    [DataRow(5_000_000L, -1L)]
    public void WritingOutsideIsFoundOnReturn(long bytes, long offset)
    {
        StoragePool pool = DebugPool();
        Buffer buffer = pool.Allocate(bytes, "the tested array");
        ((byte*)buffer.Pointer)[offset] ^= 0x55;
        var error = Assert.ThrowsExactly<MemoryCorruptionException>(buffer.Dispose);
        Assert.Contains($"at byte {offset:N0} from the start", error.Message);
        Assert.Contains("the tested array", error.Message);
        Assert.Contains(nameof(WritingOutsideIsFoundOnReturn), error.Message);
        Assert.AreEqual(bytes, error.Loan!.Bytes);

        // The damaged block is set aside, the pool goes on, and a second Dispose is quiet.
        buffer.Dispose();
        Assert.AreEqual(0, pool.Statistics.InUse);
        Assert.AreEqual(0, pool.Statistics.Pooled);
        using Buffer next = pool.Allocate(bytes);
        Assert.AreEqual(1, pool.Statistics.BlocksInUse);
    }

    [TestMethod]
    public void WritingAfterReturnIsFoundOnReuse()
    {
        StoragePool pool = DebugPool();
        Buffer buffer = pool.Allocate(1000, "an old array");
        byte* pointer = (byte*)buffer.Pointer;
        buffer.Dispose();
        Assert.IsTrue(float.IsNaN(*(float*)pointer));
        pointer[500] = 1;
        var error = Assert.ThrowsExactly<MemoryCorruptionException>(() => pool.Allocate(1000));
        Assert.Contains("after giving it back, near byte 496", error.Message);
        Assert.Contains("an old array", error.Message);
        using Buffer next = pool.Allocate(1000);
        Assert.AreEqual(1, pool.Statistics.BlocksInUse);
        Assert.AreEqual(0, pool.Statistics.BlocksPooled);
    }

    [TestMethod]
    public void WritingAfterReturnIsFoundByTrim()
    {
        StoragePool pool = DebugPool();
        Buffer buffer = pool.Allocate(1000);
        byte* pointer = (byte*)buffer.Pointer;
        buffer.Dispose();
        pointer[0] = 1;
        Assert.ThrowsExactly<MemoryCorruptionException>(() => pool.Trim());
        Assert.AreEqual(0, pool.Statistics.Reserved);
    }

    [TestMethod]
    public void LiveLoansAreReportedWithTagAndOrigin()
    {
        StoragePool pool = DebugPool();
        Buffer first = pool.Allocate(10, "weights");
        using Buffer second = pool.Allocate(20);
        first.Dispose();
        AllocationRecord record = pool.LiveAllocations.Single();
        Assert.AreEqual(20, record.Bytes);
        Assert.IsNull(record.Tag);
        Assert.Contains(nameof(LiveLoansAreReportedWithTagAndOrigin), record.Origin);
        Assert.StartsWith("cpu(0): 1 still lent", pool.Report());
    }

    [TestMethod]
    public void ForgottenLoansAreReported()
    {
        StoragePool pool = DebugPool();
        StoragePoolTests.Forget(pool, 3);
        StoragePoolTests.CollectUntil(() => pool.ForgottenAllocations.Count == 3);
        Assert.IsEmpty(pool.LiveAllocations);
        string report = pool.Report();
        Assert.Contains("3 forgotten", report);
        Assert.Contains("a forgotten buffer", report);
        Assert.Contains(nameof(StoragePoolTests.Forget), report);
    }

    [TestMethod]
    public void DamageInAForgottenLoanIsReportedNotThrown()
    {
        StoragePool pool = DebugPool();
        Overrun(pool);
        StoragePoolTests.CollectUntil(() => pool.Findings.Count == 1);
        Assert.Contains("wrote outside its memory", pool.Findings[0]);
        Assert.AreEqual(0, pool.Statistics.InUse);
    }

    [TestMethod]
    public void SwitchingWhileMemoryIsLentIsSafe()
    {
        var pool = new StoragePool(Device.Cpu());
        Buffer plain = pool.Allocate(100);
        pool.Debug = true;
        Buffer guarded = pool.Allocate(100);
        plain.Dispose();
        pool.Debug = false;
        guarded.Dispose();
        Assert.AreEqual(0, pool.Statistics.Reserved);
        using Buffer next = pool.Allocate(100);
        Assert.AreEqual(128, pool.Statistics.Reserved);
    }

    [TestMethod]
    public void MemoryThatTheHostCannotSeeIsNotTouched()
    {
        var pool = new StoragePool(Device.Cpu(), new TestSource { HostVisible = false }) { Debug = true };
        Assert.IsFalse(pool.Debug);
        pool.Allocate(100).Dispose();
        Assert.AreEqual(128, pool.Statistics.Reserved);
    }

    private static StoragePool DebugPool() => new(Device.Cpu()) { Debug = true };

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Overrun(StoragePool pool)
    {
        Buffer buffer = pool.Allocate(100);
        ((byte*)buffer.Pointer)[100] = 0;
        GC.KeepAlive(buffer);
    }
}
