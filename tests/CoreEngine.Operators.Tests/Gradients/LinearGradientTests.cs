namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of matrix products and of the fully connected layer.</summary>
[TestClass]
public sealed class LinearGradientTests
{
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
            new("dot", [3, 4], [4]),
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
        ];

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);
}
