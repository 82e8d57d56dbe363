using CoreEngine.Runtime;

namespace CoreEngine.Runtime.Tests.Memory;

[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed unsafe class SharedMemoryTests
{
    [TestMethod]
    public void TwoHandlesSeeTheSameBytesAndTheLastRemovesTheName()
    {
        SharedMemory first = SharedMemory.Create(100_000);
        string path = $"/dev/shm/mx_{first.ProcessId:x}_{first.Id:x}";
        Assert.IsTrue(File.Exists(path));
        Assert.AreEqual(0, (long)first.Pointer % 64);
        Assert.AreEqual(-1, new Span<byte>(first.Pointer, 100_000).IndexOfAnyExcept((byte)0));
        first.AddReference();
        using (SharedMemory second = SharedMemory.Open(first.ProcessId, first.Id))
        {
            Assert.AreEqual(2, second.References);
            Assert.AreEqual(100_000, second.Length);
            Assert.IsTrue(second.Pointer != first.Pointer);
            ((int*)second.Pointer)[24_999] = 1234567;
            Assert.AreEqual(1234567, ((int*)first.Pointer)[24_999]);

            // The sender may go first.
            first.Dispose();
            first.Dispose();
            Assert.AreEqual(1, second.References);
            Assert.AreEqual(1234567, ((int*)second.Pointer)[24_999]);
            Assert.IsTrue(File.Exists(path));
        }

        Assert.IsFalse(File.Exists(path));
        Assert.ThrowsExactly<ObjectDisposedException>(() => (nint)first.Pointer);
        Assert.ThrowsExactly<ObjectDisposedException>(first.AddReference);
    }

    [TestMethod]
    public void WhatIsNotThereIsAnError()
    {
        var error = Assert.ThrowsExactly<SharedMemoryException>(() => SharedMemory.Open(1, 0));
        Assert.Contains("/mx_1_0 cannot be opened", error.Message);
    }

    [TestMethod]
    public void WhatIsNotOursIsAnError()
    {
        const string Path = "/dev/shm/mx_7_c0ffee";
        File.WriteAllBytes(Path, new byte[500]);
        try
        {
            var error = Assert.ThrowsExactly<SharedMemoryException>(() => SharedMemory.Open(7, 0xC0FFEE));
            Assert.Contains("not made by CoreEngine", error.Message);
            File.WriteAllBytes(Path, new byte[5]);
            Assert.ThrowsExactly<SharedMemoryException>(() => SharedMemory.Open(7, 0xC0FFEE));
        }
        finally
        {
            File.Delete(Path);
        }
    }

    [TestMethod]
    public void NoRoomIsAnErrorNowNotASignalLater()
    {
        int before = Directory.GetFiles("/dev/shm", "mx_*").Length;
        var error = Assert.ThrowsExactly<SharedMemoryException>(() => SharedMemory.Create(1L << 50));
        Assert.Contains("enlarge /dev/shm", error.Message);
        Assert.HasCount(before, Directory.GetFiles("/dev/shm", "mx_*"));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SharedMemory.Create(0));
    }
}
