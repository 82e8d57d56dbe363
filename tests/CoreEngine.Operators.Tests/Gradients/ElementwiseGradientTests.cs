namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of the element-wise operators.</summary>
[TestClass]
public sealed class ElementwiseGradientTests
{
    /// <summary>The calls that are checked.</summary>
    public static IEnumerable<GradientCase> Cases =>
        [new("_copy", [2, 3]), new("add_n", [2, 3], [2, 3]) { Attributes = { ["num_args"] = "2" } }];

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);
}
