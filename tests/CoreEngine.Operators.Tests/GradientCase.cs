namespace CoreEngine.Operators.Tests;

/// <summary>One call of an operator whose gradient is checked.</summary>
/// <param name="Operator">The operator's name.</param>
/// <param name="Inputs">Its inputs in order, auxiliary states last.</param>
/// <example><code>
/// new GradientCase("dot", [2, 3], [3, 4]) { Attributes = { ["transpose_a"] = "0" } }
/// new GradientCase("log", new GradientInput(2, 3) { Low = 0.5 }) { Twice = true }
/// new GradientCase("take", [5, 2], GradientInput.Whole(0, 4, 3))
/// </code></example>
public sealed record GradientCase(string Operator, params GradientInput[] Inputs)
{
    /// <summary>The attributes, as text.</summary>
    public Dictionary<string, string> Attributes { get; } = [];

    /// <summary>The outputs that gradients start from, where not all have one.</summary>
    public int[]? Outputs { get; init; }

    /// <summary>Whether the call is part of a training pass.</summary>
    public bool IsTraining { get; init; } = true;

    /// <summary>Whether there is a gradient of the gradient: then it is checked as well, else asking for it must be refused.</summary>
    public bool Twice { get; init; }

    /// <summary>Whether nothing is asked of the gradient's gradient.</summary>
    public bool OnlyOnce { get; init; }

    /// <summary>The step of the central differences.</summary>
    public double Step { get; init; } = 1e-5;

    /// <summary>The error allowed, relative to the gradient where that is above 1, else absolute.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>The seed of the inputs, the head gradients and of a random operator.</summary>
    public int Seed { get; init; } = 17;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Operator}({string.Join(", ", Inputs.Select(i => i.Shape))}"
        + string.Concat(Attributes.Select(pair => $", {pair.Key}={pair.Value}"))
        + ")";
}
