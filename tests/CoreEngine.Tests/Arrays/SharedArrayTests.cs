using CoreEngine.Runtime;

namespace CoreEngine.Tests.Arrays;

[TestClass]
public sealed class SharedArrayTests
{
    [TestMethod]
    public void Receiver_sees_what_the_owner_of_a_shared_array_writes_and_the_other_way_round()
    {
        using var array = new NDArray([2, 3], DType.Float64, Device.CpuShared());
        array.CopyFrom<double>([1, 2, 3, 4, 5, 6]);
        (int processId, int id) = array.ToSharedMemory();
        using NDArray received = NDArray.FromSharedMemory(processId, id, [3, 2], DType.Float64);
        CollectionAssert.AreEqual(new double[] { 1, 2, 3, 4, 5, 6 }, received.ToArray<double>());
        Assert.AreEqual(Device.CpuShared(), received.Device);
        received.Fill(7);
        received.WaitToRead();
        Assert.IsTrue(array.AsSpan<double>().IndexOfAnyExcept(7.0) < 0);
    }

    [TestMethod]
    public void Ordinary_arrays_and_views_are_copied()
    {
        using NDArray array = NDArray.From<int>([1, 2, 3, 4]);
        using NDArray view = array.Slice(1, 3);
        (int processId, int id) = view.ToSharedMemory();
        array.Fill(0);
        using NDArray received = NDArray.FromSharedMemory(processId, id, [2], DType.Int32);
        CollectionAssert.AreEqual(new[] { 2, 3 }, received.ToArray<int>());
    }

    [TestMethod]
    public void Memory_goes_away_with_the_last_array()
    {
        var array = new NDArray([4], DType.Float32, Device.CpuShared());
        (int processId, int id) = array.ToSharedMemory();
        NDArray.FromSharedMemory(processId, id, [4], DType.Float32).Dispose();
        array.Dispose();
        Engine.Default.WaitForAll();
        Assert.ThrowsExactly<SharedMemoryException>(() => SharedMemory.Open(processId, id));
    }

    [TestMethod]
    public void Smaller_memory_is_refused()
    {
        using NDArray array = NDArray.Ones([4]);
        (int processId, int id) = array.ToSharedMemory();
        EngineException error = Assert.ThrowsExactly<EngineException>(() =>
            NDArray.FromSharedMemory(processId, id, [100], DType.Float32)
        );
        StringAssert.Contains(error.Message, "400");
    }

    [TestMethod]
    public void Host_devices_mix_in_one_call_and_results_of_shared_memory_are_ordinary()
    {
        using var shared = new NDArray([3], DType.Float32, Device.CpuShared());
        shared.Fill(2);
        using NDArray other = NDArray.Ones([3], device: Device.Cpu(1));
        using NDArray sum = shared + other;
        Assert.AreEqual(Device.Cpu(), sum.Device);
        CollectionAssert.AreEqual(new float[] { 3, 3, 3 }, sum.ToArray<float>());
        Imperative.Invoke("elemwise_add", [other, other], outputs: [shared]);
        CollectionAssert.AreEqual(new float[] { 2, 2, 2 }, shared.ToArray<float>());
    }
}
