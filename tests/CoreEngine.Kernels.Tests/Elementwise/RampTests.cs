namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class RampTests
{
    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    [DataRow(DType.Int32)]
    [DataRow(DType.Int64)]
    [DataRow(DType.UInt8)]
    [DataRow(DType.Int8)]
    public void Numbers_StandAtEvenDistances_EachAsOftenAsAsked(DType dtype)
    {
        foreach (int count in (int[])[0, 1, 7, 255, 256, 257, 1000])
        {
            foreach (int repeat in (int[])[1, 2, 3, 300])
            {
                using var y = new Native(dtype, count, 1);
                Ramp.Fill(dtype, -3, 0.125, repeat, y.Pointer, count);
                for (int i = 0; i < count; i++)
                {
                    Assert.AreEqual(Values.Round(dtype, -3 + (i / repeat * 0.125)), y[i], $"{count}, {repeat}: {i}");
                }
            }
        }
    }

    [TestMethod]
    public void LongRamps_AreWholeForAnyNumberOfThreads()
    {
        const int Count = 300_001;
        KernelTeam before = KernelTeam.Default;
        try
        {
            foreach (int threads in (int[])[1, 2, 5])
            {
                using var team = new KernelTeam(threads);
                KernelTeam.Default = team;
                using var y = new Native(DType.Float64, Count);
                Ramp.Fill(DType.Float64, 5, -0.1, 1, y.Pointer, Count);
                for (int i = 0; i < Count; i++)
                {
                    Assert.AreEqual(5 + (i * -0.1), y[i]);
                }
            }
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }
}
