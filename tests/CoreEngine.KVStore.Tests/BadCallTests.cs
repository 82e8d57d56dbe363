using CoreEngine.Operators;

namespace CoreEngine.KVStore.Tests;

/// <summary>Calls that a store refuses change nothing, and say what is wrong.</summary>
[TestClass]
public sealed class BadCallTests : StoreTestBase
{
    private static readonly Shape s_shape = new(2);

    [TestMethod]
    [DataRow("dist_sync", "distributed")]
    [DataRow("DIST_ASYNC", "distributed")]
    [DataRow("dist_device_sync", "distributed")]
    [DataRow("nccl", "NCCL")]
    public void TypesThatAreNotThereAreRefused(string type, string word)
    {
        var error = Assert.Throws<KeyValueStoreException>(() => KeyValueStore.Create(type));
        Assert.Contains(word, error.Message);
    }

    [TestMethod]
    public void KeysMustBeInitializedOnce()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        Refused("no value", () => store.Push(1, Row(1, 2)));
        store.Initialize(1, Row(1, 2));
        Refused("already", () => store.Initialize(1, Row(3, 4)));
        Refused("already", () => store.Initialize([2, 2], [Row(3, 4), Row(3, 4)]));
        Refused("no value", () => store.Push([1, 2], [Row(3, 4), Row(3, 4)]));
        Refused("no value", () => store.Pull(2, Row(3, 4)));
        Refused("no value", () => store.PullRows(2, Row(3, 4), Row(0)));
        CollectionAssert.AreEqual(new float[] { 1, 2 }, Pulled(store, 1, s_shape));
    }

    [TestMethod]
    public void KeysAreOfOneKind()
    {
        using var scope = new ArrayScope();
        using KeyValueStore numbers = KeyValueStore.Create();
        using KeyValueStore names = KeyValueStore.Create();
        Refused("one kind", () => names.Initialize(["a", 1], [Row(1, 2), Row(1, 2)]));
        numbers.Initialize(0, Row(1, 2));
        names.Initialize("a", Row(1, 2));
        foreach ((KeyValueStore store, StoreKey key) in new (KeyValueStore, StoreKey)[] { (numbers, "a"), (names, 0) })
        {
            Refused("one kind", () => store.Initialize(key, Row(1, 2)));
            Refused("one kind", () => store.Push(key, Row(1, 2)));
            Refused("one kind", () => store.Pull(key, Row(1, 2)));
            Refused("one kind", () => store.PullRows(key, Row(1, 2), Row(0)));
        }
    }

    [TestMethod]
    public void ArraysMustFitTheStoredValue()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        var matrix = new Shape(2, 2);
        store.Initialize(["v", "r"], [Row(1, 2), NDArray.Zeros(StorageType.RowSparse, matrix)]);
        NDArray csr = NDArray.Zeros(StorageType.Csr, matrix);
        NDArray rows = NDArray.Zeros(StorageType.RowSparse, matrix);
        Refused("shape", () => store.Push("v", Row(1, 2, 3)));
        Refused("shape", () => store.Pull("v", Row(1, 2, 3)));
        Refused("one type", () => store.Push("v", Row(1, 2), Row(1, 2).AsType(DType.Float64)));
        Refused("one for each", () => store.Push(["v", "v"], [Row(1, 2)]));
        Refused("CSR", () => store.Push("r", csr));
        Refused("CSR", () => store.Initialize("c", csr));
        Refused("row-sparse", () => store.PullRows("r", NDArray.Zeros(matrix), Row(0)));
        Refused("row-sparse", () => store.PullRows("v", Row(1, 2), Row(0)));
        Refused("vector", () => store.PullRows("r", rows, NDArray.Zeros(matrix)));
        Refused("vector", () => store.PullRows("r", rows, csr));
        Refused("one for each", () => store.PullRows(["r"], [rows], []));
        CollectionAssert.AreEqual(new float[] { 1, 2 }, Pulled(store, "v", s_shape));
    }

    [TestMethod]
    public void ADisposedStoreIsNotUsed()
    {
        using var scope = new ArrayScope();
        KeyValueStore store = KeyValueStore.Create();
        store.Initialize(0, Row(1, 2));
        store.Dispose();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Pull(0, Row(1, 2)));
        Assert.Throws<ObjectDisposedException>(() => store.Push(0, Row(1, 2)));
        Assert.Throws<ObjectDisposedException>(() => store.Initialize(0, Row(1, 2)));
    }

    [TestMethod]
    public void RolesComeFromTheEnvironment()
    {
        Assert.AreEqual(NodeRole.Worker, ClusterEnvironment.Role);
        try
        {
            ClusterEnvironment.Set("DMLC_ROLE", "server");
            Assert.AreEqual(NodeRole.Server, ClusterEnvironment.Role);
            ClusterEnvironment.Set("DMLC_ROLE", "scheduler");
            Assert.AreEqual(NodeRole.Scheduler, ClusterEnvironment.Role);
            ClusterEnvironment.Set("DMLC_ROLE", "boss");
            Assert.Throws<KeyValueStoreException>(() => ClusterEnvironment.Role);
        }
        finally
        {
            ClusterEnvironment.Set("DMLC_ROLE", "worker");
        }
    }

    private static void Refused(string word, Action call) =>
        Assert.Contains(word, Assert.Throws<KeyValueStoreException>(call).Message);
}
