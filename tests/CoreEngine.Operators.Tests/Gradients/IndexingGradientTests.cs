namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of the operators that read at places which another array names, and of sorting.</summary>
[TestClass]
public sealed class IndexingGradientTests
{
    /// <summary>The calls that are checked.</summary>
    public static IEnumerable<GradientCase> Cases =>
        [
            new("take", [4, 3], GradientInput.Whole(-1, 5, 2, 3)) { Twice = true },
            new("take", [4, 3], GradientInput.Whole(-9, 9, 5)) { Attributes = { ["mode"] = "wrap" }, Twice = true },
            new("take", [3, 20], GradientInput.Whole(0, 2, 7)) { Twice = true },
            new("Embedding", GradientInput.Whole(0, 4, 2, 3), [5, 2])
            {
                Attributes =
                {
                    ["input_dim"] = "5",
                    ["output_dim"] = "2",
                    ["dtype"] = "float64",
                },
                Twice = true,
            },
            new("pick", [2, 3, 4], GradientInput.Whole(0, 2, 2, 4)) { Attributes = { ["axis"] = "1" }, Twice = true },
            new("pick", [3, 4], GradientInput.Whole(-1, 5, 3, 1))
            {
                Attributes = { ["axis"] = "-1", ["keepdims"] = "1" },
                Twice = true,
            },
            new("batch_take", [3, 4], GradientInput.Whole(0, 3, 3)) { Twice = true },
            new("gather_nd", [3, 4, 2], GradientInput.Whole(0, 2, 2, 5)) { Twice = true },
            new("scatter_nd", [1, 3], GradientInput.Whole(1, 2, 1, 1))
            {
                Attributes = { ["shape"] = "(4, 3)" },
                Twice = true,
            },
            new("sort", new GradientInput(3, 5) { IsDistinct = true }) { Twice = true },
            new("sort", new GradientInput(3, 2, 2) { IsDistinct = true })
            {
                Attributes = { ["axis"] = "0", ["is_ascend"] = "0" },
                Twice = true,
            },
            new("sort", new GradientInput(3, 2) { IsDistinct = true })
            {
                Attributes = { ["axis"] = "None" },
                Twice = true,
            },
            new("choose_element_0index", [3, 4], GradientInput.Whole(0, 3, 3)) { Twice = true },
            // A number that rounds to the same class on both sides of the difference.
            new(
                "one_hot",
                new GradientInput(4)
                {
                    Low = 1.2,
                    High = 2.8,
                    Avoid = [2],
                }
            )
            {
                Attributes = { ["depth"] = "4", ["dtype"] = "float64" },
                Twice = true,
            },
            new("topk", new GradientInput(2, 5) { IsDistinct = true })
            {
                Attributes = { ["k"] = "2", ["ret_typ"] = "value" },
                Twice = true,
            },
            new("topk", new GradientInput(4, 3) { IsDistinct = true })
            {
                Attributes =
                {
                    ["axis"] = "0",
                    ["k"] = "3",
                    ["ret_typ"] = "value",
                    ["is_ascend"] = "1",
                },
                Twice = true,
            },
        ];

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);
}
