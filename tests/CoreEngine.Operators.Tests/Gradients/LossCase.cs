namespace CoreEngine.Operators.Tests;

/// <summary>
/// A layer that makes up its gradient, and the function whose derivative that is: from the data, flat, and the labels.
/// </summary>
public sealed record LossCase(
    string Operator,
    Func<double[], double[], double> Loss,
    GradientInput Data,
    GradientInput? Label = null
)
{
    /// <summary>The attributes, as text.</summary>
    public Dictionary<string, string> Attributes { get; } = [];

    /// <summary>What flows into the layer's output; null for ones.</summary>
    public double? Head { get; init; }

    /// <summary>Whether a request to add is served; some layers overwrite, as MXNet's do.</summary>
    public bool Adds { get; init; } = true;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Operator}({Data.Shape}{string.Concat(Attributes.Select(pair => $", {pair.Key}={pair.Value}"))})";
}
