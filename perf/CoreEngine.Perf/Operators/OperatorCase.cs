namespace CoreEngine.Perf;

/// <summary>
/// A call of an operator and its twin in PyTorch. Python finds the operands as <c>a</c>, <c>b</c>, ... and what an earlier
/// call gave as <c>y</c> (<c>None</c> at the first), so that it can write there.
/// </summary>
/// <param name="Group">What kind of operator it is; rows are named by it.</param>
/// <param name="Operator">Our operator.</param>
/// <param name="Inputs">Its operands.</param>
/// <param name="Torch">The Python expression that is measured.</param>
internal sealed record OperatorCase(string Group, string Operator, OperatorInput[] Inputs, string Torch)
{
    /// <summary>What distinguishes this call from others of the operator; empty where there is but one.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Our attributes, <c>name=value</c> with semicolons between them.</summary>
    public string Attributes { get; init; } = "";

    /// <summary>Python that runs once, before the first call.</summary>
    public string Setup { get; init; } = "";

    /// <summary>The Python expression that must equal our result; null where values are not determined.</summary>
    public string? Expected { get; init; } = "y";

    /// <summary>How far results may differ, as a share of the largest value.</summary>
    public double Bound { get; init; } = 1e-5;

    /// <summary>Which of our results is compared.</summary>
    public int Result { get; init; }

    /// <summary>The operand that the result is written over; none when negative.</summary>
    public int Target { get; init; } = -1;

    /// <summary>Whether the call is part of a training pass.</summary>
    public bool IsTraining { get; init; }

    /// <summary>The names of the operands whose gradients make a second row, the backward pass alone; empty for none.</summary>
    public string Variables { get; init; } = "";

    /// <summary>What PyTorch differentiates, when that is not <c>y</c>.</summary>
    public string TorchHead { get; init; } = "y";

    /// <summary>
    /// The Python expression for the gradient that flows into <see cref="TorchHead"/>; <c>g</c> is what flows into ours.
    /// </summary>
    public string TorchHeadGradient { get; init; } = "g";

    /// <summary>The names of the leaves whose gradients PyTorch computes; by default the variables.</summary>
    public IReadOnlyList<string>? TorchLeaves { get; init; }

    /// <summary>
    /// The Python expressions for the gradients that ours must equal, in the order of <see cref="Variables"/>; by default
    /// those of the variables. Empty where values are not determined.
    /// </summary>
    public IReadOnlyList<string>? ExpectedGradients { get; init; }

    /// <summary>
    /// Whether the second row measures forward and backward pass together: where PyTorch finds forward what it needs
    /// backward, and ours finds it backward, the backward passes alone are not the same work.
    /// </summary>
    public bool IsTogether { get; init; }

    /// <summary>The name of the row.</summary>
    public string Name => $"{Group}: {Operator}{(Detail.Length > 0 ? " " : "")}{Detail}";

    /// <summary>The name of the backward pass's row.</summary>
    public string BackwardName => $"{Name}, {(IsTogether ? "forward and backward" : "backward")}";

    /// <summary>Our attributes, as operators take them.</summary>
    public Dictionary<string, string> ParseAttributes() =>
        Attributes
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
}
