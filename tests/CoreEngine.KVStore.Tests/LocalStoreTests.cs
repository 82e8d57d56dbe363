using CoreEngine.Operators;
using CoreEngine.Optimizers;
using CoreEngine.Runtime;

namespace CoreEngine.KVStore.Tests;

/// <summary>What is pushed to a store of one process, and what comes back.</summary>
[TestClass]
public sealed class LocalStoreTests : StoreTestBase
{
    private static readonly Shape s_shape = new(3);

    [TestMethod]
    public void PulledIsWhatWasInitializedUntilSomethingIsPushed()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create("local");
        NDArray first = Row(1, 2, 3);
        store.Initialize("w", first);
        // The store has its own copy.
        first.Fill(9);
        CollectionAssert.AreEqual(new float[] { 1, 2, 3 }, Pulled(store, "w", s_shape));
        NDArray pushed = Row(4, 5, 6);
        store.Push("w", pushed);
        pushed.Fill(9);
        CollectionAssert.AreEqual(new float[] { 4, 5, 6 }, Pulled(store, "w", s_shape));
    }

    [TestMethod]
    [DataRow("local")]
    [DataRow("device")]
    [DataRow("Local_AllReduce_CPU")]
    public void ValuesOfOneKeyAreAddedUpWhereverTheyAre(string type)
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create(type);
        Assert.AreEqual(type.ToLowerInvariant(), store.Type);
        store.Initialize(7, NDArray.Zeros(s_shape));
        var random = new Random(5);
        for (int devices = 1; devices <= 5; devices++)
        {
            float[][] values = [.. Enumerable.Range(0, devices).Select(_ => Numbers(random, 3))];
            store.Push(7, [.. values.Select((one, i) => NDArray.From(one, s_shape, Device.Cpu(i)))]);
            NDArray[] targets =
            [
                .. Enumerable.Range(0, devices).Select(i => NDArray.Zeros(s_shape, DType.Float32, Device.Cpu(i))),
            ];
            store.Pull(7, targets);
            foreach (NDArray target in targets)
            {
                float[] pulled = target.ToArray<float>();
                for (int i = 0; i < 3; i++)
                {
                    double expected = values.Sum(one => (double)one[i]);
                    Assert.AreEqual(expected, pulled[i], 1e-6, $"{devices} devices at {i}");
                }
            }
        }
    }

    [TestMethod]
    public void KeysMayComeInAnyOrderAndSeveralTimes()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        store.Initialize(["b", "a"], [Row(0, 0, 0), Row(0, 0, 0)]);
        var order = new List<string>();
        store.SetUpdater(
            (key, received, stored) => order.Add($"{key.Name} {key.Number} {received.ToArray<float>()[0]}")
        );
        store.Push(["a", "b", "a"], [Row(1, 1, 1), Row(2, 2, 2), Row(10, 10, 10)]);
        CollectionAssert.AreEqual(new[] { "b 0 2", "a 1 11" }, order);
        store.SetUpdater(null);
        store.Push(["a", "b", "a"], [Row(1, 1, 1), Row(2, 2, 2), Row(10, 10, 10)]);
        NDArray[] targets = [Row(0, 0, 0), Row(0, 0, 0), Row(0, 0, 0)];
        store.Pull(["b", "a", "b"], targets);
        CollectionAssert.AreEqual(new float[] { 2, 11, 2 }, targets.Select(t => t.ToArray<float>()[0]).ToArray());
    }

    [TestMethod]
    public void AnUpdaterChangesWhatIsStoredOnTheCallingThread()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        store.Initialize(3, Row(1, 2, 3));
        int caller = Environment.CurrentManagedThreadId;
        int thread = 0;
        store.SetUpdater(
            (key, received, stored) =>
            {
                thread = Environment.CurrentManagedThreadId;
                Assert.AreEqual(3, key.Number);
                Assert.AreEqual(stored.Device, received.Device);
                // The store may be used here.
                CollectionAssert.AreEqual(stored.ToArray<float>(), Pulled(store, key, s_shape));
                Imperative.Invoke("elemwise_add", [stored, 2 * received], null, [stored]);
            }
        );
        store.Push(3, Row(1, 1, 1), NDArray.From(new float[] { 0, 1, 2 }, s_shape, Device.Cpu(2)));
        Assert.AreEqual(caller, thread);
        CollectionAssert.AreEqual(new float[] { 3, 6, 9 }, Pulled(store, 3, s_shape));
    }

    /// <summary>Sums that were stored are no buffers: an updater that is set later finds them.</summary>
    [TestMethod]
    public void AnUpdaterThatIsSetLaterFindsTheStoredSum()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        store.Initialize(0, Row(0, 0, 0));
        store.Push(0, Row(1, 1, 1), Row(2, 2, 2));
        store.SetUpdater(
            (_, received, stored) => Imperative.Invoke("elemwise_add", [stored, received], null, [stored])
        );
        store.Push(0, Row(10, 10, 10), Row(20, 20, 20));
        CollectionAssert.AreEqual(new float[] { 33, 33, 33 }, Pulled(store, 0, s_shape));
    }

    [TestMethod]
    public void AnOptimizerStepsAsItDoesByItself()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create("device");
        using Optimizer inStore = Optimizer.FromJson("""{"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9}""");
        using Optimizer alone = Optimizer.FromJson(inStore.ToJson());
        store.Initialize("w", Row(1, 2, 3));
        store.SetOptimizer(inStore);
        NDArray weight = Row(1, 2, 3);
        for (int step = 0; step < 4; step++)
        {
            store.Push("w", Row(1, -1, 2), Row(0.5f, 0, step));
            alone.Update(0, weight, Row(1.5f, -1, 2 + step));
        }

        CollectionAssert.AreEqual(weight.ToArray<float>(), Pulled(store, "w", s_shape));
    }

    [TestMethod]
    public void WithoutAnUpdaterTheStoredValueTakesTypeAndStorageOfTheSum()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        store.Initialize(0, NDArray.Zeros(new Shape(3, 2)));
        NDArray sparse = NDArray.RowSparse(Row(1, 2).Reshape(1, 2), NDArray.From(new long[] { 2 }), new Shape(3, 2));
        store.Push(0, sparse, sparse);
        NDArray rows = NDArray.Zeros(StorageType.RowSparse, new Shape(3, 2));
        store.PullRows(0, rows, NDArray.From(new long[] { 2, 0 }));
        CollectionAssert.AreEqual(new float[] { 0, 0, 2, 4 }, rows.ToArray<float>());
        // A dense target gets all of it.
        CollectionAssert.AreEqual(new float[] { 0, 0, 0, 0, 2, 4 }, Pulled(store, 0, new Shape(3, 2)));
        NDArray wide = NDArray.Full(new Shape(3, 2), 1.5, DType.Float64);
        store.Push(0, wide);
        NDArray target = NDArray.Zeros(new Shape(3, 2), DType.Float64);
        store.Pull(0, target);
        Assert.AreEqual(1.5, target.ToArray<double>()[5]);
        CollectionAssert.AreEqual(new float[] { 1.5f }, Pulled(store, 0, new Shape(3, 2))[..1]);
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Int64)]
    public void RowsArePulledByNumbersInAnyOrder(DType numbers)
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        NDArray all = NDArray.Arange(0, 8).Reshape(4, 2).ToStorage(StorageType.RowSparse);
        store.Initialize("e", all);
        NDArray first = NDArray.Zeros(StorageType.RowSparse, all.Shape);
        NDArray second = NDArray.Zeros(StorageType.RowSparse, all.Shape, DType.Float32, Device.Cpu(1));
        store.PullRows(
            ["e", "e"],
            [first, second],
            [Row(3, 1, 3).AsType(numbers), NDArray.From(new float[] { 0 }, device: Device.Cpu(1)).AsType(numbers)]
        );
        CollectionAssert.AreEqual(new float[] { 2, 3, 6, 7 }, first.ToArray<float>());
        CollectionAssert.AreEqual(new long[] { 1, 3 }, first.StoredIndices().ToArray<long>());
        CollectionAssert.AreEqual(new float[] { 0, 1 }, second.ToArray<float>());
    }

    [TestMethod]
    public void RowsThatAreNotThereAreFaultsOfTheTarget()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        store.Initialize("e", NDArray.Zeros(StorageType.RowSparse, new Shape(4, 2)));
        foreach (long row in (long[])[-1, 4, long.MaxValue])
        {
            NDArray target = NDArray.Zeros(StorageType.RowSparse, new Shape(4, 2));
            store.PullRows("e", target, NDArray.From(new long[] { row }));
            Assert.Throws<OperationException>(() => target.WaitToRead());
        }
    }

    [TestMethod]
    public void SparseTargetsOfAPlainPullAreLeftAloneAndToldOfOnce()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        var warnings = new List<string>();
        store.Warned += warnings.Add;
        store.Initialize(5, NDArray.Ones(new Shape(2, 2)));
        NDArray target = NDArray.Full(new Shape(2, 2), 2).ToStorage(StorageType.RowSparse);
        store.Pull(5, target);
        store.Pull(5, target);
        CollectionAssert.AreEqual(new float[] { 2, 2, 2, 2 }, target.ToArray<float>());
        Assert.HasCount(1, warnings);
        store.Pull([5], [target], ignoreSparse: false);
        CollectionAssert.AreEqual(new float[] { 1, 1, 1, 1 }, target.ToArray<float>());
    }

    [TestMethod]
    public void PushPullAndBroadcastAreTheirTwoHalves()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        NDArray target = NDArray.Zeros(s_shape);
        store.Broadcast(["w"], [Row(1, 2, 3)], ["w"], [target]);
        CollectionAssert.AreEqual(new float[] { 1, 2, 3 }, target.ToArray<float>());
        store.PushPull(["w", "w"], [Row(1, 1, 1), Row(2, 2, 2)], ["w"], [target]);
        CollectionAssert.AreEqual(new float[] { 3, 3, 3 }, target.ToArray<float>());
    }

    /// <summary>While gradients are recorded, what the store does is no part of the graph.</summary>
    [TestMethod]
    public void NothingIsRecorded()
    {
        using var scope = new ArrayScope();
        using KeyValueStore store = KeyValueStore.Create();
        NDArray weight = Row(1, 2, 3);
        weight.AttachGradient();
        store.Initialize(0, weight);
        NDArray loss;
        using (Autograd.Record())
        {
            loss = weight * weight;
            store.Push(0, loss, loss);
            store.Pull(0, NDArray.Zeros(s_shape));
        }

        loss.Backward();
        CollectionAssert.AreEqual(new float[] { 2, 4, 6 }, weight.Gradient!.ToArray<float>());
        CollectionAssert.AreEqual(new float[] { 2, 8, 18 }, Pulled(store, 0, s_shape));
    }

    [TestMethod]
    public void ThreadsMayPushAndPullAtTheSameTime()
    {
        using KeyValueStore store = KeyValueStore.Create();
        using (new ArrayScope())
        {
            store.Initialize(0, NDArray.Zeros(s_shape));
        }

        store.SetUpdater(
            (_, received, stored) => Imperative.Invoke("elemwise_add", [stored, received], null, [stored])
        );
        Parallel.For(
            0,
            64,
            _ =>
            {
                using var scope = new ArrayScope();
                store.Push(0, Row(1, 2, 3));
                Pulled(store, 0, s_shape);
            }
        );
        CollectionAssert.AreEqual(new float[] { 64, 128, 192 }, Pulled(store, 0, s_shape));
    }

    [TestMethod]
    public void WithoutANetworkThereIsOneWorker()
    {
        using KeyValueStore store = KeyValueStore.Create();
        Assert.AreEqual(0, store.Rank);
        Assert.AreEqual(1, store.GroupSize);
        Assert.AreEqual(0, store.CountDeadNodes(7, TimeSpan.FromSeconds(1)));
        store.Barrier();
        store.SendCommand(0, "nobody listens");
        store.RunServer((_, _) => Assert.Fail("There is nobody to command."));
    }
}
