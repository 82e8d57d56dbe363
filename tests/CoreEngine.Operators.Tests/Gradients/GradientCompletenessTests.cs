namespace CoreEngine.Operators.Tests;

/// <summary>Every operator that has a gradient is held against finite differences.</summary>
[TestClass]
public sealed class GradientCompletenessTests
{
    /// <summary>Operators that state a gradient only to say why there is none, and operators of users.</summary>
    private static readonly string[] s_without =
    [
        "_contrib_fused_convolution",
        "_contrib_prepare_convolution_weight",
        "Custom",
    ];

    private static IEnumerable<string> Covered =>
        [
            .. Cases.Select(one => one.Operator),
            .. LossGradientTests.Regressions.Select(one => one.Operator),
            .. LossGradientTests.Classifications.Select(one => one.Operator),
            .. LossGradientTests.Others.Select(one => one.Operator),
            .. ConstantGradientTests.Cases.Select(one => one.Operator),
            .. LinearGradientTests.SymmetricFactorisations.Select(one => one.Name),
            .. s_without,
        ];

    /// <summary>The calls whose gradients are held against differences.</summary>
    internal static IEnumerable<GradientCase> Cases =>
        [
            .. ElementwiseGradientTests.Unary,
            .. ElementwiseGradientTests.Scalar,
            .. ElementwiseGradientTests.Binary,
            .. IndexingGradientTests.Cases,
            .. LinearGradientTests.Cases,
            .. NeuralGradientTests.Activations,
            .. NeuralGradientTests.Softmaxes,
            .. NeuralGradientTests.Windows,
            .. NeuralGradientTests.Normalizations,
            .. NeuralGradientTests.Spatial,
            .. NeuralGradientTests.Recurrent,
            .. ReductionGradientTests.Cases,
            .. ShapingGradientTests.Cases,
            .. SparseGradientTests.Cases,
            .. SignalGradientTests.Transforms,
            .. SignalGradientTests.UnalignedSequences,
        ];

    [TestMethod]
    public void Every_operator_with_a_gradient_has_a_case()
    {
        HashSet<string> covered = [.. Covered.Select(name => OperatorRegistry.Default[name].Name)];
        string[] missing =
        [
            .. OperatorRegistry
                .Default.Operators.Where(o => o.Gradient is not null && !o.IsInternal)
                .Select(o => o.Name)
                .Where(name => !covered.Contains(name))
                .Order(StringComparer.Ordinal),
        ];
        Assert.IsEmpty(missing, string.Join(", ", missing));
    }

    /// <summary>
    /// Where the gradient can be differentiated again, the second derivative is held against differences, too: the
    /// backward operators that have a gradient of their own, and compositions.
    /// </summary>
    [TestMethod]
    public void Every_operator_with_a_second_derivative_has_a_case_of_it()
    {
        HashSet<string> covered =
        [
            .. Cases.Where(one => one.Twice).Select(one => OperatorRegistry.Default[one.Operator].Name),
            .. s_without,
        ];
        string[] missing =
        [
            .. OperatorRegistry
                .Default.Operators.Where(o => o.ComposedGradient is not null && !o.IsInternal)
                .Select(o => o.Name)
                .Where(name => !covered.Contains(name))
                .Order(StringComparer.Ordinal),
        ];
        Assert.IsEmpty(missing, string.Join(", ", missing));
    }
}
