namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of transforms and of the loss of unaligned sequences.</summary>
[TestClass]
public sealed class SignalGradientTests
{
    /// <summary>Transforms are linear; so is the sketch, in the data and in the signs.</summary>
    public static IEnumerable<GradientCase> Transforms =>
        [
            new("_contrib_fft", [2, 6]) { Twice = true },
            new("_contrib_fft", [2, 1, 2, 5]) { Twice = true },
            new("_contrib_ifft", [2, 6]) { Twice = true },
            new("_contrib_ifft", [2, 1, 2, 8]) { Twice = true },
            new("_contrib_count_sketch", [3, 5], GradientInput.Whole(0, 2, 1, 5), [1, 5])
            {
                Attributes = { ["out_dim"] = "3" },
                Twice = true,
            },
            new("_contrib_count_sketch", [2, 1, 2, 4], GradientInput.Whole(0, 5, 1, 4), [1, 4])
            {
                Attributes = { ["out_dim"] = "6" },
                Twice = true,
            },
        ];

    /// <summary>Labels with repeats, padded or with their lengths, sequences of full length or shorter.</summary>
    public static IEnumerable<GradientCase> UnalignedSequences =>
        [
            new("_contrib_CTCLoss", [6, 3, 4], GradientInput.Whole(1, 3, 3, 2)),
            new("_contrib_CTCLoss", [6, 3, 4], GradientInput.Whole(-1, 2, 3, 3))
            {
                Attributes = { ["blank_label"] = "last" },
            },
            new("_contrib_CTCLoss", [5, 3, 3], GradientInput.Whole(0, 2, 3, 2), GradientInput.Whole(3, 5, 3))
            {
                Attributes = { ["use_data_lengths"] = "True" },
            },
            new(
                "_contrib_CTCLoss",
                [5, 3, 4],
                GradientInput.Whole(0, 2, 3, 3),
                GradientInput.Whole(2, 5, 3),
                GradientInput.Whole(0, 2, 3)
            )
            {
                Attributes =
                {
                    ["use_data_lengths"] = "True",
                    ["use_label_lengths"] = "True",
                    ["blank_label"] = "last",
                },
            },
        ];

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Transforms))]
    [DynamicData(nameof(UnalignedSequences))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);
}
