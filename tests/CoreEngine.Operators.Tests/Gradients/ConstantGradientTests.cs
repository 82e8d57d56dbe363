namespace CoreEngine.Operators.Tests;

/// <summary>Operators that count as constants, though their results depend on their inputs: nothing flows back.</summary>
[TestClass]
public sealed class ConstantGradientTests
{
    private static readonly GradientInput s_rate = new(3) { Low = 0.5, High = 3 };

    /// <summary>What is drawn, what a detector decides, and what is blocked on purpose.</summary>
    public static IEnumerable<GradientCase> Cases =>
        [
            new("BlockGrad", [2, 3]),
            new("argsort", [2, 5]),
            new(
                "_contrib_Proposal",
                new GradientInput(1, 6, 3, 4) { Low = 0, High = 1 },
                [1, 12, 3, 4],
                GradientInput.Whole(40, 60, 1, 3)
            )
            {
                Attributes =
                {
                    ["scales"] = "(8)",
                    ["rpn_post_nms_top_n"] = "5",
                    ["rpn_min_size"] = "1",
                },
            },
            new(
                "_contrib_MultiProposal",
                new GradientInput(2, 6, 3, 4) { Low = 0, High = 1 },
                [2, 12, 3, 4],
                GradientInput.Whole(40, 60, 2, 3)
            )
            {
                Attributes =
                {
                    ["scales"] = "(8)",
                    ["rpn_post_nms_top_n"] = "5",
                    ["rpn_min_size"] = "1",
                },
            },
            new("_sample_uniform", new GradientInput(3) { High = 0 }, s_rate),
            new("_sample_normal", [3], s_rate),
            new("_sample_gamma", s_rate, s_rate),
            new("_sample_exponential", s_rate),
            new("_sample_poisson", s_rate),
            new(
                "_sample_negative_binomial",
                GradientInput.Whole(1, 5, 3) with
                {
                    HasGradient = true,
                },
                s_rate with
                {
                    High = 0.9,
                }
            ),
            new("_sample_generalized_negative_binomial", s_rate, s_rate),
            new("_sample_multinomial", new GradientInput(2, 4) { Low = 0.1, High = 1 }),
            new("_contrib_MultiBoxPrior", [1, 2, 3, 4]),
            new(
                "_contrib_MultiBoxTarget",
                new GradientInput(1, 6, 4) { Low = 0, High = 1 },
                new GradientInput(2, 3, 5) { Low = 0, High = 1 },
                [2, 3, 6]
            ),
            new(
                "_contrib_MultiBoxDetection",
                new GradientInput(2, 3, 6) { Low = 0, High = 1 },
                [2, 24],
                new GradientInput(1, 6, 4) { Low = 0, High = 1 }
            ),
        ];

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Nothing_flows_back(GradientCase one)
    {
        using var scope = new ArrayScope();
        var random = new Random(one.Seed);
        NDArray[] inputs = Array.ConvertAll(one.Inputs, input => NDArray.From(input.Draw(random), input.Shape));
        foreach (NDArray input in inputs)
        {
            Autograd.MarkVariable(input, NDArray.Full(input.Shape, 3, DType.Float64), GradientRequest.Write);
        }

        NDArray[] outputs;
        using (Autograd.Record())
        {
            outputs = Imperative.Invoke(one.Operator, inputs, one.Attributes);
        }

        Autograd.Backward(outputs);
        foreach (NDArray input in inputs)
        {
            Assert.IsTrue(input.Gradient!.ToArray<double>().All(g => g == 0), $"{one}");
        }
    }
}
