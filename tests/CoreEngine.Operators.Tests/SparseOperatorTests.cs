using CoreEngine.Runtime;
using CsCheck;

namespace CoreEngine.Operators.Tests;

/// <summary>Operators on sparse arrays: how results are stored, and that their values are those of dense arrays.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SparseOperatorTests
{
    private const StorageType Dense = StorageType.Default;
    private const StorageType Rows = StorageType.RowSparse;
    private const StorageType Csr = StorageType.Csr;

    private static readonly string[] s_keepRows =
    [
        "relu",
        "abs",
        "sign",
        "round",
        "rint",
        "ceil",
        "floor",
        "trunc",
        "fix",
        "sqrt",
        "cbrt",
        "log1p",
        "expm1",
        "sin",
        "tan",
        "arcsin",
        "arctan",
        "degrees",
        "radians",
        "sinh",
        "tanh",
        "arcsinh",
        "arctanh",
    ];

    private static readonly string[] s_keepBoth =
    [
        "negative",
        "square",
        "_copy",
        "BlockGrad",
        "make_loss",
        "zeros_like",
    ];

    /// <summary>The storage that MXNet 1.0.0 gives the result, by its storage rules.</summary>
    public static IEnumerable<StorageCase> Cases =>
        [
            .. s_keepRows.SelectMany(name => new StorageCase[] { new(name, Rows, Rows), new(name, Dense, Csr) }),
            .. s_keepBoth.SelectMany(name => new StorageCase[] { new(name, Rows, Rows), new(name, Csr, Csr) }),
            .. new[] { "cos", "exp", "sigmoid", "ones_like", "cosh" }.SelectMany(name =>
                new StorageCase[] { new(name, Dense, Rows), new(name, Dense, Csr) }
            ),
            .. new[]
            {
                "elemwise_add",
                "elemwise_sub",
                "elemwise_mul",
                "_grad_add",
                "_maximum",
                "_minimum",
                "_hypot",
            }.SelectMany(name =>
                new StorageCase[]
                {
                    new(name, Rows, Rows, Rows),
                    new(name, Csr, Csr, Csr),
                    new(name, Dense, Rows, Dense),
                    new(name, Dense, Dense, Rows),
                    new(name, Dense, Csr, Dense),
                    new(name, Dense, Csr, Rows),
                }
            ),
            .. new[] { "_mul_scalar", "_div_scalar", "_scatter_plus_scalar" }.SelectMany(name =>
                new StorageCase[]
                {
                    new(name, Rows, Rows) { Attributes = { ["scalar"] = name == "_scatter_plus_scalar" ? "0" : "-3" } },
                    new(name, Csr, Csr) { Attributes = { ["scalar"] = name == "_scatter_plus_scalar" ? "0" : "-3" } },
                }
            ),
            .. new[] { "_plus_scalar", "_minus_scalar", "_maximum_scalar", "_power_scalar" }.SelectMany(name =>
                new StorageCase[]
                {
                    new(name, Dense, Rows) { Attributes = { ["scalar"] = "2" } },
                    new(name, Dense, Csr) { Attributes = { ["scalar"] = "2" } },
                }
            ),
            new("clip", Rows, Rows) { Attributes = { ["a_min"] = "-0.5", ["a_max"] = "0.5" } },
            new("clip", Csr, Csr) { Attributes = { ["a_min"] = "-0.5", ["a_max"] = "0.5" } },
            new("clip", Dense, Rows) { Attributes = { ["a_min"] = "0.1", ["a_max"] = "0.5" } },
            new("add_n", Rows, Rows, Rows, Rows) { Attributes = { ["num_args"] = "3" } },
            new("add_n", Rows, Rows, Rows) { Attributes = { ["num_args"] = "2" } },
            new("add_n", Rows, Rows) { Attributes = { ["num_args"] = "1" } },
            new("add_n", Dense, Csr, Csr) { Attributes = { ["num_args"] = "2" } },
            new("add_n", Dense, Rows, Dense) { Attributes = { ["num_args"] = "2" } },
            new("_identity_with_attr_like_rhs", Rows, Rows, Dense),
            new("_identity_with_attr_like_rhs", Csr, Csr, Rows),
            new("_identity_with_attr_like_rhs", Dense, Dense, Rows),
            new("dot", Dense, Csr, Dense) { IsSquare = true },
            new("dot", Dense, Csr, Rows) { IsSquare = true },
            new("dot", Rows, Csr, Dense) { IsSquare = true, Attributes = { ["transpose_a"] = "True" } },
            new("dot", Rows, Csr, Rows) { IsSquare = true, Attributes = { ["transpose_a"] = "True" } },
            new("dot", Dense, Csr, Dense) { IsSquare = true, Attributes = { ["transpose_b"] = "True" } },
            new("dot", Dense, Csr, Csr) { IsSquare = true },
            new("dot", Dense, Dense, Csr) { IsSquare = true },
            new("sum", Dense, Csr) { Attributes = { ["axis"] = "0" } },
            new("sum", Dense, Csr) { Attributes = { ["axis"] = "1", ["keepdims"] = "True" } },
            new("sum", Dense, Csr) { Attributes = { ["axis"] = "-1", ["exclude"] = "True" } },
            new("sum", Dense, Csr) { Attributes = { ["axis"] = "(0, 1)" } },
            new("sum", Dense, Csr) { Attributes = { ["axis"] = "(0, 1)", ["exclude"] = "True" } },
            new("sum", Dense, Rows) { Attributes = { ["axis"] = "0" } },
            new("mean", Dense, Csr) { Attributes = { ["axis"] = "0" } },
            new("mean", Dense, Csr) { Attributes = { ["axis"] = "1" } },
            new("mean", Dense, Csr),
            new("_square_sum", Dense, Rows) { Attributes = { ["axis"] = "0" } },
            new("_square_sum", Dense, Rows) { Attributes = { ["axis"] = "0", ["keepdims"] = "True" } },
            new("_square_sum", Dense, Rows) { Attributes = { ["axis"] = "1" } },
            new("_square_sum", Rows, Rows) { Attributes = { ["axis"] = "1", ["keepdims"] = "True" } },
            new("_square_sum", Dense, Rows) { Attributes = { ["axis"] = "0", ["exclude"] = "True" } },
            new("slice", Csr, Csr) { Attributes = { ["begin"] = "(1,)", ["end"] = "(4,)" } },
            new("slice", Csr, Csr) { Attributes = { ["begin"] = "(1, -3)", ["end"] = "(4, None)" } },
            new("slice", Dense, Csr)
            {
                Attributes =
                {
                    ["begin"] = "(0, 0)",
                    ["end"] = "(4, 4)",
                    ["step"] = "(2, 1)",
                },
            },
            new("slice", Dense, Rows) { Attributes = { ["begin"] = "(1,)", ["end"] = "(4,)" } },
            new("where", Dense, Csr, Dense, Dense),
            new("cast_storage", Dense, Rows) { Attributes = { ["stype"] = "default" } },
            new("cast_storage", Csr, Rows) { Attributes = { ["stype"] = "csr" } },
            new("cast_storage", Rows, Csr) { Attributes = { ["stype"] = "row_sparse" } },
            new("cast_storage", Rows, Dense) { Attributes = { ["stype"] = "row_sparse" } },
            new("cast_storage", Csr, Dense) { Attributes = { ["stype"] = "csr" } },
            new("cast_storage", Csr, Csr) { Attributes = { ["stype"] = "csr" } },
        ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Result_is_stored_as_in_the_original_and_equals_the_dense_one(StorageCase one)
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float64, DType.Float16 })
        {
            foreach (double density in new[] { 0, 0.3, 1 })
            {
                Check(one, dtype, density);
            }
        }
    }

    [TestMethod]
    public void Integers_too() =>
        Gen.Select(Gen.OneOfConst(DType.Int32, DType.Int64, DType.UInt8, DType.Int8), Gen.Int[0, 1000])
            .Sample(
                (dtype, seed) =>
                {
                    Check(new StorageCase("elemwise_add", Rows, Rows, Rows), dtype, 0.4, seed);
                    Check(new StorageCase("elemwise_mul", Csr, Csr, Csr), dtype, 0.4, seed);
                    Check(new StorageCase("sum", Dense, Csr) { Attributes = { ["axis"] = "0" } }, dtype, 0.4, seed);
                },
                iter: 30
            );

    [TestMethod]
    public void Division_of_what_is_stored_leaves_the_rest_alone()
    {
        using var scope = new ArrayScope();
        float[] values = [6, 4, 0, 0, 8, 2];
        NDArray x = NDArray.From(values, [3, 2]).ToStorage(Rows);
        NDArray divisor = NDArray.From<float>([2, 4, 0, 0, 0, 1], [3, 2]);
        foreach (StorageType storage in new[] { Dense, Rows, Csr })
        {
            NDArray y = Imperative.Invoke("_scatter_elemwise_div", [x, divisor.ToStorage(storage)])[0];
            Assert.AreEqual(Rows, y.StorageType);
            float[] expected = [3, 1, 0, 0, float.PositiveInfinity, 2];
            CollectionAssert.AreEqual(expected, y.ToDense().ToArray<float>());
        }

        NDArray shifted = Imperative.Invoke("_scatter_plus_scalar", [x], Scalar("1"))[0];
        float[] plus = [7, 5, 0, 0, 9, 3];
        CollectionAssert.AreEqual(plus, shifted.ToDense().ToArray<float>());
    }

    [TestMethod]
    public void Retain_stores_the_named_rows_once_and_in_order()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.From<float>([1, 2, 0, 0, 5, 6, 7, 8], [4, 2]).ToStorage(Rows);
        foreach (DType dtype in new[] { DType.Float32, DType.Int64, DType.UInt8 })
        {
            NDArray indices = Cast(NDArray.From<float>([3, 1, 3, 0], [4]), dtype);
            NDArray y = Imperative.Invoke("_sparse_retain", [x, indices])[0];
            CollectionAssert.AreEqual(new long[] { 0, 1, 3 }, y.StoredIndices().ToArray<long>());
            float[] expected = [1, 2, 0, 0, 0, 0, 7, 8];
            CollectionAssert.AreEqual(expected, y.ToDense().ToArray<float>());
        }

        Assert.Throws<StorageTypeException>(() =>
            Imperative.Invoke("_sparse_retain", [x.ToDense(), NDArray.Zeros([1])])
        );
        NDArray outside = Imperative.Invoke("_sparse_retain", [x, NDArray.From<long>([4], [1])])[0];
        Assert.Throws<OperationException>(outside.WaitToRead);
    }

    [TestMethod]
    public void Embedding_in_a_sparse_table_refuses_what_is_not_in_it()
    {
        using var scope = new ArrayScope();
        NDArray table = NDArray.From<float>([1, 2, 0, 0, 5, 6], [3, 2]).ToStorage(Rows);
        Dictionary<string, string> sizes = new() { ["input_dim"] = "3", ["output_dim"] = "2" };
        NDArray read = Imperative.Invoke("_contrib_SparseEmbedding", [NDArray.From<float>([2, 1], [2]), table], sizes)[
            0
        ];
        CollectionAssert.AreEqual(new float[] { 5, 6, 0, 0 }, read.ToArray<float>());
        NDArray outside = Imperative.Invoke("_contrib_SparseEmbedding", [NDArray.From<float>([3], [1]), table], sizes)[
            0
        ];
        Assert.Throws<OperationException>(outside.WaitToRead);
    }

    [TestMethod]
    public void Columns_may_stand_in_any_order()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.Csr(
            NDArray.From<float>([3, 1, 2], [3]),
            NDArray.From<long>([2, 0, 1], [3]),
            NDArray.From<long>([0, 2, 3], [3]),
            [2, 3]
        );
        NDArray sum = Imperative.Invoke("elemwise_add", [x, x])[0];
        CollectionAssert.AreEqual(new float[] { 2, 0, 6, 0, 4, 0 }, sum.ToDense().ToArray<float>());
        CollectionAssert.AreEqual(new long[] { 0, 2, 1 }, sum.StoredIndices().ToArray<long>());
        Dictionary<string, string> part = new() { ["begin"] = "(0, 1)", ["end"] = "(2, 3)" };
        NDArray block = Imperative.Invoke("slice", [x], part)[0];
        CollectionAssert.AreEqual(new float[] { 0, 3, 2, 0 }, block.ToDense().ToArray<float>());
    }

    [TestMethod]
    public void Zeros_are_stored_as_the_array_that_is_given()
    {
        using var scope = new ArrayScope();
        foreach (StorageType storage in new[] { Rows, Csr })
        {
            NDArray y = NDArray.Ones([3, 2]).ToStorage(storage);
            _ = Imperative.Invoke("_zeros", [], new Dictionary<string, string> { ["shape"] = "(3, 2)" }, [y]);
            Assert.AreEqual(0, y.StoredCount);
            CollectionAssert.AreEqual(new float[6], y.ToDense().ToArray<float>());
        }
    }

    [TestMethod]
    public void Results_may_take_the_place_of_an_argument()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.From<float>([1, 2, 0, 0, 5, 6], [3, 2]).ToStorage(Rows);
        NDArray other = NDArray.From<float>([0, 0, 3, 4, 0, 0], [3, 2]).ToStorage(Rows);
        _ = Imperative.Invoke("square", [x], null, [x]);
        _ = Imperative.Invoke("elemwise_add", [other, x], null, [x]);
        float[] expected = [1, 4, 3, 4, 25, 36];
        CollectionAssert.AreEqual(expected, x.ToDense().ToArray<float>());
        Assert.AreEqual(3, x.StoredCount);
    }

    [TestMethod]
    [DataRow("sgd_update", 0)]
    [DataRow("sgd_mom_update", 1)]
    [DataRow("adam_update", 2)]
    [DataRow("ftrl_update", 2)]
    [DataRow("rmsprop_update", 1)]
    [DataRow("adagrad_update", 1)]
    [DataRow("nag_mom_update", 1)]
    public void Updates_touch_the_gradients_rows_and_grow_what_lacks_them(string name, int states)
    {
        using var scope = new ArrayScope();
        double[] weights = Draw(new Random(1), 1, 15);
        double[] gradient = Draw(new Random(2), 1, 15);
        Array.Clear(gradient, 3, 6);
        Dictionary<string, string> attributes = new() { ["lr"] = "0.1", ["wd"] = "0.01" };
        NDArray g = NDArray.From(gradient, [5, 3]);
        foreach (bool isWhole in new[] { true, false })
        {
            double[] start = [.. weights];
            if (!isWhole)
                Array.Clear(start, 0, 6);
            NDArray dense = NDArray.From(start, [5, 3]);
            NDArray sparse = dense.ToStorage(Rows);
            NDArray[] denseStates = [.. Enumerable.Range(0, states).Select(_ => NDArray.Zeros([5, 3], DType.Float64))];
            NDArray[] sparseStates = [.. denseStates.Select(state => state.ToStorage(Rows))];
            for (int step = 0; step < 3; step++)
            {
                _ = Imperative.Invoke(name, [dense, g.Copy(), .. denseStates], attributes, [dense]);
                _ = Imperative.Invoke(name, [sparse, g.ToStorage(Rows), .. sparseStates], attributes, [sparse]);
            }

            CompareRows(dense, sparse, start);
            for (int i = 0; i < states; i++)
            {
                CompareRows(denseStates[i], sparseStates[i], new double[15]);
                CollectionAssert.AreEqual(new long[] { 0, 3, 4 }, sparseStates[i].StoredIndices().ToArray<long>());
            }
        }
    }

    [TestMethod]
    public void Update_into_another_array_leaves_the_weight()
    {
        using var scope = new ArrayScope();
        NDArray weight = NDArray.From<float>([1, 2, 3, 4], [2, 2]).ToStorage(Rows);
        NDArray gradient = NDArray.From<float>([0, 0, 1, 1], [2, 2]).ToStorage(Rows);
        NDArray next = Imperative.Invoke(
            "sgd_update",
            [weight, gradient],
            new Dictionary<string, string> { ["lr"] = "1" }
        )[0];
        Assert.AreEqual(Rows, next.StorageType);
        CollectionAssert.AreEqual(new float[] { 1, 2, 2, 3 }, next.ToDense().ToArray<float>());
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 4 }, weight.ToDense().ToArray<float>());
    }

    private static void CompareRows(NDArray dense, NDArray sparse, double[] start)
    {
        double[] expected = dense.ToArray<double>();
        double[] actual = sparse.ToDense().ToArray<double>();
        for (int i = 0; i < expected.Length; i++)
        {
            bool isTouched = i / 3 is 0 or 3 or 4;
            Assert.AreEqual(isTouched ? expected[i] : start[i], actual[i], 1e-12, $"element {i}");
        }
    }

    private static void Check(StorageCase one, DType dtype, double density, int seed = 3)
    {
        using var scope = new ArrayScope();
        var random = new Random(seed);
        Shape shape = one.IsSquare ? [7, 7] : [7, 5];
        NDArray[] dense =
        [
            .. one.Inputs.Select(_ => Cast(NDArray.From(Draw(random, density, (int)shape.Size), shape), dtype)),
        ];
        NDArray[] sparse = [.. dense.Zip(one.Inputs, (array, storage) => array.ToStorage(storage))];
        NDArray expected = Imperative.Invoke(one.Operator, dense, one.Attributes)[0].ToDense();
        NDArray actual = Imperative.Invoke(one.Operator, sparse, one.Attributes)[0];
        Assert.AreEqual(one.Output, actual.StorageType);
        Assert.AreEqual(expected.DType, actual.DType);
        double[] values = Cast(expected, DType.Float64).ToArray<double>();
        double[] computed = Cast(actual.ToDense(), DType.Float64).ToArray<double>();
        double tolerance =
            dtype == DType.Float16 ? 2e-2
            : dtype == DType.Float32 ? 1e-5
            : 1e-12;
        for (int i = 0; i < values.Length; i++)
        {
            bool isSame = values[i].Equals(computed[i]) || Math.Abs(values[i] - computed[i]) <= tolerance;
            Assert.IsTrue(isSame, $"{one} of {dtype}, density {density}: {values[i]} and {computed[i]} at {i}");
        }
    }

    /// <summary>Numbers from -1 to 1, and zeros: every third row, and a share of the others.</summary>
    private static double[] Draw(Random random, double density, int count)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            bool isEmptyRow = density < 1 && i / 5 % 3 == 1;
            values[i] = !isEmptyRow && random.NextDouble() < density ? (random.NextDouble() * 2) - 1 : 0;
        }

        return values;
    }

    private static NDArray Cast(NDArray array, DType dtype) =>
        Imperative.Invoke("Cast", [array], new Dictionary<string, string> { ["dtype"] = dtype.Name() })[0];

    private static Dictionary<string, string> Scalar(string value) => new() { ["scalar"] = value };

    /// <summary>A call and how its result is stored.</summary>
    public sealed record StorageCase(string Operator, StorageType Output, params StorageType[] Inputs)
    {
        /// <summary>The attributes, as text.</summary>
        public Dictionary<string, string> Attributes { get; } = [];

        /// <summary>Whether the arrays are square, for products.</summary>
        public bool IsSquare { get; init; }

        /// <inheritdoc/>
        public override string ToString() => $"{Operator}({string.Join(", ", Inputs)}) = {Output}";
    }
}
