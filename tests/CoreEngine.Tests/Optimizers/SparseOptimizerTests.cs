using CoreEngine.Optimizers;

namespace CoreEngine.Tests.Optimizers;

/// <summary>Row-sparse gradients of row-sparse weights: updates of the rows that are stored, and of nothing else.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SparseOptimizerTests : EngineTestBase
{
    private const int Rows = 5;
    private const int Columns = 3;
    private static readonly long[] s_touched = [1, 3];

    private static IEnumerable<object[]> Descriptions =>
        [
            ["""{"optimizer": "sgd", "wd": 0.1}"""],
            ["""{"optimizer": "sgd", "momentum": 0.9, "wd": 0.1, "clip_gradient": 0.5}"""],
            ["""{"optimizer": "nag", "momentum": 0.9}"""],
            ["""{"optimizer": "adam", "wd": 0.01}"""],
            ["""{"optimizer": "adagrad"}"""],
            ["""{"optimizer": "adadelta"}"""],
            ["""{"optimizer": "adamax"}"""],
            ["""{"optimizer": "nadam"}"""],
            ["""{"optimizer": "ftml"}"""],
            ["""{"optimizer": "ftrl", "learning_rate": 0.5}"""],
            ["""{"optimizer": "rmsprop", "centered": true}"""],
        ];

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble() - 0.5f)];
    }

    private static float[] TouchedOf(float[] whole) =>
        [.. s_touched.SelectMany(row => whole.AsSpan((int)row * Columns, Columns).ToArray())];

    [TestMethod]
    [DynamicData(nameof(Descriptions))]
    public void The_rows_of_the_gradient_are_updated_as_if_there_were_no_others(string description)
    {
        using var scope = new ArrayScope();
        using Optimizer optimizer = Optimizer.FromJson(description);
        using Optimizer reference = Optimizer.FromJson(description);
        float[] start = Values(Rows * Columns, 1);
        NDArray weight = NDArray.From(start, [Rows, Columns]).ToStorage(StorageType.RowSparse);
        NDArray few = NDArray.From(TouchedOf(start), [s_touched.Length, Columns]);
        for (int step = 0; step < 3; step++)
        {
            float[] gradient = Values(s_touched.Length * Columns, 10 + step);
            NDArray values = NDArray.From(gradient, few.Shape);
            optimizer.Update(0, weight, NDArray.RowSparse(values, NDArray.From(s_touched), weight.Shape));
            reference.Update(0, few, values);
        }

        float[] updated = weight.ToDense().ToArray<float>();
        CollectionAssert.AreEqual(few.ToArray<float>(), TouchedOf(updated));
        for (int i = 0; i < updated.Length; i++)
        {
            if (!s_touched.Contains(i / Columns))
                Assert.AreEqual(start[i], updated[i]);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Descriptions))]
    public void Rows_that_a_weight_lacks_begin_as_zeros_and_are_stored_once_they_are_updated(string description)
    {
        using var scope = new ArrayScope();
        using Optimizer optimizer = Optimizer.FromJson(description);
        using Optimizer reference = Optimizer.FromJson(description);
        NDArray weight = NDArray.Zeros(StorageType.RowSparse, [Rows, Columns]);
        NDArray few = NDArray.Zeros([s_touched.Length, Columns]);
        for (int step = 0; step < 3; step++)
        {
            NDArray values = NDArray.From(Values(s_touched.Length * Columns, 10 + step), few.Shape);
            optimizer.Update(0, weight, NDArray.RowSparse(values, NDArray.From(s_touched), weight.Shape));
            reference.Update(0, few, values);
        }

        CollectionAssert.AreEqual(s_touched, weight.StoredIndices().ToArray<long>());
        CollectionAssert.AreEqual(few.ToArray<float>(), weight.ToArray<float>());
        foreach ((string name, NDArray state) in optimizer.CopyStates())
        {
            using (state)
            {
                Assert.IsTrue(name.EndsWith("/count", StringComparison.Ordinal) || state.StoredCount == 2, name);
            }
        }
    }

    [TestMethod]
    public void Sparse_states_come_back_from_a_file()
    {
        using var scope = new ArrayScope();
        using var folder = new Files.TemporaryFolder();
        string path = folder["adam.states"];
        using Optimizer adam = new Adam();
        NDArray weight = NDArray.Zeros(StorageType.RowSparse, [Rows, Columns]);
        NDArray gradient = NDArray.RowSparse(NDArray.Ones([2, Columns]), NDArray.From(s_touched), weight.Shape);
        adam.Update(0, weight, gradient);
        adam.Save(path);
        using Optimizer loaded = Optimizer.Load(path);
        NDArray other = weight.Copy();
        adam.Update(0, weight, gradient);
        loaded.Update(0, other, gradient);
        CollectionAssert.AreEqual(weight.ToArray<float>(), other.ToArray<float>());
    }

    [TestMethod]
    public void An_executor_with_a_sparse_weight_is_updated_row_by_row()
    {
        using var scope = new ArrayScope();
        Symbol net = Symbol.Call(
            "dot",
            [
                Symbol.Variable("x", storage: StorageType.Csr),
                Symbol.Variable("fc_weight", storage: StorageType.RowSparse),
            ],
            "y"
        );
        using Executor executor = Executor.SimpleBind(
            net,
            new Dictionary<string, Shape> { ["x"] = [2, Rows], ["fc_weight"] = [Rows, Columns] },
            GradientRequests.Of(["fc_weight"])
        );
        NDArray gradient = executor.GradientOf("fc_weight")!;
        Assert.AreEqual(StorageType.RowSparse, gradient.StorageType);
        NDArray
            .CsrFromCoordinates(
                NDArray.From<float>([1, 2, 3]),
                NDArray.From<long>([0, 1, 1]),
                NDArray.From<long>([3, 1, 3]),
                [2, Rows]
            )
            .CopyTo(executor["x"]);
        NDArray.Ones([Rows, Columns]).CopyTo(executor["fc_weight"]);
        using Optimizer optimizer = new Sgd(1) { WeightDecay = 0.5 };
        executor.Forward(isTraining: true);
        executor.Backward();
        optimizer.Update(executor);
        CollectionAssert.AreEqual(s_touched, gradient.StoredIndices().ToArray<long>());
        CollectionAssert.AreEqual(
            new float[] { 1, 1, 1, -1.5f, -1.5f, -1.5f, 1, 1, 1, -3.5f, -3.5f, -3.5f, 1, 1, 1 },
            executor["fc_weight"].ToDense().ToArray<float>()
        );
    }
}
