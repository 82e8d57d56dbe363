namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class CastTests
{
    [TestMethod]
    public void Convert_BetweenAllTypes_KeepsWhatBothCanHold()
    {
        foreach (DType from in Values.AllTypes)
        {
            foreach (DType to in Values.AllTypes)
            {
                for (int length = 0; length < 68; length++)
                {
                    double[] values = Values.Random(length, DType.UInt8, length);
                    using Native x = Native.Of(from, values, length % 5);
                    using var y = new Native(to, length, length % 3);
                    Cast.Convert(from, x.Pointer, to, y.Pointer, length);
                    CollectionAssert.AreEqual(values, y.ToArray(), $"{from} to {to}");
                }
            }
        }
    }

    [TestMethod]
    public void Convert_FromFractions_Truncates()
    {
        double[] values = [1.9, -1.9, 0.5, -0.5, 100.99, -100.99, 3, -3, 7.5];
        foreach (DType from in new[] { DType.Float32, DType.Float64, DType.Float16 })
        {
            foreach (DType to in new[] { DType.Int8, DType.Int32, DType.Int64 })
            {
                using Native x = Native.Of(from, values);
                using var y = new Native(to, values.Length);
                Cast.Convert(from, x.Pointer, to, y.Pointer, values.Length);
                CollectionAssert.AreEqual(Array.ConvertAll(x.ToArray(), Math.Truncate), y.ToArray());
            }
        }
    }

    [TestMethod]
    public void Convert_OfWhatDoesNotFit_IsAsDocumented()
    {
        double[] values = [300, -1, 256.5, double.NaN, 1e10, -1e10, double.PositiveInfinity, 1e30, 0];
        foreach (DType from in new[] { DType.Float32, DType.Float64 })
        {
            using Native x = Native.Of(from, values);
            using var bytes = new Native(DType.UInt8, values.Length);
            Cast.Convert(from, x.Pointer, DType.UInt8, bytes.Pointer, values.Length);
            CollectionAssert.AreEqual(new double[] { 44, 255, 0, 0, 0, 0, 0, 0, 0 }, bytes.ToArray());
            using var ints = new Native(DType.Int32, values.Length);
            Cast.Convert(from, x.Pointer, DType.Int32, ints.Pointer, values.Length);
            const double Least = int.MinValue;
            CollectionAssert.AreEqual(new[] { 300, -1, 256, Least, Least, Least, Least, Least, 0 }, ints.ToArray());
        }

        using Native wide = Native.Of(DType.Int64, [300, -1, 1L << 40]);
        using var narrow = new Native(DType.Int8, 3);
        Cast.Convert(DType.Int64, wide.Pointer, DType.Int8, narrow.Pointer, 3);
        CollectionAssert.AreEqual(new double[] { 44, -1, 0 }, narrow.ToArray());
    }

    [TestMethod]
    public void HalfToFloat_IsExactForEveryPattern()
    {
        const int Count = 65536;
        using var x = new Native(DType.Float16, Count);
        using var y = new Native(DType.Float32, Count);
        for (int i = 0; i < Count; i++)
        {
            ((ushort*)x.Pointer)[i] = (ushort)i;
        }

        Cast.Convert(DType.Float16, x.Pointer, DType.Float32, y.Pointer, Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.AreEqual((double)BitConverter.UInt16BitsToHalf((ushort)i), y[i], $"pattern {i:X4}");
        }
    }

    [TestMethod]
    public void IntegersThatPassByTheCaches_AreAllConverted()
    {
        const int Count = 6_300_007;
        using var x = new Native(DType.Int32, Count, misalignment: 1);
        using var y = new Native(DType.Float32, Count, misalignment: 3);
        int* integers = (int*)x.Pointer;
        for (int i = 0; i < Count; i++)
        {
            integers[i] = i * 7919;
        }

        Cast.Convert(DType.Int32, x.Pointer, DType.Float32, y.Pointer, Count);
        float* singles = (float*)y.Pointer;
        for (int i = 0; i < Count; i++)
        {
            if (singles[i] != integers[i])
                Assert.Fail($"{integers[i]} became {singles[i]:R} at {i}.");
        }
    }

    [TestMethod]
    public void FloatToHalf_RoundsToNearestEven()
    {
        // Every half, its neighbours in float32, and the middles between halves with their neighbours.
        const int Count = 32 * 1024 * 6;
        using var x = new Native(DType.Float32, Count);
        using var y = new Native(DType.Float16, Count);
        int filled = 0;
        for (int i = 0; i < 32 * 1024; i++)
        {
            float value = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            float middle = (value + (float)BitConverter.UInt16BitsToHalf((ushort)(i + 1))) / 2;
            foreach (float near in new[] { value, middle })
            {
                ((float*)x.Pointer)[filled++] = near;
                ((float*)x.Pointer)[filled++] = -MathF.BitIncrement(near);
                ((float*)x.Pointer)[filled++] = MathF.BitDecrement(near);
            }
        }

        Cast.Convert(DType.Float32, x.Pointer, DType.Float16, y.Pointer, Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.AreEqual((double)(Half)(float)x[i], y[i], $"{x[i]:R}");
        }
    }
}
