using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed class DeviceTests
{
    [TestMethod]
    [DataRow("cpu(0)", DeviceType.Cpu, 0)]
    [DataRow("gpu(3)", DeviceType.Gpu, 3)]
    [DataRow("cpu_pinned(1)", DeviceType.CpuPinned, 1)]
    [DataRow("cpu_shared(255)", DeviceType.CpuShared, 255)]
    public void Text_and_back(string text, DeviceType type, int id)
    {
        Device device = Device.Parse(text);
        Assert.AreEqual(new Device(type, id), device);
        Assert.AreEqual(text, device.ToString());
        Assert.IsTrue(device.IsValid);
        Assert.AreEqual(type != DeviceType.Gpu, device.IsHost);
    }

    [TestMethod]
    public void A_bare_type_means_number_0() => Assert.AreEqual(Device.Gpu(), Device.Parse(" gpu "));

    [TestMethod]
    [DataRow("")]
    [DataRow("tpu(0)")]
    [DataRow("cpu(")]
    [DataRow("cpu()")]
    [DataRow("cpu(-1)")]
    [DataRow("cpu(256)")]
    [DataRow("cpu(1)x")]
    [DataRow("CPU(0)")]
    public void Anything_else_is_refused(string text)
    {
        Assert.IsFalse(Device.TryParse(text, out _));
        InvalidDeviceException e = Assert.ThrowsExactly<InvalidDeviceException>(() => Device.Parse(text));
        StringAssert.Contains(e.Message, "cpu(0)");
    }

    [TestMethod]
    public void Nothing_is_no_device()
    {
        Assert.IsFalse(Device.TryParse(null, out _));
        Assert.IsFalse(default(Device).IsValid);
    }
}
