using System.Text.Json;
using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Files;

[TestClass]
public sealed class NDArrayFileTests
{
    [TestMethod]
    public void GoldenFilesHoldWhatIsExpectedAndAreWrittenBackByteForByte()
    {
        using JsonDocument expected = JsonDocument.Parse(GoldenFiles.Read("ndarray/expected.json"));
        int files = 0;
        foreach (JsonProperty file in expected.RootElement.EnumerateObject())
        {
            byte[] bytes = GoldenFiles.Read("ndarray/" + file.Name);
            using StoredArrayList list = NDArrayFile.Read(new MemoryStream(bytes), file.Name);
            Check(file.Value, list);
            CollectionAssert.AreEqual(bytes, Samples.Bytes(list), file.Name);
            files++;
        }

        Assert.AreEqual(9, files);
    }

    [TestMethod]
    public void ParametersOfGoldenNetworksAreWrittenBackByteForByte()
    {
        IReadOnlyList<string> names = GoldenFiles.Names("networks", ".params");
        Assert.IsNotEmpty(names);
        foreach (string name in names)
        {
            byte[] bytes = GoldenFiles.Read(name);
            using StoredArrayList list = NDArrayFile.Read(new MemoryStream(bytes), name);
            Assert.IsTrue(list.HasNames);
            Assert.IsTrue(
                list.Names.All(n =>
                    n.StartsWith("arg:", StringComparison.Ordinal) || n.StartsWith("aux:", StringComparison.Ordinal)
                )
            );
            CollectionAssert.AreEqual(bytes, Samples.Bytes(list), name);
        }
    }

    [TestMethod]
    public void EveryTypeAndStorageComesBack()
    {
        var pool = new StoragePool(Device.Cpu());
        using (StoredArrayList list = Samples.Everything(pool))
        {
            byte[] bytes = Samples.Bytes(list);
            using StoredArrayList back = NDArrayFile.Read(new MemoryStream(bytes), "memory", pool);
            CollectionAssert.AreEqual(list.Names.ToArray(), back.Names.ToArray());
            CollectionAssert.AreEqual(bytes, Samples.Bytes(back));
            CollectionAssert.AreEqual(new[] { 1f, 2, 3, 4, 5, 6 }, back.Arrays[0].Data.Values<float>().ToArray());
            Assert.AreEqual(StorageType.Csr, back.Arrays[8].Storage);
            CollectionAssert.AreEqual(new[] { 2L, 0L }, back.Arrays[8].Indices[1].Values<long>().ToArray());
            Assert.IsTrue(back.Arrays[9].IsEmpty);
            Assert.AreEqual(Device.Gpu(3), back.Arrays[10].Device);
            Assert.ThrowsExactly<InvalidOperationException>(() => back.Arrays[0].Data.Values<int>().Length);
        }

        Assert.AreEqual(0, pool.Statistics.InUse);
    }

    [TestMethod]
    public void AStreamThatCannotSeekIsReadInGrowingPieces()
    {
        var pool = new StoragePool(Device.Cpu());
        float[] values = Enumerable.Range(0, 3_000_000).Select(i => (float)i).ToArray();
        using StoredArray array = Samples.Array(pool, [values.Length], values);
        byte[] bytes = Samples.Bytes(new StoredArrayList([array], []));
        using StoredArrayList back = NDArrayFile.Read(new OneWayStream(bytes), "a pipe", pool);
        CollectionAssert.AreEqual(values, back.Arrays[0].Data.Values<float>().ToArray());
    }

    [TestMethod]
    public void SavesAndLoadsFiles()
    {
        using var folder = new TemporaryFolder();
        var pool = new StoragePool(Device.Cpu());
        using StoredArrayList list = Samples.Everything(pool);
        NDArrayFile.Save(folder["a.params"], list.Arrays, list.Names);
        using StoredArrayList back = NDArrayFile.Load(folder["a.params"], pool);
        Assert.HasCount(list.Arrays.Count, back.Arrays);
        Assert.ThrowsExactly<ArgumentException>(() => NDArrayFile.Save(folder["a.params"], list.Arrays, ["one"]));
        var error = Assert.ThrowsExactly<FileAccessException>(() => NDArrayFile.Load(folder["b.params"]));
        Assert.Contains("There is no file", error.Message);
        Assert.ThrowsExactly<FileAccessException>(() => NDArrayFile.Load(folder.Root));
    }

