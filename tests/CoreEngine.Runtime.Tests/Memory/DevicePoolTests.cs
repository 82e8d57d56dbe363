using CoreEngine.Runtime;
using Buffer = CoreEngine.Runtime.Buffer;

namespace CoreEngine.Runtime.Tests.Memory;

[TestClass]
public sealed class DevicePoolTests
{
    [TestMethod]
    public void EveryHostDeviceHasItsOwnPool()
    {
        StoragePool pool = StoragePool.For(Device.Cpu());
        Assert.AreSame(pool, StoragePool.For(Device.Cpu()));
        Assert.AreNotSame(pool, StoragePool.For(Device.Cpu(1)));
        StoragePool pinned = StoragePool.For(Device.CpuPinned());
        using Buffer buffer = pinned.Allocate(10);
        Assert.AreEqual("cpu_pinned(0)", buffer.Device.ToString());
        Assert.Contains(pool, StoragePool.All);
        Assert.Contains(pinned, StoragePool.All);
        Assert.IsGreaterThan(0, pool.Limit);
    }

    [TestMethod]
    public void ManyThreadsGetTheSamePool()
    {
        var pools = new StoragePool[16];
        Parallel.For(0, pools.Length, i => pools[i] = StoragePool.For(Device.Cpu(42)));
        Assert.HasCount(1, pools.Distinct());
    }

    [TestMethod]
    public void AbsentDevicesAreNamedWithThoseThatExist()
    {
        var error = Assert.ThrowsExactly<InvalidDeviceException>(() => StoragePool.For(Device.Gpu(77)));
        Assert.Contains("There is no device gpu(77)", error.Message);
        Assert.Contains("cpu(0)", error.Message);
        Assert.ThrowsExactly<InvalidDeviceException>(() => StoragePool.For(new Device(DeviceType.Cpu, -1)));
        Assert.ThrowsExactly<InvalidDeviceException>(() => StoragePool.For(default));
        error = Assert.ThrowsExactly<InvalidDeviceException>(() =>
            StoragePool.For(new Device(DeviceType.CpuShared, 0))
        );
        Assert.Contains("SharedMemory.Create", error.Message);
    }

    [TestMethod]
    public void AnAcceleratorMadeKnownHasAPool()
    {
        Device gpu = Device.Gpu(99);
        var source = new TestSource { HostVisible = false };
        StoragePool.AddDevice(gpu, source);
        StoragePool pool = StoragePool.For(gpu);
        using Buffer buffer = pool.Allocate(100);
        Assert.AreEqual(gpu, buffer.Device);
        Assert.AreEqual(128, source.Held);
        Assert.AreEqual(source.DefaultLimit, pool.Limit);
        Assert.ThrowsExactly<ArgumentException>(() => StoragePool.AddDevice(gpu, source));
        Assert.ThrowsExactly<ArgumentException>(() => StoragePool.AddDevice(Device.Cpu(3), source));
        var error = Assert.ThrowsExactly<InvalidDeviceException>(() => StoragePool.For(Device.Gpu(98)));
        Assert.Contains("gpu(99)", error.Message);
    }
}
