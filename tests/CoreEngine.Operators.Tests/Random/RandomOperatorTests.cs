namespace CoreEngine.Operators.Tests;

/// <summary>Operators that draw random numbers: distributions, shapes, types, seeds.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RandomOperatorTests
{
    private const int Draws = 60_000;

    /// <summary>
    /// Operators of one distribution with attributes or, for <c>_sample_</c>, values of two parameter rows; then mean and
    /// variance for each row.
    /// </summary>
    public static IEnumerable<object[]> Distributions =>
        [
            ["uniform", "low=-1 high=3", "low=-1,2 high=3,2.5", "1,2.25", "1.3333,0.020833"],
            ["normal", "loc=2 scale=3", "mu=2,-1 sigma=3,0.5", "2,-1", "9,0.25"],
            ["gamma", "alpha=4 beta=0.5", "alpha=4,0.5 beta=0.5,2", "2,1", "1,2"],
            ["exponential", "lam=4", "lam=4,0.5", "0.25,2", "0.0625,4"],
            ["poisson", "lam=4", "lam=4,30", "4,30", "4,30"],
            ["negative_binomial", "k=3 p=0.4", "k=3,2 p=0.4,0.8", "4.5,0.5", "11.25,0.625"],
            ["generalized_negative_binomial", "mu=2 alpha=0.3", "mu=2,5 alpha=0.3,0", "2,5", "3.2,5"],
        ];

    [TestMethod]
    [DynamicData(nameof(Distributions))]
    public void Arrays_have_the_moments_of_the_distribution(
        string name,
        string attributes,
        string rows,
        string means,
        string variances
    )
    {
        _ = rows;
        foreach (string dtype in new[] { "float16", "float32", "float64", "None" })
        {
            using var scope = new ArrayScope();
            RandomState.Seed(5);
            BoundOperator op = NeuralErrorTests.Bind(
                "_random_" + name,
                $"{attributes} shape=(300,{Draws / 300}) dtype={dtype}"
            );
            NDArray y = Imperative.Invoke(op, [])[0];
            Assert.AreEqual(dtype == "None" ? "float32" : dtype, y.DType.Name());
            Assert.AreEqual(new Shape(300, Draws / 300), y.Shape);
            CheckMoments(Values(y), Numbers(means)[0], Numbers(variances)[0], name);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Distributions))]
    public void Each_row_of_parameters_has_draws_of_its_own(
        string name,
        string attributes,
        string rows,
        string means,
        string variances
    )
    {
        _ = attributes;
        using var scope = new ArrayScope();
        RandomState.Seed(6);
        NDArray[] inputs =
        [
            .. rows.Split(' ').Select(row => NDArray.From(Numbers(row[(row.IndexOf('=') + 1)..]), new Shape(2, 1))),
        ];
        BoundOperator op = NeuralErrorTests.Bind("_sample_" + name, $"shape=(2,{Draws / 2})");
        NDArray y = Imperative.Invoke(op, inputs)[0];
        Assert.AreEqual(new Shape(2, 1, 2, Draws / 2), y.Shape);
        Assert.AreEqual(DType.Float32, y.DType);
        double[] values = Values(y);
        for (int row = 0; row < 2; row++)
        {
            double[] own = values[(row * Draws)..((row + 1) * Draws)];
            CheckMoments(own, Numbers(means)[row], Numbers(variances)[row], $"{name} row {row}");
        }
    }

    /// <summary>The seed alone decides; another call, and another seed, draw something else.</summary>
    [TestMethod]
    [DataRow("_random_uniform", "shape=70001")]
    [DataRow("_random_normal", "shape=70001 dtype=float16")]
    [DataRow("_random_gamma", "shape=70001 alpha=0.7")]
    [DataRow("_random_poisson", "shape=70001 lam=20")]
    public void A_seed_repeats_the_numbers_for_any_number_of_threads(string name, string attributes)
    {
        using var scope = new ArrayScope();
        BoundOperator op = NeuralErrorTests.Bind(name, attributes);
        double[] runs = ThreadCounts.AreAlike(() => DrawTwice(op, 9));
        CollectionAssert.AreNotEqual(runs[..1000], runs[70001..71001]);
        CollectionAssert.AreNotEqual(runs, ThreadCounts.With(1, () => DrawTwice(op, 10)));
    }

    private static double[] DrawTwice(BoundOperator op, ulong seed)
    {
        RandomState.Seed(seed);
        double[] first = Values(Imperative.Invoke(op, [])[0]);
        return [.. first, .. Values(Imperative.Invoke(op, [])[0])];
    }

    /// <summary>Rows of probabilities lie along the last axis, of arrays of any rank.</summary>
    [TestMethod]
    [DataRow("3", "", "1")]
    [DataRow("3", "shape=5", "5")]
    [DataRow("2,3", "", "2")]
    [DataRow("2,3", "shape=(4,5)", "2,4,5")]
    [DataRow("2,2,3", "shape=4", "2,2,4")]
    public void Categories_are_drawn_by_rows(string data, string attributes, string result)
    {
        using var scope = new ArrayScope();
        var shape = new Shape([.. data.Split(',').Select(long.Parse)]);
        long rows = shape.Size / 3;
        // Row r is certain to give category r modulo 3.
        double[] certain = [.. Enumerable.Range(0, (int)shape.Size).Select(i => i % 3 == i / 3 % 3 ? 1.0 : 0)];
        BoundOperator op = NeuralErrorTests.Bind("_sample_multinomial", $"{attributes} get_prob=1");
        NDArray[] y = Imperative.Invoke(op, [NDArray.From(certain, shape)]);
        Assert.AreEqual(new Shape([.. result.Split(',').Select(long.Parse)]), y[0].Shape);
        Assert.AreEqual(y[0].Shape, y[1].Shape);
        Assert.AreEqual(DType.Int32, y[0].DType);
        long draws = y[0].Shape.Size / rows;
        int[] drawn = y[0].ToArray<int>();
        for (int i = 0; i < drawn.Length; i++)
        {
            Assert.AreEqual(i / draws % 3, drawn[i]);
        }

        Assert.IsTrue(Values(y[1]).All(logarithm => logarithm == 0));
    }

    /// <summary>Parameters that no distribution has are refused, and named.</summary>
    [TestMethod]
    [DataRow("_random_uniform", "low=2 high=1", "high")]
    [DataRow("_random_uniform", "low=nan", "high")]
    [DataRow("_random_normal", "scale=0", "scale")]
    [DataRow("_random_normal", "scale=-1", "scale")]
    [DataRow("_random_gamma", "alpha=0", "alpha")]
    [DataRow("_random_gamma", "beta=-1", "beta")]
    [DataRow("_random_exponential", "lam=0", "lam")]
    [DataRow("_random_poisson", "lam=-1", "lam")]
    [DataRow("_random_negative_binomial", "k=-1", "k")]
    [DataRow("_random_negative_binomial", "p=-0.1", "p")]
    [DataRow("_random_generalized_negative_binomial", "mu=-1", "mu")]
    [DataRow("_random_generalized_negative_binomial", "alpha=-1", "alpha")]
    public void Impossible_parameters_are_refused(string name, string attributes, string attribute)
    {
        AttributeException error = Assert.ThrowsExactly<AttributeException>(() =>
            NeuralErrorTests.Bind(name, attributes + " shape=3")
        );
        Assert.AreEqual(attribute, error.Attribute);
    }

    /// <summary>The shape comes from the attribute or from an output array.</summary>
    [TestMethod]
    public void Shapes_come_from_attributes_or_from_outputs()
    {
        using var scope = new ArrayScope();
        BoundOperator plain = NeuralErrorTests.Bind("_random_normal", "");
        Assert.ThrowsExactly<ShapeMismatchException>(() => Imperative.Invoke(plain, []));
        NDArray y = NDArray.Zeros(new Shape(3, 4), DType.Float64);
        Imperative.Invoke(plain, [], [y]);
        Assert.IsTrue(y.ToArray<double>().All(value => value != 0));
        foreach (string shape in new[] { "(0,)", "(2,-1)" })
        {
            BoundOperator wrong = NeuralErrorTests.Bind("_random_normal", $"shape={shape}");
            Assert.ThrowsExactly<ShapeMismatchException>(() => Imperative.Invoke(wrong, []));
        }
    }

    /// <summary>What is known of the result says the shape of the parameters.</summary>
    [TestMethod]
    public void Shapes_of_parameters_follow_from_the_result()
    {
        BoundOperator op = NeuralErrorTests.Bind("_sample_normal", "shape=(4,5)");
        var shapes = new ShapeInference();
        shapes.Start(op, op.InputCount);
        shapes.SetOutput(0, new Shape(2, 3, 4, 5));
        op.Definition.InferShape(shapes);
        Assert.AreEqual(new Shape(2, 3), shapes.Input(0));
        Assert.AreEqual(new Shape(2, 3), shapes.Input(1));
    }

    private static void CheckMoments(double[] values, double mean, double variance, string message)
    {
        double found = values.Average();
        double spread = values.Sum(value => (value - found) * (value - found)) / values.Length;
        Assert.AreEqual(mean, found, 6 * Math.Sqrt(variance / values.Length), message);
        Assert.AreEqual(variance, spread, 0.12 * variance, message);
    }

    private static double[] Values(NDArray array) => array.AsType(DType.Float64).ToArray<double>();

    private static double[] Numbers(string text) =>
        [.. text.Split(',').Select(item => double.Parse(item, System.Globalization.CultureInfo.InvariantCulture))];
}
