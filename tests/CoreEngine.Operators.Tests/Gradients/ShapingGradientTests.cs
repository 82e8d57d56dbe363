namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of the operators that move elements.</summary>
[TestClass]
public sealed class ShapingGradientTests
{
    /// <summary>The calls that are checked.</summary>
    public static IEnumerable<GradientCase> Cases =>
        [
            new("Reshape", [2, 3, 2]) { Attributes = { ["shape"] = "(-1, 0)" }, Twice = true },
            new("Flatten", [2, 3, 2]) { Twice = true },
            new("expand_dims", [2, 3]) { Attributes = { ["axis"] = "-2" }, Twice = true },
            new("transpose", [2, 3, 4]) { Twice = true },
            new("transpose", [2, 3, 4]) { Attributes = { ["axes"] = "(1, 2, 0)" }, Twice = true },
            new("transpose", [2, 3, 4]) { Attributes = { ["axes"] = "(-1, 0, 1)" }, Twice = true },
            new("SwapAxis", [2, 3, 4]) { Attributes = { ["dim1"] = "0", ["dim2"] = "2" }, Twice = true },
            new("reverse", [2, 3, 4]) { Attributes = { ["axis"] = "(0, -1)" }, Twice = true },
            new("Concat", [2, 3], [2, 1], [2, 2]) { Attributes = { ["num_args"] = "3" }, Twice = true },
            new("Concat", [1, 2, 2], [3, 2, 2]) { Attributes = { ["num_args"] = "2", ["dim"] = "0" }, Twice = true },
            new("stack", [2, 3], [2, 3]) { Attributes = { ["num_args"] = "2", ["axis"] = "-1" }, Twice = true },
            new("SliceChannel", [2, 4]) { Attributes = { ["num_outputs"] = "2" }, Twice = true },
            new("SliceChannel", [2, 3, 2])
            {
                Attributes =
                {
                    ["num_outputs"] = "3",
                    ["axis"] = "-2",
                    ["squeeze_axis"] = "1",
                },
                Twice = true,
            },
            new("slice", [4, 5])
            {
                Attributes =
                {
                    ["begin"] = "(3, None)",
                    ["end"] = "(None, 4)",
                    ["step"] = "(-2, 3)",
                },
                Twice = true,
            },
            new("slice_axis", [3, 4])
            {
                Attributes =
                {
                    ["axis"] = "-1",
                    ["begin"] = "1",
                    ["end"] = "-1",
                },
                Twice = true,
            },
            new("_slice_assign", [4, 3], [2, 3])
            {
                Attributes = { ["begin"] = "(1,)", ["end"] = "(3,)" },
                Twice = true,
            },
            new("_slice_assign_scalar", [4, 3])
            {
                Attributes =
                {
                    ["begin"] = "(0, 2)",
                    ["end"] = "(4, None)",
                    ["scalar"] = "1.5",
                },
                Twice = true,
            },
            new("Crop", [1, 2, 4, 5])
            {
                Attributes =
                {
                    ["num_args"] = "1",
                    ["h_w"] = "(2, 3)",
                    ["offset"] = "(1, 2)",
                },
                Twice = true,
            },
            new("Crop", [1, 2, 4, 5], [1, 1, 2, 2])
            {
                Attributes = { ["num_args"] = "2", ["center_crop"] = "True" },
                Twice = true,
            },
            new("tile", [2, 3]) { Attributes = { ["reps"] = "(2, 1, 2)" }, Twice = true },
            new("tile", [2, 1, 3]) { Attributes = { ["reps"] = "(2,)" }, Twice = true },
            new("repeat", [2, 3]) { Attributes = { ["repeats"] = "2" }, Twice = true },
            new("repeat", [2, 3, 2]) { Attributes = { ["repeats"] = "3", ["axis"] = "-2" }, Twice = true },
            new("Pad", [1, 2, 3, 2])
            {
                Attributes =
                {
                    ["mode"] = "constant",
                    ["pad_width"] = "(0, 0, 0, 0, 1, 2, 0, 1)",
                    ["constant_value"] = "3",
                },
                Twice = true,
            },
            new("Pad", [2, 1, 3, 3])
            {
                Attributes = { ["mode"] = "reflect", ["pad_width"] = "(0, 0, 0, 0, 2, 1, 1, 2)" },
                Twice = true,
            },
            new("Pad", [1, 1, 2, 3, 2])
            {
                Attributes = { ["mode"] = "edge", ["pad_width"] = "(0, 0, 0, 0, 1, 0, 2, 1, 0, 3)" },
                Twice = true,
            },
            new("SequenceLast", [3, 2, 2], GradientInput.Whole(1, 3, 2))
            {
                Attributes = { ["use_sequence_length"] = "True" },
                Twice = true,
            },
            new("SequenceLast", [3, 2]) { Twice = true },
            new("SequenceReverse", [4, 3, 2], GradientInput.Whole(1, 4, 3))
            {
                Attributes = { ["use_sequence_length"] = "True" },
                Twice = true,
            },
            new("SequenceMask", [3, 2, 2]) { Twice = true },
        ];

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);

    /// <summary>
    /// With addition SequenceMask resets masked gradients to zero, as recorded, so the general check does not fit it.
    /// </summary>
    [TestMethod]
    public void SequenceMask_stops_the_gradient_behind_the_end_of_each_sequence()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.From([1d, 2, 3, 4, 5, 6], [3, 2]);
        NDArray lengths = NDArray.From([1d, 3], [2]);
        x.AttachGradient();
        NDArray y;
        using (Autograd.Record())
        {
            y = Imperative.Invoke(
                "SequenceMask",
                [x, lengths],
                new Dictionary<string, string> { ["use_sequence_length"] = "1", ["value"] = "9" }
            )[0];
        }

        Autograd.Backward([y], [NDArray.From([1d, 2, 3, 4, 5, 6], [3, 2])]);
        CollectionAssert.AreEqual(new double[] { 1, 2, 9, 4, 9, 6 }, y.ToArray<double>());
        CollectionAssert.AreEqual(new double[] { 1, 2, 0, 4, 0, 6 }, x.Gradient!.ToArray<double>());
    }
}
