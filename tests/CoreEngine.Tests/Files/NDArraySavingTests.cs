using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Files;

[TestClass]
public sealed class NDArraySavingTests
{
    [TestMethod]
    public void NamedArraysComeBackInOrder()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.params"];
        using var weight = NDArray.From([1f, 2, 3, 4, 5, 6], [2, 3]);
        using var bias = NDArray.From([7L, 8], [2]);
        using NDArray sum = weight + weight;
        var saved = new OrderedDictionary<string, NDArray>
        {
            ["arg:w"] = weight,
            ["arg:b"] = bias,
            ["aux:s"] = sum,
        };
        NDArray.Save(path, saved);

        IReadOnlyDictionary<string, NDArray> loaded = NDArray.LoadDictionary(path);
        CollectionAssert.AreEqual(new[] { "arg:w", "arg:b", "aux:s" }, loaded.Keys.ToArray());
        CollectionAssert.AreEqual(new[] { 2f, 4, 6, 8, 10, 12 }, loaded["aux:s"].ToArray<float>());
        Assert.AreEqual(DType.Int64, loaded["arg:b"].DType);
        using NDArray twice = loaded["arg:w"] + loaded["arg:w"];
        CollectionAssert.AreEqual(new[] { 2f, 4, 6, 8, 10, 12 }, twice.ToArray<float>());
        Assert.HasCount(3, NDArray.LoadList(path));
    }

    [TestMethod]
    public void ViewsAreSavedAsWhatTheyShow()
    {
        using var folder = new TemporaryFolder();
        using var array = NDArray.From([1f, 2, 3, 4, 5, 6], [3, 2]);
        using NDArray view = array.Slice(1, 3);
        NDArray.Save(folder["view.nd"], [view]);
        NDArray back = NDArray.LoadList(folder["view.nd"])[0];
        CollectionAssert.AreEqual(new[] { 3f, 4, 5, 6 }, back.ToArray<float>());
        Assert.AreEqual("(2,2)", back.Shape.ToString());
    }

    [TestMethod]
    public void SparseGoldenArraysGoThroughArraysByteForByte()
    {
        using var folder = new TemporaryFolder();
        byte[] golden = GoldenFiles.Read("ndarray/sparse.nd");
        File.WriteAllBytes(folder["sparse.nd"], golden);
        IReadOnlyDictionary<string, NDArray> arrays = NDArray.LoadDictionary(folder["sparse.nd"]);
        Assert.AreEqual(StorageType.RowSparse, arrays["rsp"].StorageType);
        Assert.AreEqual(StorageType.Csr, arrays["csr"].StorageType);
        NDArray.Save(folder["back.nd"], arrays);
        CollectionAssert.AreEqual(golden, File.ReadAllBytes(folder["back.nd"]));
    }

    [TestMethod]
    public void SparseArraysOfNothingAreZeros()
    {
        var pool = new StoragePool(Device.Cpu());
        StoredBlock noFloats = Samples.Block<float>(pool, [0]);
        StoredBlock noNumbers = Samples.Block<long>(pool, [0]);
        StoredArray[] stored =
        [
            StoredArray.RowSparse([3, 2], Samples.Block<float>(pool, [0, 2]), noNumbers),
            StoredArray.Csr([2, 3], noFloats, Samples.Block(pool, [3], 0L, 0L, 0L), noNumbers),
            StoredArray.Csr([2, 3], noFloats, noNumbers, Samples.Block<int>(pool, [0])),
        ];
        byte[] bytes = Samples.Bytes(new StoredArrayList(stored, []));
        IReadOnlyList<NDArray> arrays = NDArray.LoadList(new MemoryStream(bytes));
        foreach (NDArray array in arrays)
        {
            using NDArray dense = array.ToDense();
            CollectionAssert.AreEqual(new float[6], dense.ToArray<float>());
        }

        CollectionAssert.AreEqual(stored[0].Shape.Dims.ToArray(), arrays[0].Shape.Dims.ToArray());
        using var back = new MemoryStream();
        NDArray.Save(back, [arrays[0], arrays[1]]);
        CollectionAssert.AreEqual(Samples.Bytes(new StoredArrayList([stored[0], stored[1]], [])), back.ToArray());

        StoredArray rows = StoredArray.Csr([1L << 40, 3], noFloats, noNumbers, noNumbers);
        bytes = Samples.Bytes(new StoredArrayList([rows], []));
        var error = Assert.ThrowsExactly<FileFormatException>(() => NDArray.LoadList(new MemoryStream(bytes), "x"));
        Assert.Contains("has no row starts", error.Message);
    }

    [TestMethod]
    public void StreamsAndBytesHoldWhatFilesDo()
    {
        using var folder = new TemporaryFolder();
        using var array = NDArray.From([1f, 2, 3], [3]);
        var named = new Dictionary<string, NDArray> { ["a"] = array };
        NDArray.Save(folder["named"], named);
        NDArray.Save(folder["list"], [array]);
        using var stream = new MemoryStream();
        NDArray.Save(stream, named);
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["named"]), stream.ToArray());
        stream.Position = 0;
        CollectionAssert.AreEqual(new[] { 1f, 2, 3 }, NDArray.LoadDictionary(stream)["a"].ToArray<float>());
        using var list = new MemoryStream();
        NDArray.Save(list, [array]);
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["list"]), list.ToArray());
        using NDArray back = NDArray.FromBytes(array.ToBytes());
        CollectionAssert.AreEqual(new[] { 1f, 2, 3 }, back.ToArray<float>());
        var error = Assert.ThrowsExactly<FileFormatException>(() => NDArray.FromBytes(array.ToBytes()[..^1]));
        Assert.Contains("the values should take 12 bytes", error.Message);
    }

    [TestMethod]
    public void OtherLibrariesFilesGoThroughArrays()
    {
        using var folder = new TemporaryFolder();
        using var weight = NDArray.From([1f, 2, 3, 4, 5, 6], [2, 3]);
        using var count = NDArray.From([7L, 8], [2]);
        var saved = new OrderedDictionary<string, NDArray> { ["weight"] = weight, ["count"] = count };
        NDArray.SaveNpz(folder["a.npz"], saved);
        NDArray.SaveNpz(folder["b.npz"], saved, isCompressed: true);
        NDArray.SaveSafetensors(folder["a.safetensors"], saved, new Dictionary<string, string> { ["format"] = "pt" });
        foreach (
            IReadOnlyDictionary<string, NDArray> loaded in new[]
            {
                NDArray.LoadNpz(folder["a.npz"]),
                NDArray.LoadNpz(folder["b.npz"]),
                NDArray.LoadSafetensors(folder["a.safetensors"]),
            }
        )
        {
            CollectionAssert.AreEquivalent(saved.Keys.ToArray(), loaded.Keys.ToArray());
            Assert.AreEqual(weight.Shape, loaded["weight"].Shape);
            CollectionAssert.AreEqual(weight.ToArray<float>(), loaded["weight"].ToArray<float>());
            CollectionAssert.AreEqual(count.ToArray<long>(), loaded["count"].ToArray<long>());
        }

        IReadOnlyDictionary<string, NDArray> sparse = NDArray.LoadDictionary(
            new MemoryStream(GoldenFiles.Read("ndarray/sparse.nd"))
        );
        Assert.ThrowsExactly<EngineException>(() => NDArray.SaveNpz(folder["c.npz"], sparse));
        Assert.ThrowsExactly<EngineException>(() => NDArray.SaveSafetensors(folder["c"], sparse));
        Assert.IsFalse(File.Exists(folder["c.npz"]));
    }

    [TestMethod]
    public void NpyFilesGoThroughArrays()
    {
        using var folder = new TemporaryFolder();
        using var array = NDArray.From([1.5, -2], [2, 1]);
        array.SaveNpy(folder["a.npy"]);
        using NDArray back = NDArray.LoadNpy(folder["a.npy"]);
        CollectionAssert.AreEqual(new[] { 1.5, -2 }, back.ToArray<double>());
        Assert.AreEqual("(2,1)", back.Shape.ToString());
    }

    [TestMethod]
    public void WhatCannotBecomeArraysIsRefused()
    {
        using var folder = new TemporaryFolder();
        var pool = new StoragePool(Device.Cpu());
        using StoredArrayList list = Samples.Everything(pool);
        NDArrayFile.Save(folder["all.params"], list.Arrays, list.Names);
        var error = Assert.ThrowsExactly<FileFormatException>(() => NDArray.LoadList(folder["all.params"]));
        Assert.Contains("array 9 has the shape ()", error.Message);
        NDArrayFile.Save(folder["list.nd"], [list.Arrays[0]], []);
        error = Assert.ThrowsExactly<FileFormatException>(() => NDArray.LoadDictionary(folder["list.nd"]));
        Assert.Contains("have no names", error.Message);
        NDArrayFile.Save(folder["twice.nd"], [list.Arrays[0], list.Arrays[1]], ["a", "a"]);
        error = Assert.ThrowsExactly<FileFormatException>(() => NDArray.LoadDictionary(folder["twice.nd"]));
        Assert.Contains("the same name", error.Message);
    }
}
