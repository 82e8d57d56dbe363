namespace CoreEngine.Runtime.Tests.Memory;

[TestClass]
public sealed unsafe class BorrowedMemoryTests
{
    [TestMethod]
    public void ALoanOfForeignMemoryEndsWithoutGivingItToThePool()
    {
        long inUse = StoragePool.For(Device.Cpu()).Statistics.InUse;
        int value = 7;
        MemoryLease lease = MemoryLease.Borrow(&value, sizeof(int), Device.Cpu());
        MemoryLease copy = lease;
        Assert.IsTrue((nint)lease.Pointer == (nint)(&value));
        Assert.AreEqual(4, lease.Length);
        Assert.AreEqual(4, lease.Capacity);
        Assert.AreEqual(Device.Cpu(), lease.Device);
        copy.Dispose();
        Assert.IsFalse(lease.IsLent);
        Assert.Throws<ObjectDisposedException>(() => (nint)lease.Pointer);
        lease.Dispose();
        Assert.AreEqual(7, value);
        Assert.AreEqual(inUse, StoragePool.For(Device.Cpu()).Statistics.InUse);
    }
}
