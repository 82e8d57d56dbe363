using CoreEngine.Graphs;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Executors;

/// <summary>Executors with sparse arguments, results, gradients and what lies between.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SparseExecutorTests : EngineTestBase
{
    private static readonly float[] s_some = [0, 0, 1, -2, 0, 0, 3, 0];

    private static Symbol Cast(Symbol x, string storage, string? name = null) =>
        Symbol.Call("cast_storage", [x], name, new Dictionary<string, string> { ["stype"] = storage });

    private static Executor BindSome(Symbol symbol, out NDArray x, StorageType gradient, GradientRequest request)
    {
        x = NDArray.From(s_some, [4, 2]);
        return Executor.Bind(symbol, [x], [NDArray.Zeros(gradient, x.Shape)], request);
    }

    [TestMethod]
    [DataRow("row_sparse", StorageType.RowSparse)]
    [DataRow("csr", StorageType.Csr)]
    [DataRow("default", StorageType.Default)]
    public void A_result_is_stored_as_its_operator_gives_it(string storage, StorageType expected)
    {
        using var scope = new ArrayScope();
        Symbol net = Cast(Symbol.Variable("x") * 2, storage);
        using Executor executor = BindSome(net, out NDArray x, StorageType.Default, GradientRequest.Write);
        NDArray result = executor.Forward(isTraining: true)[0];
        Assert.AreEqual(expected, result.StorageType);
        CollectionAssert.AreEqual(s_some.Select(v => 2 * v).ToArray(), result.ToDense().ToArray<float>());

        // Every run replaces what the one before has stored.
        x.CopyFrom<float>([0, 5, 0, 0, 0, 0, 0, 0]);
        executor.Forward(isTraining: true);
        CollectionAssert.AreEqual(new float[] { 0, 10, 0, 0, 0, 0, 0, 0 }, result.ToDense().ToArray<float>());
        if (expected != StorageType.Default)
            Assert.AreEqual(1, result.StoredCount);
        executor.Backward();
        CollectionAssert.AreEqual(Enumerable.Repeat(2f, 8).ToArray(), executor.GradientOf("x")!.ToArray<float>());
    }

    [TestMethod]
    [DataRow("row_sparse")]
    [DataRow("csr")]
    public void What_lies_between_may_be_sparse(string storage)
    {
        using var scope = new ArrayScope();
        Symbol x = Symbol.Variable("x");
        Symbol sparse = Cast(x, storage, "stored");
        // exp takes dense arrays only; a copy is stored as what it copies.
        Symbol net = Symbol.Call("exp", [Symbol.Call("_copy", [sparse])]) + Cast(sparse, "default");
        NDArray array = NDArray.From(s_some, [4, 2]);
        NDArray gradient = NDArray.Zeros([4, 2]);
        foreach (
            BindOptions options in new[]
            {
                new BindOptions(),
                new BindOptions { Passes = GraphPasses.None },
            }
        )
        {
            using Executor executor = Executor.Bind(net, [array], [gradient], options: options);
            for (int run = 0; run < 3; run++)
            {
                NDArray result = executor.Forward(isTraining: true)[0];
                executor.Backward();
                AssertClose([.. s_some.Select(v => MathF.Exp(v) + v)], result);
                AssertClose([.. s_some.Select(v => MathF.Exp(v) + 1)], gradient);
            }
        }
    }

    [TestMethod]
    [DataRow(StorageType.RowSparse)]
    [DataRow(StorageType.Csr)]
    public void A_gradient_is_stored_as_the_array_that_was_given_for_it(StorageType storage)
    {
        using var scope = new ArrayScope();
        Symbol x = Symbol.Variable("x");
        using Executor executor = BindSome(x * x, out NDArray array, storage, GradientRequest.Write);
        NDArray gradient = executor.GradientOf("x")!;
        executor.Forward(isTraining: true);
        executor.Backward();
        CollectionAssert.AreEqual(s_some.Select(v => 2 * v).ToArray(), gradient.ToDense().ToArray<float>());
        Assert.AreEqual(storage == StorageType.Csr ? 3 : 2, gradient.StoredCount);
    }

    [TestMethod]
    [DataRow(StorageType.Default)]
    [DataRow(StorageType.RowSparse)]
    [DataRow(StorageType.Csr)]
    public void Gradients_are_added_to_arrays_stored_in_any_way(StorageType storage)
    {
        using var scope = new ArrayScope();
        Symbol x = Symbol.Variable("x");
        using Executor executor = BindSome(Cast(x * x, "row_sparse"), out NDArray array, storage, GradientRequest.Add);
        NDArray gradient = executor.GradientOf("x")!;
        for (int run = 1; run <= 3; run++)
        {
            executor.Forward(isTraining: true);
            executor.Backward();
            Assert.AreEqual(storage, gradient.StorageType);
            CollectionAssert.AreEqual(s_some.Select(v => run * 2 * v).ToArray(), gradient.ToDense().ToArray<float>());
        }
    }

    [TestMethod]
    public void Simple_bind_makes_sparse_arguments()
    {
        using var scope = new ArrayScope();
        Symbol net = Symbol.Variable("x", storage: StorageType.RowSparse) * Symbol.Variable("y");
        using Executor executor = Executor.SimpleBind(
            net,
            new Dictionary<string, Shape> { ["x"] = [4, 2] },
            storage: new Dictionary<string, StorageType> { ["y"] = StorageType.Csr }
        );
        Assert.AreEqual(StorageType.RowSparse, executor["x"].StorageType);
        Assert.AreEqual(StorageType.Csr, executor["y"].StorageType);
        executor.CopyFrom(
            new Dictionary<string, NDArray>
            {
                ["arg:x"] = NDArray.From(s_some, [4, 2]),
                ["arg:y"] = NDArray.From(s_some, [4, 2]).ToStorage(StorageType.RowSparse),
            }
        );
        Assert.AreEqual(2, executor["x"].StoredCount);
        Assert.AreEqual(3, executor["y"].StoredCount);
        NDArray result = executor.Forward(isTraining: true)[0];
        executor.Backward();
        CollectionAssert.AreEqual(s_some.Select(v => v * v).ToArray(), result.ToDense().ToArray<float>());
        CollectionAssert.AreEqual(s_some, executor.GradientOf("x")!.ToDense().ToArray<float>());
        CollectionAssert.AreEqual(s_some, executor.GradientOf("y")!.ToDense().ToArray<float>());

        using Executor larger = executor.Reshape(
            new Dictionary<string, Shape> { ["x"] = [6, 3] },
            allowPartial: true,
            allowGrowth: true
        );
        Assert.AreEqual(StorageType.RowSparse, larger["x"].StorageType);
        Assert.AreEqual(new Shape(6, 3), larger["y"].Shape);
        Assert.AreEqual(0f, larger.Forward()[0].ToDense().Sum().ToScalar<float>());
    }

    [TestMethod]
    public void A_monitor_sees_sparse_results_as_they_are_stored()
    {
        using var scope = new ArrayScope();
        Symbol net = Symbol.Call("exp", [Cast(Symbol.Variable("x"), "row_sparse", "stored")], "e");
        using Executor executor = BindSome(net, out _, StorageType.RowSparse, GradientRequest.Add);
        var seen = new Dictionary<string, StorageType>();
        executor.SetMonitor(
            (name, array) =>
            {
                using (array)
                {
                    seen[name] = array.StorageType;
                }
            }
        );
        executor.Forward(isTraining: true);
        executor.Backward();
        Assert.AreEqual(StorageType.RowSparse, seen["stored_output"]);
        Assert.AreEqual(StorageType.Default, seen["e_output"]);
        CollectionAssert.AreEqual(
            executor.Outputs[0].ToArray<float>(),
            executor.GradientOf("x")!.ToDense().ToArray<float>()
        );
    }

    [TestMethod]
    public void Sparse_arrays_go_from_device_to_device()
    {
        using var scope = new ArrayScope();
        Symbol net;
        using (new AttributeScope("ctx_group", "one"))
        {
            net = Cast(Symbol.Variable("x") * 2, "row_sparse");
        }

        using (new AttributeScope("ctx_group", "two"))
        {
            net = Symbol.Call("square", [net], "squared");
        }

        var groups = new Dictionary<string, Device> { ["one"] = Device.Cpu(1), ["two"] = Device.Cpu(2) };
        using Executor executor = Executor.SimpleBind(
            net,
            new Dictionary<string, Shape> { ["x"] = [4, 2] },
            options: new BindOptions { GroupDevices = groups }
        );
        executor["x"].CopyFrom<float>(s_some);
        NDArray result = executor.Forward(isTraining: true)[0];
        executor.Backward();
        Assert.AreEqual(Device.Cpu(2), result.Device);
        Assert.AreEqual(StorageType.RowSparse, result.StorageType);
        CollectionAssert.AreEqual(s_some.Select(v => 4 * v * v).ToArray(), result.ToDense().ToArray<float>());
        NDArray gradient = executor.GradientOf("x")!;
        Assert.AreEqual(Device.Cpu(1), gradient.Device);
        CollectionAssert.AreEqual(s_some.Select(v => 8 * v).ToArray(), gradient.ToDense().ToArray<float>());
    }

    [TestMethod]
    public void What_follows_from_sparse_constants_is_computed_once()
    {
        using var scope = new ArrayScope();
        Symbol sum = Cast(Symbol.Variable("w"), "row_sparse") + Symbol.Variable("x");
        NDArray w = NDArray.From(s_some, [4, 2]).ToStorage(StorageType.Csr);
        using Executor executor = Executor.Bind(
            sum,
            [w, NDArray.Ones([4, 2])],
            options: new BindOptions { ConstantParameters = ["w"] }
        );
        for (int run = 0; run < 2; run++)
        {
            CollectionAssert.AreEqual(
                s_some.Select(v => v + 1).ToArray(),
                executor.Forward()[0].ToDense().ToArray<float>()
            );
        }
    }

    [TestMethod]
    public void A_state_that_is_changed_densely_may_not_be_sparse()
    {
        using var scope = new ArrayScope();
        Symbol net = Symbol.Call("BatchNorm", [Symbol.Variable("x")], "bn");
        EngineException error = Assert.Throws<EngineException>(() =>
            Executor.Bind(
                net,
                [NDArray.Ones([4, 2]), NDArray.Ones([2]), NDArray.Ones([2])],
                [NDArray.Ones([4, 2]), null, null],
                states: [NDArray.Zeros(StorageType.RowSparse, [2]), NDArray.Ones([2])]
            )
        );
        StringAssert.Contains(error.Message, "bn_moving_mean");
    }

    [TestMethod]
    public void A_cached_operator_works_on_dense_copies()
    {
        using var scope = new ArrayScope();
        var cached = new CachedOp(Symbol.Call("exp", [Cast(Symbol.Variable("x"), "row_sparse")]));
        NDArray x = NDArray.From(s_some, [4, 2]).ToStorage(StorageType.Csr);
        x.AttachGradient(storage: StorageType.RowSparse);
        using (Autograd.Record())
        {
            cached.Invoke([x])[0].Backward();
        }

        AssertClose([.. s_some.Select(MathF.Exp)], x.Gradient!);
    }

    [TestMethod]
    public void Runs_allocate_no_managed_memory()
    {
        Engine before = Engine.Default;
        using Engine engine = Engine.Create(new EngineOptions { Kind = EngineKind.Naive });
        Engine.Default = engine;
        try
        {
            using var scope = new ArrayScope();
            Symbol product = Symbol.Call(
                "dot",
                [Symbol.Variable("x", storage: StorageType.Csr), Symbol.Variable("w", storage: StorageType.RowSparse)]
            );
            using Executor executor = Executor.SimpleBind(
                product,
                new Dictionary<string, Shape> { ["x"] = [4, 2], ["w"] = [2, 3] },
                GradientRequests.Of(["w"], GradientRequest.Add)
            );
            NDArray.From(s_some, [4, 2]).CopyTo(executor["x"]);
            NDArray.Ones([2, 3]).CopyTo(executor["w"]);
            long least = long.MaxValue;
            for (int run = 0; run < 20; run++)
            {
                long start = GC.GetAllocatedBytesForCurrentThread();
                executor.Forward(isTraining: true);
                executor.Backward();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - start);
            }

            Assert.AreEqual(0, least);
            Assert.AreEqual(StorageType.RowSparse, executor.GradientOf("w")!.StorageType);
        }
        finally
        {
            Engine.Default = before;
        }
    }

    private static void AssertClose(float[] expected, NDArray actual) =>
        Close.AreEqual(NDArray.From(expected, actual.Shape), actual.ToDense(), "element");
}
