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
