namespace CoreEngine.Conformance;

/// <summary>A call of which only the arguments' shapes and types are recorded.</summary>
/// <param name="Op">The operator, possibly by an alias.</param>
/// <param name="Attrs">The attributes as text.</param>
/// <param name="Mode"><see cref="Symbolic"/> or <c>imperative</c>.</param>
/// <param name="Inputs">Inputs without data; an unknown shape was left to inference.</param>
/// <param name="Phase">Where the original refuses: <c>create</c>, <c>infer</c>, <c>bind</c> or <c>run</c>.</param>
/// <param name="Outputs">Shapes and types of the outputs of an accepted call.</param>
public sealed record ErrorCase(
    string Op,
    IReadOnlyDictionary<string, string> Attrs,
    string Mode,
    IReadOnlyList<GoldenArray> Inputs,
    string? Phase = null,
    IReadOnlyList<GoldenArray>? Outputs = null
)
{
    /// <summary>The mode in which missing arguments, shapes and types are deduced.</summary>
    public const string Symbolic = "symbolic";
}
