namespace CoreEngine.KVStore.Tests;

/// <summary>Compressed pushes against the rule on one number at a time.</summary>
[TestClass]
public sealed class GradientCompressionTests : StoreTestBase
{
    [TestMethod]
    public void PushesAreRoundedAndNothingIsLost()
    {
        foreach (int count in (int[])[1, 7, 16, 17, 63, 1025, 40_003])
        {
            Check(count, devices: 3, threshold: 0.5f);
        }

        Check(129, devices: 1, threshold: 1.25f);
    }

    [TestMethod]
    public void WhatIsNoNumberStaysInTheResidual()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = Compressing(0.5f);
        var shape = new Shape(4);
        store.Initialize(0, NDArray.Zeros(shape));
        store.Push(0, Row(float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.5f));
        CollectionAssert.AreEqual(new float[] { 0, 0.5f, -0.5f, 0.5f }, Pulled(store, 0, shape));
        store.Push(0, Row(1, 0, 0, float.Epsilon));
        CollectionAssert.AreEqual(new float[] { 0, 0.5f, -0.5f, 0 }, Pulled(store, 0, shape));
    }

    [TestMethod]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void OtherFloatingPointTypesAreCompressedToo(DType dtype)
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = Compressing(0.5f);
        store.Initialize("w", NDArray.Zeros(new Shape(3), dtype));
        store.Push("w", Row(0.75f, -0.25f, -2).AsType(dtype));
        CollectionAssert.AreEqual(new float[] { 0.5f, 0, -0.5f }, Pulled(store, "w", new Shape(3)));
        store.Push("w", Row(0.25f, -0.25f, 0).AsType(dtype));
        CollectionAssert.AreEqual(new float[] { 0.5f, -0.5f, -0.5f }, Pulled(store, "w", new Shape(3)));
    }

    [TestMethod]
    public void SettingsAreReadStrictly()
    {
        Assert.AreEqual(
            0.5f,
            GradientCompression.Parse(new Dictionary<string, string> { ["type"] = "2bit" }).Threshold
        );
        var full = new Dictionary<string, string> { ["type"] = "2bit", ["threshold"] = "2.5e-1" };
        Assert.AreEqual(0.25f, GradientCompression.Parse(full).Threshold);
        foreach (string threshold in (string[])["0", "-1", "nan", "inf", "big", ""])
        {
            full["threshold"] = threshold;
            Assert.Throws<KeyValueStoreException>(() => GradientCompression.Parse(full), threshold);
        }

        var other = new Dictionary<string, string> { ["type"] = "1bit" };
        Assert.Throws<KeyValueStoreException>(() => GradientCompression.Parse(other));
        other = new Dictionary<string, string> { ["type"] = "2bit", ["thresold"] = "1" };
        Assert.Throws<KeyValueStoreException>(() => GradientCompression.Parse(other));
        Assert.Throws<KeyValueStoreException>(() => GradientCompression.Parse(new Dictionary<string, string>()));
    }

    [TestMethod]
    public void OnlyDeviceStoresCompressAndOnlyDenseNumbers()
    {
        using var scope = new ArrayScope();
        using KeyValueStore local = KeyValueStore.Create("local");
        Assert.Throws<KeyValueStoreException>(() => local.SetGradientCompression(new GradientCompression()));
        local.SetGradientCompression(null);
        using KeyValueStore store = Compressing(0.5f);
        var shape = new Shape(2, 2);
        store.Initialize(0, NDArray.Zeros(shape));
        Assert.Throws<KeyValueStoreException>(() => store.Push(0, NDArray.Zeros(StorageType.RowSparse, shape)));
        Assert.Throws<KeyValueStoreException>(() => store.Push(0, NDArray.Zeros(shape, DType.Int32)));
        Assert.Throws<KeyValueStoreException>(() => store.Push(0, NDArray.Zeros(shape, DType.Float64)));
    }

    private static void Check(int count, int devices, float threshold)
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = Compressing(threshold);
        var shape = new Shape(count);
        store.Initialize(0, NDArray.Zeros(shape));
        var random = new Random(count);
        float[][] residuals = [.. Enumerable.Range(0, devices).Select(_ => new float[count])];
        for (int step = 0; step < 4; step++)
        {
            float[][] gradients = [.. Enumerable.Range(0, devices).Select(_ => Numbers(random, count))];
            float[] expected = new float[count];
            for (int d = 0; d < devices; d++)
            {
                for (int i = 0; i < count; i++)
                {
                    float rest = residuals[d][i] + gradients[d][i];
                    float rounded =
                        rest >= threshold ? threshold
                        : rest <= -threshold ? -threshold
                        : 0;
                    residuals[d][i] = rest - rounded;
                    expected[i] += rounded;
                }
            }

            store.Push(0, [.. gradients.Select((one, d) => NDArray.From(one, shape, Device.Cpu(d)))]);
            // Sums and differences of float32 numbers are the same in every width: to the bit.
            CollectionAssert.AreEqual(expected, Pulled(store, 0, shape), $"{count} elements, step {step}");
        }
    }

    private static KeyValueStore Compressing(float threshold)
    {
        KeyValueStore store = KeyValueStore.Create("device");
        store.SetGradientCompression(new GradientCompression(threshold));
        return store;
    }
}
