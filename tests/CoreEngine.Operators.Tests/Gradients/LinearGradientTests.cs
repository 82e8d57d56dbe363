namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of matrix products, of the fully connected layer and of linear algebra.</summary>
[TestClass]
public sealed class LinearGradientTests
{
    /// <summary>What is given, not learned.</summary>
    private static readonly GradientInput s_data = new(2, 3) { HasGradient = false };

    /// <summary>The calls that are checked.</summary>
    public static IEnumerable<GradientCase> Cases =>
        [
            new("dot", [2, 3], [3, 4]) { Twice = true },
            new("dot", [3, 2], [3, 4]) { Attributes = { ["transpose_a"] = "1" }, Twice = true },
            new("dot", [2, 3], [4, 3]) { Attributes = { ["transpose_b"] = "1" }, Twice = true },
            new("dot", [3, 2], [4, 3]) { Attributes = { ["transpose_a"] = "1", ["transpose_b"] = "1" }, Twice = true },
            new("dot", [5], [5]) { Twice = true },
            new("dot", [2, 2, 3], [3, 2, 2]) { Twice = true },
            new("dot", [3, 2, 2], [2, 2, 3])
            {
                Attributes = { ["transpose_a"] = "1", ["transpose_b"] = "1" },
                Twice = true,
            },
            new("dot", [3, 4], [4]) { Twice = true },
            new("dot", s_data, [3, 4]) { Twice = true },
            new("dot", [2, 2], s_data) { Twice = true },
            new("FullyConnected", s_data, [5, 3], [5]) { Attributes = { ["num_hidden"] = "5" }, Twice = true },
            new("FullyConnected", s_data, new GradientInput(5, 3) { HasGradient = false }, [5])
            {
                Attributes = { ["num_hidden"] = "5" },
                Twice = true,
            },
            new("batch_dot", [2, 2, 3], [2, 3, 4]) { Twice = true },
            new("batch_dot", [2, 3, 2], [2, 4, 3])
            {
                Attributes = { ["transpose_a"] = "1", ["transpose_b"] = "1" },
                Twice = true,
            },
            new("FullyConnected", [3, 2, 2], [5, 4], [5]) { Attributes = { ["num_hidden"] = "5" }, Twice = true },
            new("FullyConnected", [2, 3, 4], [2, 4], [2])
            {
                Attributes = { ["num_hidden"] = "2", ["flatten"] = "False" },
                Twice = true,
            },
            new("FullyConnected", [2, 3], [4, 3])
            {
                Attributes = { ["num_hidden"] = "4", ["no_bias"] = "True" },
                Twice = true,
            },
            new("_linalg_gemm", [2, 3, 2], [2, 4, 3], [2, 2, 4])
            {
                Attributes =
                {
                    ["transpose_a"] = "1",
                    ["transpose_b"] = "1",
                    ["alpha"] = "1.5",
                    ["beta"] = "-0.5",
                },
                Twice = true,
            },
            new("_linalg_gemm2", [2, 3], [3, 4]) { Attributes = { ["alpha"] = "2" }, Twice = true },
            new("_linalg_syrk", [2, 3, 2]) { Twice = true },
            new("_linalg_syrk", [3, 2]) { Attributes = { ["transpose"] = "1", ["alpha"] = "2" }, Twice = true },
            .. Triangular("_linalg_trmm"),
            .. Triangular("_linalg_trsm"),
            new("_linalg_potri", s_triangular) { Twice = true },
            new("_linalg_sumlogdiag", s_triangular),
            new("_linalg_gelqf", [2, 4]) { Twice = true },
            new("_linalg_gelqf", [2, 3, 3]) { Twice = true },
        ];

    /// <summary>Factorisations of symmetric matrices, and which output is looked at.</summary>
    public static IEnumerable<(string Name, int Output)> SymmetricFactorisations =>
        [("_linalg_potrf", 0), ("_linalg_syevd", 0), ("_linalg_syevd", 1)];

    /// <summary>Matrices that are far from singular, seen as lower triangular ones.</summary>
    private static readonly GradientInput s_triangular = new(2, 3, 3) { Low = 1, High = 2 };

    private static IEnumerable<GradientCase> Triangular(string name)
    {
        foreach (string transpose in (string[])["0", "1"])
        {
            foreach (string right in (string[])["0", "1"])
            {
                GradientInput b = right == "1" ? [2, 2, 3] : [2, 3, 2];
                yield return new GradientCase(name, s_triangular, b)
                {
                    Attributes =
                    {
                        ["transpose"] = transpose,
                        ["rightside"] = right,
                        ["alpha"] = "1.5",
                    },
                    Twice = true,
                };
            }
        }
    }

    /// <summary>
    /// A factorisation sees one triangle of a symmetric matrix, while its gradient is symmetric; so the matrix is made
    /// symmetric inside the function that is differentiated: A = X X^T.
    /// </summary>
    [TestMethod]
    [DynamicData(nameof(SymmetricFactorisations))]
    public void Gradient_of_a_symmetric_factorisation_agrees_with_differences(string factorisation, int output)
    {
        using var scope = new ArrayScope();
        var random = new Random(5);
        double[] x = [.. Enumerable.Range(0, 24).Select(_ => (random.NextDouble() * 2) - 1)];
        double[] weights = [.. Enumerable.Range(0, 18).Select(_ => random.NextDouble())];
        NDArray variable = NDArray.From(x, [2, 3, 4]);
        variable.AttachGradient();
        NDArray result;
        using (Autograd.Record())
        {
            result = Factorise(factorisation, output, variable);
        }

        NDArray head = NDArray.From(weights[..(int)result.Size], result.Shape);
        Autograd.Backward([result], [head]);
        double[] analytic = variable.Gradient!.ToArray<double>();
        for (int i = 0; i < analytic.Length; i++)
        {
            double Loss(double step)
            {
                double[] moved = (double[])x.Clone();
                moved[i] += step;
                double[] y = Factorise(factorisation, output, NDArray.From(moved, variable.Shape)).ToArray<double>();
                return y.Zip(weights, (a, b) => a * b).Sum();
            }

            double numeric = (Loss(1e-5) - Loss(-1e-5)) / 2e-5;
            Assert.AreEqual(numeric, analytic[i], 1e-6 * Math.Max(1, Math.Abs(numeric)));
        }
    }

    private static NDArray Factorise(string factorisation, int output, NDArray x) =>
        Imperative.Invoke(factorisation, [Imperative.Invoke("_linalg_syrk", [x])[0]])[output];

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);
}
