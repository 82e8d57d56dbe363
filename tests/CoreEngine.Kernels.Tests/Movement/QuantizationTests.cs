namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class QuantizationTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(33)]
    [DataRow(5000)]
    [DataRow(70000)]
    public void BytesAreRoundedAndCutOff(int count)
    {
        using var x = new Native(DType.Float32, count, misalignment: 1);
        using var y = new Native(DType.UInt8, count, misalignment: 3);
        var random = new Random(count);
        for (int i = 0; i < count; i++)
        {
            x[i] = (random.NextDouble() * 5) - 2.5;
        }

        const float Low = -2;
        const float Scale = 255f / 4;
        Quantization.ToBytes((float*)x.Pointer, Low, Scale, y.Pointer, count);
        for (int i = 0; i < count; i++)
        {
            float steps = ((float)x[i] - Low) * Scale;
            Assert.AreEqual(Math.Clamp(Math.Floor(steps + 0.5), 0, 255), y[i], $"{x[i]:R}");
        }
    }

    [TestMethod]
    public void HalvesGoUpAndWhatIsNoNumberIsZero()
    {
        float[] values =
        [
            0.49999997f,
            0.5f,
            1.5f,
            2.5f,
            -1,
            254.5f,
            255.4f,
            float.NaN,
            float.PositiveInfinity,
            float.NegativeInfinity,
        ];
        byte[] expected = [0, 1, 2, 3, 0, 255, 255, 0, 255, 0];
        byte[] actual = new byte[values.Length];
        fixed (float* x = values)
        fixed (byte* y = actual)
        {
            Quantization.ToBytes(x, 0, 1, y, values.Length);
        }

        CollectionAssert.AreEqual(expected, actual);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(70000)]
    public void NumbersAreStepsFromTheLowest(int count)
    {
        using var x = new Native(DType.UInt8, count, misalignment: 1);
        using var y = new Native(DType.Float32, count, misalignment: 3);
        for (int i = 0; i < count; i++)
        {
            x[i] = i % 256;
        }

        Quantization.FromBytes(x.Pointer, -1.25f, 0.01f, (float*)y.Pointer, count);
        for (int i = 0; i < count; i++)
        {
            Assert.AreEqual((i % 256 * 0.01f) + -1.25f, y[i], 1e-6);
        }
    }
}