    [TestMethod]
    public void OneArrayWithoutAList()
    {
        var pool = new StoragePool(Device.Cpu());
        using StoredArray array = Samples.Array(pool, [2], 1L, 2L);
        using var stream = new MemoryStream();
        NDArrayFile.WriteOne(stream, array);
        stream.Position = 0;
        using StoredArray back = NDArrayFile.ReadOne(stream, "raw bytes", pool);
        CollectionAssert.AreEqual(new[] { 1L, 2L }, back.Data.Values<long>().ToArray());
    }

    [TestMethod]
    public void OldAndNewVersionsAreRead()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(0x112UL);
        writer.Write(0UL);
        writer.Write(6UL);
        Array.ForEach([2, 1, 2, 1, 0, 0], writer.Write); // V0: rank 2, extents 1 and 2, cpu(0), float32
        writer.Write(1f);
        writer.Write(2f);
        writer.Write(0); // V0: no array
        writer.Write(0xF993FAC8); // V1
        writer.Write(1);
        writer.Write(1L);
        Array.ForEach([1, 0, 4], writer.Write);
        writer.Write(77);
        writer.Write(0xF993FAC8); // V1: no array
        writer.Write(0);
        writer.Write(0xF993FACA); // V3: a scalar truth value
        Array.ForEach([0, 0, 1, 0, 7], writer.Write);
        writer.Write((byte)1);
        writer.Write(0xF993FACA); // V3: no array
        Array.ForEach([0, -1], writer.Write);
        writer.Write(0UL);
        stream.Position = 0;
        using StoredArrayList list = NDArrayFile.Read(stream, "memory");
        CollectionAssert.AreEqual(new[] { 1f, 2f }, list.Arrays[0].Data.Values<float>().ToArray());
        Assert.AreEqual("(1,2)", list.Arrays[0].Shape.ToString());
        Assert.IsTrue(list.Arrays[1].IsEmpty);
        Assert.AreEqual(77, list.Arrays[2].Data.Values<int>()[0]);
        Assert.IsTrue(list.Arrays[3].IsEmpty);
        Assert.AreEqual("(1,)", list.Arrays[4].Shape.ToString());
        Assert.AreEqual(1, list.Arrays[4].Data.Values<byte>()[0]);
        Assert.IsTrue(list.Arrays[5].IsEmpty);
    }

    [TestMethod]
    [DataRow(NDArrayFileVersion.V0, "0100000003000000", "00000000")]
    [DataRow(NDArrayFileVersion.V1, "C8FA93F9010000000300000000000000", "C8FA93F900000000")]
    [DataRow(NDArrayFileVersion.V2, "C9FA93F900000000010000000300000000000000", "C9FA93F90000000000000000")]
    [DataRow(NDArrayFileVersion.V3, "CAFA93F900000000010000000300000000000000", "CAFA93F900000000FFFFFFFF")]
    public void EveryVersionIsWrittenBackByteForByte(NDArrayFileVersion version, string shape, string none)
    {
        byte[] bytes = Convert.FromHexString(
            "12010000000000000000000000000000"
                + "0200000000000000"
                + shape
                + "020000000100000003000000" // gpu(1), uint8
                + "070809"
                + none
                + "0200000000000000"
                + "0100000000000000"
                + "61"
                + "0000000000000000"
        );
        using StoredArrayList list = NDArrayFile.Read(new MemoryStream(bytes), "memory");
        Assert.AreEqual(version, list.Version);
        CollectionAssert.AreEqual(new byte[] { 7, 8, 9 }, list.Arrays[0].Data.Values<byte>().ToArray());
        Assert.IsTrue(list.Arrays[1].IsEmpty);
        using var stream = new MemoryStream();
        NDArrayFile.Write(stream, list.Arrays, list.Names, list.Version);
        CollectionAssert.AreEqual(bytes, stream.ToArray());
    }

    [TestMethod]
    public void VersionsWithoutSparseArraysRefuseThem()
    {
        var pool = new StoragePool(Device.Cpu());
        using StoredArrayList list = Samples.Everything(pool);
        foreach (var version in new[] { NDArrayFileVersion.V0, NDArrayFileVersion.V1, NDArrayFileVersion.V3 })
        {
            Assert.ThrowsExactly<ArgumentException>(() =>
                NDArrayFile.Write(new MemoryStream(), [list.Arrays[7]], [], version)
            );
        }

        StoredArray wide = new(new StoredBlock(DType.UInt8, [1L << 32, 0], default));
        Assert.ThrowsExactly<ArgumentException>(() =>
            NDArrayFile.Write(new MemoryStream(), [wide], [], NDArrayFileVersion.V0)
        );
        NDArrayFile.Write(new MemoryStream(), [wide], [], NDArrayFileVersion.V1);
    }

    [TestMethod]
    [DataRow("", "the header should take 8 bytes but the file holds 0 more")]
    [DataRow("1301000000000000", "this is no array file")]
    [DataRow(
        "12010000000000000000000000000000FFFFFFFFFFFFFFFF",
        "arrays are announced, more than the file has room for"
    )]
    [DataRow("12010000000000000000000000000000010000000000000099999999", "99999999 (hexadecimal) begins no array")]
    [DataRow("120100000000000000000000000000000100000000000000C9FA93F905000000", "5 is no storage type")]
    [DataRow("120100000000000000000000000000000100000000000000C9FA93F900000000FFFFFFFF", "has rank 4,294,967,295")]
    [DataRow(
        "120100000000000000000000000000000100000000000000C9FA93F90000000001000000FFFFFFFFFFFFFFFF",
        "negative extent -1"
    )]
    [DataRow(
        "120100000000000000000000000000000100000000000000C9FA93F90000000001000000FFFFFFFFFFFFFF7F010000000000000000000000",
        "exceed 64 bits"
    )]
    [DataRow(
        "120100000000000000000000000000000100000000000000C9FA93F900000000010000000000000001000000010000000000000000000000",
        "the values should take 17,179,869,184 bytes but the file holds 0 more"
    )]
    [DataRow(
        "120100000000000000000000000000000100000000000000C9FA93F9000000000100000001000000000000000900000000000000",
        "device type 9 with number 0 is no device"
    )]
    [DataRow(
        "120100000000000000000000000000000100000000000000C9FA93F900000000010000000100000000000000010000000000000008000000",
        "8 is no dtype"
    )]
    [DataRow("1201000000000000000000000000000000000000000000000100000000000000", "1 names are announced for 0 arrays")]
    public void DamageIsNamedWithItsPlace(string hexadecimal, string problem)
    {
        var pool = new StoragePool(Device.Cpu());
        byte[] bytes = Convert.FromHexString(hexadecimal);
        var error = Assert.ThrowsExactly<FileFormatException>(() =>
            NDArrayFile.Read(new MemoryStream(bytes), "x.params", pool)
        );
        Assert.Contains(problem, error.Message);
        Assert.StartsWith("x.params, at byte ", error.Message);
        Assert.AreEqual(0, pool.Statistics.InUse);
        Assert.IsLessThan(1 << 20, pool.Statistics.PeakReserved);
    }

    [TestMethod]
    public void IndicesThatPointNowhereAreRefused()
    {
        var pool = new StoragePool(Device.Cpu());
        StoredBlock two = Samples.Block(pool, [2], 1f, 2f);
        StoredBlock rows = Samples.Block(pool, [2, 1], 1f, 2f);
        StoredArray[] bad =
        [
            StoredArray.RowSparse([3, 1], rows, Samples.Block(pool, [2], 1L, 3L)),
            StoredArray.RowSparse([3, 1], rows, Samples.Block(pool, [2], 1L, 1L)),
            StoredArray.RowSparse([3, 1], rows, Samples.Block(pool, [2], -1L, 1L)),
            StoredArray.RowSparse([3, 1], rows, Samples.Block(pool, [1], 1L)),
            StoredArray.RowSparse([3, 2], rows, Samples.Block(pool, [2], 0L, 1L)),
            StoredArray.RowSparse([1, 1], rows, Samples.Block(pool, [2], 0L, 1L)),
            StoredArray.RowSparse([3, 1], rows, Samples.Block(pool, [2], 0f, 1f)),
            StoredArray.Csr([1, 3], two, Samples.Block(pool, [2], 0L, 2L), Samples.Block(pool, [2], 0L, 3L)),
            StoredArray.Csr([1, 3], two, Samples.Block(pool, [2], 0L, 2L), Samples.Block(pool, [2], -1L, 2L)),
            StoredArray.Csr([1, 3], two, Samples.Block(pool, [2], 0L, 3L), Samples.Block(pool, [2], 0L, 2L)),
            StoredArray.Csr([1, 3], two, Samples.Block(pool, [2], 1L, 2L), Samples.Block(pool, [2], 0L, 2L)),
            StoredArray.Csr([2, 3], two, Samples.Block(pool, [2], 0L, 2L), Samples.Block(pool, [2], 0L, 2L)),
            StoredArray.Csr([2, 3], two, Samples.Block(pool, [3], 0L, 2L, 1L), Samples.Block(pool, [2], 0L, 2L)),
            StoredArray.Csr([1, 3], two, Samples.Block(pool, [2], 0L, 2L), Samples.Block(pool, [1], 0L)),
        ];
        long before = pool.Statistics.InUse;
        foreach (StoredArray array in bad)
        {
            byte[] bytes = Samples.Bytes(new StoredArrayList([array], []));
            Assert.ThrowsExactly<FileFormatException>(() => NDArrayFile.Read(new MemoryStream(bytes), "x", pool));
        }

        Assert.AreEqual(before, pool.Statistics.InUse);
    }

    [TestMethod]
    public void SparseArraysThatExceed64BitsAreRefused()
    {
        var pool = new StoragePool(Device.Cpu());
        StoredArray[] huge =
        [
            StoredArray.RowSparse([1L << 61, 1], Samples.Block(pool, [1, 1], 1.0), Samples.Block(pool, [1], 1L)),
            StoredArray.Csr(
                [1, 1L << 62],
                Samples.Block(pool, [1], 1f),
                Samples.Block(pool, [2], 0L, 1L),
                Samples.Block(pool, [1], 0L)
            ),
        ];
        foreach (StoredArray array in huge)
        {
            byte[] bytes = Samples.Bytes(new StoredArrayList([array], []));
            var error = Assert.ThrowsExactly<FileFormatException>(() =>
                NDArrayFile.Read(new MemoryStream(bytes), "x", pool)
            );
            Assert.Contains("exceed 64 bits", error.Message);
        }
    }

    private static void Check(JsonElement file, StoredArrayList list)
    {
        JsonElement[] items = [.. file.GetProperty("items").EnumerateArray()];
        Assert.HasCount(items.Length, list.Arrays);
        Assert.AreEqual(file.GetProperty("kind").GetString() == "dict", list.HasNames);
        for (int i = 0; i < items.Length; i++)
        {
            JsonElement item = items[i];
            StoredArray array = list.Arrays[i];
            string name = item.GetProperty("name").GetString()!;
            Assert.AreEqual(name, list.HasNames ? list.Names[i] : "");
            Assert.AreEqual(item.GetProperty("dtype").GetString(), array.DType.Name());
            CollectionAssert.AreEqual(Longs(item.GetProperty("shape")), array.Shape.Dims.ToArray());
            CheckBytes(item, "data", array.Data, name);
            string storage = item.TryGetProperty("stype", out JsonElement stype) ? stype.GetString()! : "default";
            switch (storage)
            {
                case "row_sparse":
                    Assert.AreEqual(StorageType.RowSparse, array.Storage);
                    CollectionAssert.AreEqual(Longs(item.GetProperty("data_shape")), array.Data.Shape.Dims.ToArray());
                    CheckBytes(item, "indices", array.Indices[0], name);
                    break;
                case "csr":
                    Assert.AreEqual(StorageType.Csr, array.Storage);
                    CheckBytes(item, "indptr", array.Indices[0], name);
                    CheckBytes(item, "indices", array.Indices[1], name);
                    break;
                default:
                    Assert.AreEqual(StorageType.Default, array.Storage);
                    break;
            }
        }
    }

    private static void CheckBytes(JsonElement item, string property, StoredBlock block, string name) =>
        CollectionAssert.AreEqual(item.GetProperty(property).GetBytesFromBase64(), block.Bytes.ToArray(), name);

    private static long[] Longs(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt64())];
}
