namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed class CpuInfoTests
{
    [TestMethod]
    public void CachesGrowWithTheirLevel()
    {
        Assert.IsGreaterThanOrEqualTo(8L << 10, CpuInfo.L1Bytes);
        Assert.IsGreaterThan(CpuInfo.L1Bytes, CpuInfo.L2Bytes);
        Assert.IsGreaterThanOrEqualTo(CpuInfo.L2Bytes, CpuInfo.L3Bytes);
        Assert.IsGreaterThanOrEqualTo(1, CpuInfo.ProcessorCount);
        Assert.AreNotEqual("", CpuInfo.Name);
    }

    [TestMethod]
    public void InstructionSetsFollowWhatTheRuntimeMayUse()
    {
        string[] sets = CpuInfo.InstructionSets.Split(' ');
        Assert.AreEqual(System.Runtime.Intrinsics.X86.Avx2.IsSupported, sets.Contains("avx2"));
        Assert.AreEqual(CpuInfo.VectorBits == 512, System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated);
    }
}
